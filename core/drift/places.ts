import { ciFeatures } from '../features/ci/ciFeatures.ts';
import { features } from '../features/features.ts';
import { line, variable } from './place.ts';
import type { Place, Places } from './place.ts';

/** What stands in every repository. Files and rows in the order in which a difference is shown. */
const webPlaces: Places = {
  '.env.example': [
    ['#GUNICORN_WORKERS', 'gunicorn.workers'],
    ['#GUNICORN_THREADS', 'gunicorn.threads'],
    ['DB_STATEMENT_TIMEOUT_MS', 'database.statementTimeoutMs'],
    ['DB_LOCK_TIMEOUT_MS', 'database.lockTimeoutMs'],
    ['DB_IDLE_IN_TRANSACTION_TIMEOUT_MS', 'database.idleInTransactionTimeoutMs'],
  ],
  'compose.yaml': [
    ['services.web.stop_grace_period', 'service.stopTimeoutSeconds'],
    ['x-app.environment.DB_STATEMENT_TIMEOUT_MS', 'database.statementTimeoutMs'],
    ['x-app.environment.DB_LOCK_TIMEOUT_MS', 'database.lockTimeoutMs'],
    ['x-app.environment.DB_IDLE_IN_TRANSACTION_TIMEOUT_MS', 'database.idleInTransactionTimeoutMs'],
    ['services.migrate.environment.DB_LOCK_TIMEOUT_MS', 'database.migrationLockTimeoutMs'],
    ['x-app.tmpfs', 'uploads.tmpMiB', /size=(\d+)m/],
    ['services.db.command', 'database.maxConnections', /max_connections=(\d+)/],
  ],
  'deploy/cloudformation/data.yaml': [
    ['Resources.Database.Properties.DBInstanceClass', 'rdsClass'],
    ['Resources.Database.Properties.MultiAZ', 'multiAz'],
    ['Resources.Parameters.Properties.Parameters.max_connections', 'database.maxConnections'],
    ['Resources.Database.Properties.AllocatedStorage', 'database.storageGiB'],
    ['Resources.Database.Properties.MaxAllocatedStorage', 'database.storageMaximumGiB'],
    ['Resources.Database.Properties.BackupRetentionPeriod', 'database.backupRetentionDays'],
    ['Resources.ConnectionsWarning.Properties.Threshold', 'alarms.connectionsWarning'],
    ['Resources.ConnectionsCritical.Properties.Threshold', 'alarms.connectionsCritical'],
    ['Resources.DatabaseCpu.Properties.Threshold', 'alarms.databaseCpuPercent'],
    ['Resources.DatabaseFreeStorage.Properties.Threshold', 'alarms.databaseFreeStorageMiB'],
    ['Resources.DatabaseCpuCredits.Properties.Threshold', 'alarms.databaseCpuCredits'],
  ],
  'deploy/cloudformation/platform.yaml': [
    [
      'Resources.LoadBalancer.Properties.LoadBalancerAttributes[idle_timeout.timeout_seconds].Value',
      'loadBalancer.idleTimeoutSeconds',
    ],
    [
      'Resources.TargetGroup.Properties.TargetGroupAttributes[deregistration_delay.timeout_seconds].Value',
      'loadBalancer.deregistrationDelaySeconds',
    ],
    ['Resources.TargetGroup.Properties.HealthCheckIntervalSeconds', 'loadBalancer.healthCheckIntervalSeconds'],
    ['Resources.TargetGroup.Properties.HealthCheckTimeoutSeconds', 'loadBalancer.healthCheckTimeoutSeconds'],
    ['Resources.TargetGroup.Properties.HealthyThresholdCount', 'loadBalancer.healthyThreshold'],
    ['Resources.TargetGroup.Properties.UnhealthyThresholdCount', 'loadBalancer.unhealthyThreshold'],
    [
      'Resources.TargetGroup.Properties.TargetGroupAttributes[stickiness.lb_cookie.duration_seconds].Value',
      'loadBalancer.stickinessSeconds',
    ],
  ],
  'deploy/cloudformation/service.yaml': [
    ['Resources.ScalableTarget.Properties.MinCapacity', 'service.minTasks'],
    ['Resources.ScalableTarget.Properties.MaxCapacity', 'service.maxTasks'],
    [line('Tasks', 'highest'), 'service.maxTasks'],
    ['Resources.Service.Properties.DeploymentConfiguration.MinimumHealthyPercent', 'service.minimumHealthyPercent'],
    ['Resources.Service.Properties.DeploymentConfiguration.MaximumPercent', 'service.maximumPercent'],
    ['Resources.Service.Properties.HealthCheckGracePeriodSeconds', 'service.healthCheckGracePeriodSeconds'],
    [line('Database connections', 'max_connections'), 'database.maxConnections'],
    [
      'Resources.ScaleOnRequests.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue',
      'scaling.requestCountPerTarget',
    ],
    [line('Requests a minute and task', 'scaling target'), 'scaling.requestCountPerTarget'],
    [
      'Resources.ScaleOnCpu.Properties.TargetTrackingScalingPolicyConfiguration.TargetValue',
      'scaling.cpuTargetPercent',
    ],
    [line('CPU and memory of the tasks (%)', 'scaling target'), 'scaling.cpuTargetPercent'],
    [
      'Resources.ScaleOnRequests.Properties.TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown',
      'scaling.scaleOutCooldownSeconds',
    ],
    [
      'Resources.ScaleOnCpu.Properties.TargetTrackingScalingPolicyConfiguration.ScaleOutCooldown',
      'scaling.scaleOutCooldownSeconds',
    ],
    [
      'Resources.ScaleOnRequests.Properties.TargetTrackingScalingPolicyConfiguration.ScaleInCooldown',
      'scaling.scaleInCooldownSeconds',
    ],
    [
      'Resources.ScaleOnCpu.Properties.TargetTrackingScalingPolicyConfiguration.ScaleInCooldown',
      'scaling.scaleInCooldownSeconds',
    ],
    [line('Database connections', 'warning'), 'alarms.connectionsWarning'],
    ['Resources.Errors.Properties.Threshold', 'alarms.target5xxPercent'],
    ['Resources.Latency.Properties.Threshold', 'alarms.latencyP95Seconds'],
    [line('Response time (s)', 'alarm'), 'alarms.latencyP95Seconds'],
    ['Resources.UnhealthyHosts.Properties.Threshold', 'alarms.unhealthyHosts'],
    ['Resources.RunningTasks.Properties.Threshold', 'alarms.runningTasks'],
    ['Resources.Memory.Properties.Threshold', 'alarms.memoryPercent'],
    [line('CPU of the database (%)', 'alarm'), 'alarms.databaseCpuPercent'],
    [line('Free storage of the database (bytes)', 'alarm'), 'alarms.databaseFreeStorageMiB'],
    ['Resources.Cpu.Properties.Threshold', 'alarms.cpuPercent'],
  ],
  'deploy/ecs/migrate.json': [
    ['cpu', 'task.cpuUnits'],
    ['memory', 'task.memoryMiB'],
    ['containerDefinitions[migrate].linuxParameters.tmpfs[/tmp].size', 'task.tmpfsMiB'],
    [variable('migrate', 'DB_PLANNED_CONNECTIONS'), 'database.plannedConnections'],
    [variable('migrate', 'DB_LOCK_TIMEOUT_MS'), 'database.migrationLockTimeoutMs'],
  ],
  'deploy/ecs/ops.json': [
    ['cpu', 'task.cpuUnits'],
    ['memory', 'task.memoryMiB'],
    [variable('ops', 'DB_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'database.idleInTransactionTimeoutMs'],
    [variable('ops', 'DB_LOCK_TIMEOUT_MS'), 'database.migrationLockTimeoutMs'],
  ],
  'deploy/ecs/web.json': [
    ['cpu', 'task.cpuUnits'],
    ['memory', 'task.memoryMiB'],
    ['containerDefinitions[web].linuxParameters.tmpfs[/tmp].size', 'task.tmpfsMiB'],
    ['containerDefinitions[web].stopTimeout', 'service.stopTimeoutSeconds'],
    [variable('web', 'DB_STATEMENT_TIMEOUT_MS'), 'database.statementTimeoutMs'],
    [variable('web', 'DB_LOCK_TIMEOUT_MS'), 'database.lockTimeoutMs'],
    [variable('web', 'DB_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'database.idleInTransactionTimeoutMs'],
  ],
  'deploy/release.json': [
    ['services[web].tasks', 'service.minTasks'],
    ['services[web].peakTasks', 'service.peakTasks'],
  ],
  'gunicorn.conf.py': [
    ['workers', 'gunicorn.workers', /^(?:positive\(.*, )?(\d+)\)?$/],
    ['threads', 'gunicorn.threads', /^(?:positive\(.*, )?(\d+)\)?$/],
    ['SLOTS', 'gunicorn.slots'],
    ['max_requests', 'gunicorn.maxRequests'],
    ['max_requests_jitter', 'gunicorn.maxRequestsJitter'],
    ['timeout', 'gunicorn.timeoutSeconds'],
    ['graceful_timeout', 'gunicorn.gracefulTimeoutSeconds'],
    ['keepalive', 'gunicorn.keepaliveSeconds'],
  ],
  'project/settings/base.py': [['LARGEST_UPLOAD_MIB', 'uploads.largestMiB']],
  'project/settings/production.py': [
    ['MIGRATION_ATTEMPTS', 'database.migrationAttempts'],
    ['connect_timeout_seconds', 'database.connectTimeoutSeconds'],
    ['tcp_user_timeout_ms', 'database.tcpUserTimeoutMs'],
    ['CONN_MAX_AGE', 'database.connMaxAgeSeconds'],
    ['env.number(DB_STATEMENT_TIMEOUT_MS)', 'database.statementTimeoutMs'],
    ['env.number(DB_LOCK_TIMEOUT_MS)', 'database.lockTimeoutMs'],
    ['env.number(DB_IDLE_IN_TRANSACTION_TIMEOUT_MS)', 'database.idleInTransactionTimeoutMs'],
  ],
};

/**
 * Every number of the plan in an emitted file, and the two answers about the database that are sizes themselves. Prose is
 * left out: Markdown, comments, descriptions of alarms. In `deploy/sizing.json` every number of the plan stands under its
 * own name. A test changes each number of the plan and finds every place that follows.
 */
export const places: Places = addUp([
  webPlaces,
  ...Object.values(ciFeatures).map((feature) => feature.places),
  ...features.map((feature) => feature.places),
]);

function addUp(all: readonly Places[]): Places {
  const sum = new Map<string, readonly Place[]>();
  for (const [file, rows] of all.flatMap((some) => Object.entries(some))) {
    sum.set(file, [...(sum.get(file) ?? []), ...rows]);
  }
  return Object.fromEntries(sum);
}
