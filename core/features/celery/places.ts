import { line, variable } from '../../drift/place.ts';
import type { Places } from '../../drift/place.ts';

const busyWorkers =
  'Resources.WorkerScaling.Properties.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification' +
  '.Metrics[work].Expression';

/** Celery takes `--concurrency=2`, `--concurrency 2` and `-c 2` (https://docs.celeryq.dev/en/stable/reference/cli.html). */
const concurrency = /(?<![\w-])(?:--concurrency|-c)[\s,"'=]*(\d+)/;

export const celeryPlaces: Places = {
  'compose.yaml': [
    ['services.worker.stop_grace_period', 'celery.stopTimeoutSeconds'],
    ['services.worker.environment.DB_STATEMENT_TIMEOUT_MS', 'celery.statementTimeoutMs'],
    ['services.worker.environment.DB_LOCK_TIMEOUT_MS', 'celery.lockTimeoutMs'],
    ['services.worker.environment.DB_IDLE_IN_TRANSACTION_TIMEOUT_MS', 'celery.idleInTransactionTimeoutMs'],
    ['services.worker.command', 'celery.concurrency', concurrency],
    ['services.worker.healthcheck.test', 'celery.heartbeatAgeSeconds', /-newermt '-(\d+) seconds'/],
    ['services.queue.command', 'celery.visibilityTimeoutSeconds', /VisibilityTimeout\W+(\d+)/],
  ],
  'deploy/cloudformation/broker.yaml': [
    ['Resources.Queue.Properties.VisibilityTimeout', 'celery.visibilityTimeoutSeconds'],
    ['Resources.Queue.Properties.RedrivePolicy.maxReceiveCount', 'celery.maxReceiveCount'],
  ],
  'deploy/cloudformation/service.yaml': [
    ['Resources.WorkerScalableTarget.Properties.MinCapacity', 'celery.minTasks'],
    ['Resources.WorkerRunningTasks.Properties.Threshold', 'celery.minTasks'],
    ['Resources.WorkerScalableTarget.Properties.MaxCapacity', 'celery.maxTasks'],
    [line('Workers', 'highest'), 'celery.maxTasks'],
    ['Resources.Worker.Properties.DeploymentConfiguration.MinimumHealthyPercent', 'celery.minimumHealthyPercent'],
    ['Resources.Worker.Properties.DeploymentConfiguration.MaximumPercent', 'celery.maximumPercent'],
    [
      'Resources.WorkerScaling.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue',
      'celery.busyTargetPercent',
    ],
    [
      'Resources.WorkerScaling.Properties.TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown',
      'celery.scaleOutCooldownSeconds',
    ],
    [
      'Resources.WorkerScaling.Properties.TargetTrackingScalingPolicyConfiguration.ScaleInCooldown',
      'celery.scaleInCooldownSeconds',
    ],
    ['Resources.OldestMessage.Properties.Threshold', 'celery.oldestMessageAlarmSeconds'],
    [line('Oldest message, and longest wait for a worker (s)', 'alarm'), 'celery.oldestMessageAlarmSeconds'],
    ['Resources.Backlog.Properties.Threshold', 'celery.backlogAlarmMessages'],
    [line('Messages of Celery', 'alarm'), 'celery.backlogAlarmMessages'],
    ['Resources.FailedTasks.Properties.Threshold', 'celery.failurePercentAlarm'],
    ['Resources.WorkerMemory.Properties.Threshold', 'alarms.memoryPercent'],
    [line('CPU and memory of the workers (%)', 'alarm of the memory'), 'alarms.memoryPercent'],
    [line('Longest wait for a worker (s)', 'alarm'), 'celery.oldestMessageAlarmSeconds'],
    [line('Messages of Celery, and busy children', 'alarm'), 'celery.backlogAlarmMessages'],
    [busyWorkers, 'celery.concurrency', /running \* (\d+)/],
    [busyWorkers, 'celery.backlogWeight', /(?:waiting|depth) \* ([\d.]+)/],
  ],
  'deploy/ecs/beat.json': [
    ['containerDefinitions[beat].linuxParameters.tmpfs[/tmp].size', 'celery.beatTmpfsMiB'],
    [variable('beat', 'DB_STATEMENT_TIMEOUT_MS'), 'database.statementTimeoutMs'],
    [variable('beat', 'DB_LOCK_TIMEOUT_MS'), 'database.lockTimeoutMs'],
    [variable('beat', 'DB_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'database.idleInTransactionTimeoutMs'],
  ],
  'deploy/ecs/worker.json': [
    ['containerDefinitions[worker].linuxParameters.tmpfs[/tmp].size', 'celery.tmpfsMiB'],
    ['cpu', 'celery.cpuUnits'],
    ['memory', 'celery.memoryMiB'],
    ['containerDefinitions[worker].stopTimeout', 'celery.stopTimeoutSeconds'],
    [variable('worker', 'DB_STATEMENT_TIMEOUT_MS'), 'celery.statementTimeoutMs'],
    [variable('worker', 'DB_LOCK_TIMEOUT_MS'), 'celery.lockTimeoutMs'],
    [variable('worker', 'DB_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'celery.idleInTransactionTimeoutMs'],
    ['containerDefinitions[worker].healthCheck.startPeriod', 'celery.startPeriodSeconds'],
    ['containerDefinitions[worker].command', 'celery.concurrency', concurrency],
    ['containerDefinitions[worker].healthCheck.command', 'celery.heartbeatAgeSeconds', /-newermt '-(\d+) seconds'/],
  ],
  'deploy/release.json': [
    ['services[worker].tasks', 'celery.minTasks'],
    ['services[worker].peakTasks', 'celery.peakTasks'],
    ['services[worker].protectionMinutes', 'celery.protectionMinutes'],
  ],
  'project/settings/celery.py': [
    ['CELERY_TASK_TIME_LIMIT', 'celery.taskTimeLimitSeconds'],
    ['VISIBILITY_TIMEOUT_SECONDS', 'celery.visibilityTimeoutSeconds'],
    ['WORKER_SHUTDOWN_SECONDS', 'celery.shutdownSeconds'],
    ['WORKER_PROTECTION_MINUTES', 'celery.protectionMinutes'],
    ['CELERY_WORKER_MAX_TASKS_PER_CHILD', 'celery.maxTasksPerChild'],
    ['WORKER_HEARTBEAT_SECONDS', 'celery.heartbeatSeconds'],
  ],
};
