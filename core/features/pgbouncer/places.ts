import { line, variable } from '../../drift/place.ts';
import type { Places } from '../../drift/place.ts';

export const pgbouncerPlaces: Places = {
  'compose.yaml': [
    ['services.pooled.stop_grace_period', 'service.stopTimeoutSeconds'],
    ['services.migrate.environment.DB_ROLE_STATEMENT_TIMEOUT_MS', 'database.statementTimeoutMs'],
    ['services.migrate.environment.DB_ROLE_LOCK_TIMEOUT_MS', 'database.lockTimeoutMs'],
    ['services.migrate.environment.DB_ROLE_IDLE_IN_TRANSACTION_TIMEOUT_MS', 'database.idleInTransactionTimeoutMs'],
    ['services.pgbouncer.stop_grace_period', 'pgbouncer.stopTimeoutSeconds'],
  ],
  'deploy/cloudformation/pgbouncer.yaml': [
    ['Resources.Pgbouncer.Properties.DesiredCount', 'pgbouncer.tasks'],
    ['Resources.Pgbouncer.Properties.DeploymentConfiguration.MinimumHealthyPercent', 'pgbouncer.minimumHealthyPercent'],
    ['Resources.Pgbouncer.Properties.DeploymentConfiguration.MaximumPercent', 'pgbouncer.maximumPercent'],
    ['Resources.PgbouncerRunningTasks.Properties.Threshold', 'pgbouncer.runningTasksAlarm'],
    ['Resources.PgbouncerWait.Properties.Threshold', 'pgbouncer.waitAlarmMs'],
    ['Resources.PgbouncerCpu.Properties.Threshold', 'pgbouncer.cpuAlarmPercent'],
  ],
  'deploy/cloudformation/service.yaml': [
    [line('Wait for a connection of PgBouncer (us), and who was turned away', 'alarm'), 'pgbouncer.waitAlarmMs'],
    [line('CPU and memory of PgBouncer (%)', 'alarm of the CPU'), 'pgbouncer.cpuAlarmPercent'],
  ],
  'deploy/ecs/migrate.json': [
    [variable('migrate', 'DB_ROLE_STATEMENT_TIMEOUT_MS'), 'database.statementTimeoutMs'],
    [variable('migrate', 'DB_ROLE_LOCK_TIMEOUT_MS'), 'database.lockTimeoutMs'],
    [variable('migrate', 'DB_ROLE_IDLE_IN_TRANSACTION_TIMEOUT_MS'), 'database.idleInTransactionTimeoutMs'],
  ],
  'deploy/ecs/pgbouncer.json': [
    ['cpu', 'pgbouncer.cpuUnits'],
    ['memory', 'pgbouncer.memoryMiB'],
    ['containerDefinitions[pgbouncer].stopTimeout', 'pgbouncer.stopTimeoutSeconds'],
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
    ['pgbouncer.tasks', 'pgbouncer.tasks'],
    ['pgbouncer.peakTasks', 'pgbouncer.peakTasks'],
  ],
};
