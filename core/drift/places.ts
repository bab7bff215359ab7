/**
 * Where one number of the plan stands in a file: the path of a value or the name of an assignment (`openPlaces`), the
 * item of the plan, and where the number is only a part of what stands there, the pattern that finds it.
 */
export type Place = readonly [where: string, item: string, pattern?: RegExp];

const variable = (container: string, name: string): string =>
  `containerDefinitions[${container}].environment[${name}].value`;

/** A line across a chart of the dashboard. */
const line = (widget: string, label: string): string =>
  `Resources.Dashboard.Properties.DashboardBody > widgets[${widget}].properties.annotations.horizontal[${label}].value`;

const busyWorkers =
  'Resources.WorkerScaling.Properties.TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification' +
  '.Metrics[work].Expression';

/** Celery takes `--concurrency=2`, `--concurrency 2` and `-c 2` (https://docs.celeryq.dev/en/stable/reference/cli.html). */
const concurrency = /(?<![\w-])(?:--concurrency|-c)[\s,"'=]*(\d+)/;

/**
 * Every number of the plan in an emitted file, and the two answers about the database that are sizes themselves, by the
 * file's path; `project/` stands for the project's package. Prose is left out: Markdown, comments, descriptions of alarms.
 * In `deploy/sizing.json` every number of the plan stands under its own name. A test changes each number of the plan and
 * finds every place that follows.
 */
export const places: Readonly<Record<string, readonly Place[]>> = {
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
    ['services.worker.stop_grace_period', 'celery.stopTimeoutSeconds'],
    ['services.worker.environment.DB_STATEMENT_TIMEOUT_MS', 'celery.statementTimeoutMs'],
    ['services.worker.environment.DB_LOCK_TIMEOUT_MS', 'celery.lockTimeoutMs'],
    ['services.worker.environment.DB_IDLE_IN_TRANSACTION_TIMEOUT_MS', 'celery.idleInTransactionTimeoutMs'],
    ['services.pooled.stop_grace_period', 'service.stopTimeoutSeconds'],
    ['services.migrate.environment.DB_ROLE_STATEMENT_TIMEOUT_MS', 'database.statementTimeoutMs'],
    ['services.migrate.environment.DB_ROLE_LOCK_TIMEOUT_MS', 'database.lockTimeoutMs'],
    ['services.migrate.environment.DB_ROLE_IDLE_IN_TRANSACTION_TIMEOUT_MS', 'database.idleInTransactionTimeoutMs'],
    ['services.pgbouncer.stop_grace_period', 'pgbouncer.stopTimeoutSeconds'],
    ['x-app.tmpfs', 'task.tmpfsMiB', /size=(\d+)m/],
    ['services.db.command', 'database.maxConnections', /max_connections=(\d+)/],
    ['services.worker.command', 'celery.concurrency', concurrency],
    ['services.worker.healthcheck.test', 'celery.heartbeatAgeSeconds', /-newermt '-(\d+) seconds'/],
    ['services.queue.command', 'celery.visibilityTimeoutSeconds', /VisibilityTimeout\W+(\d+)/],
  ],
  'deploy/cloudformation/broker.yaml': [
    ['Resources.Queue.Properties.VisibilityTimeout', 'celery.visibilityTimeoutSeconds'],
    ['Resources.Queue.Properties.RedrivePolicy.maxReceiveCount', 'celery.maxReceiveCount'],
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
  'deploy/cloudformation/pgbouncer.yaml': [
    ['Resources.Pgbouncer.Properties.DesiredCount', 'pgbouncer.tasks'],
    ['Resources.Pgbouncer.Properties.DeploymentConfiguration.MinimumHealthyPercent', 'pgbouncer.minimumHealthyPercent'],
    ['Resources.Pgbouncer.Properties.DeploymentConfiguration.MaximumPercent', 'pgbouncer.maximumPercent'],
    ['Resources.PgbouncerRunningTasks.Properties.Threshold', 'pgbouncer.runningTasksAlarm'],
    ['Resources.PgbouncerWait.Properties.Threshold', 'pgbouncer.waitAlarmMs'],
    ['Resources.PgbouncerCpu.Properties.Threshold', 'pgbouncer.cpuAlarmPercent'],
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
    [line('Wait for a connection of PgBouncer (us), and who was turned away', 'alarm'), 'pgbouncer.waitAlarmMs'],
    [line('CPU and memory of PgBouncer (%)', 'alarm of the CPU'), 'pgbouncer.cpuAlarmPercent'],
    [busyWorkers, 'celery.concurrency', /running \* (\d+)/],
    [busyWorkers, 'celery.backlogWeight', /(?:waiting|depth) \* ([\d.]+)/],
  ],
  'deploy/ecs/beat.json': [
    ['containerDefinitions[beat].linuxParameters.tmpfs[/tmp].size', 'task.tmpfsMiB'],
    [variable('beat', 'DB_STATEMENT_TIMEOUT_MS'), 'database.statementTimeoutMs'],
    [variable('beat', 'DB_LOCK_TIMEOUT_MS'), 'database.lockTimeoutMs'],
    [variable('beat', 'DB_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'database.idleInTransactionTimeoutMs'],
  ],
  'deploy/ecs/migrate.json': [
    ['cpu', 'task.cpuUnits'],
    ['memory', 'task.memoryMiB'],
    ['containerDefinitions[migrate].linuxParameters.tmpfs[/tmp].size', 'task.tmpfsMiB'],
    [variable('migrate', 'DB_PLANNED_CONNECTIONS'), 'database.plannedConnections'],
    [variable('migrate', 'DB_LOCK_TIMEOUT_MS'), 'database.migrationLockTimeoutMs'],
    [variable('migrate', 'DB_ROLE_STATEMENT_TIMEOUT_MS'), 'database.statementTimeoutMs'],
    [variable('migrate', 'DB_ROLE_LOCK_TIMEOUT_MS'), 'database.lockTimeoutMs'],
    [variable('migrate', 'DB_ROLE_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'database.idleInTransactionTimeoutMs'],
  ],
  'deploy/ecs/ops.json': [
    ['cpu', 'task.cpuUnits'],
    ['memory', 'task.memoryMiB'],
    [variable('ops', 'DB_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'database.idleInTransactionTimeoutMs'],
    [variable('ops', 'DB_LOCK_TIMEOUT_MS'), 'database.migrationLockTimeoutMs'],
  ],
  'deploy/ecs/pgbouncer.json': [
    ['cpu', 'pgbouncer.cpuUnits'],
    ['memory', 'pgbouncer.memoryMiB'],
    ['containerDefinitions[pgbouncer].stopTimeout', 'pgbouncer.stopTimeoutSeconds'],
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
  'deploy/ecs/worker.json': [
    ['containerDefinitions[worker].linuxParameters.tmpfs[/tmp].size', 'task.tmpfsMiB'],
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
  'deploy/pgbouncer/pgbouncer.ini': [
    ['server_connect_timeout', 'database.connectTimeoutSeconds'],
    ['tcp_user_timeout', 'database.tcpUserTimeoutMs'],
    ['server_lifetime', 'database.connMaxAgeSeconds'],
    ['default_pool_size', 'pgbouncer.poolSize'],
    ['max_db_connections', 'pgbouncer.poolSize'],
    ['max_client_conn', 'pgbouncer.maxClientConnections'],
    ['max_prepared_statements', 'pgbouncer.maxPreparedStatements'],
    ['query_wait_timeout', 'pgbouncer.queryWaitTimeoutSeconds'],
  ],
  'deploy/release.json': [
    ['services[web].tasks', 'service.minTasks'],
    ['services[web].peakTasks', 'service.peakTasks'],
    ['services[worker].tasks', 'celery.minTasks'],
    ['services[worker].peakTasks', 'celery.peakTasks'],
    ['services[worker].protectionMinutes', 'celery.protectionMinutes'],
    ['pgbouncer.tasks', 'pgbouncer.tasks'],
    ['pgbouncer.peakTasks', 'pgbouncer.peakTasks'],
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
  'project/settings/celery.py': [
    ['CELERY_TASK_TIME_LIMIT', 'celery.taskTimeLimitSeconds'],
    ['VISIBILITY_TIMEOUT_SECONDS', 'celery.visibilityTimeoutSeconds'],
    ['WORKER_SHUTDOWN_SECONDS', 'celery.shutdownSeconds'],
    ['WORKER_PROTECTION_MINUTES', 'celery.protectionMinutes'],
    ['CELERY_WORKER_MAX_TASKS_PER_CHILD', 'celery.maxTasksPerChild'],
    ['WORKER_HEARTBEAT_SECONDS', 'celery.heartbeatSeconds'],
  ],
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
