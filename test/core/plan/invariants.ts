import { isWithin } from '../facts/isWithin.ts';
import { memoryOptionsMiB, stopTimeoutBoundsSeconds } from '../../../core/facts/fargate.ts';
import * as loadBalancer from './loadBalancerBounds.ts';
import type { Plan, SizingAnswers } from '../../../core/plan/types.ts';
import { itemsOf } from './sizing.ts';

/**
 * What every plan promises, checked from its values and the answers alone.
 * @returns what is broken, in words; empty for a plan that holds
 */
export function brokenInvariants(plan: Plan, answers: SizingAnswers): readonly string[] {
  const broken: string[] = [];
  const holds = (what: string, is: boolean): void => {
    if (!is) {
      broken.push(what);
    }
  };
  const { task, gunicorn, service, database, scaling, alarms } = plan;
  const alb = plan.loadBalancer;
  const workers = gunicorn.workers.value;
  const threads = gunicorn.threads.value;
  const slots = gunicorn.slots.value;
  const minTasks = service.minTasks.value;
  const maxTasks = service.maxTasks.value;
  const maxConnections = database.maxConnections.value;
  const memoryMiB = task.memoryMiB.value;
  const slowest = answers.slowestRequestSeconds;

  // Connections.
  const celery = brokenWorker(plan, answers, holds);
  const web = brokenPooler(plan, answers, holds) ?? slots * service.peakTasks.value;
  const planned = web + celery + 1 + 2 + 15;
  holds('connections of the web + Celery + 1 + 2 + 15 <= max_connections', planned <= maxConnections);
  holds('planned connections are the sum of their parts', planned === database.plannedConnections.value);
  holds('web connections are slots x peak tasks, or those of the pools', database.webConnections.value === web);
  holds('slots = workers x threads', slots === workers * threads);
  holds('the peak of a deployment is two fleets', service.peakTasks.value === 2 * maxTasks);
  holds('max_connections as given', (answers.rdsMaxConnections ?? maxConnections) === maxConnections);

  // Workers, threads, memory.
  holds('workers 1 to max(2, ceil(vCPU))', workers >= 1 && workers <= Math.max(2, Math.ceil(answers.vcpu)));
  holds('threads 2 to 16', threads >= 2 && threads <= 16);
  const { largestMiB, tmpMiB, inMemoryMiB, slowestSeconds } = plan.uploads;
  const [tmpfs, inMemory] = [task.tmpfsMiB.value, inMemoryMiB.value];
  holds(
    '128 + tmpfs + uploads + workers x worker <= memory',
    128 + tmpfs + inMemory + workers * answers.workerMemoryMiB <= memoryMiB,
  );
  holds('every slot has room for the largest upload in /tmp', tmpMiB.value >= slots * largestMiB.value + 24);
  holds('/tmp has 64 MiB at least', tmpMiB.value >= 64);
  holds('/tmp is in memory or on the disk', tmpfs === 0 || tmpfs === tmpMiB.value);
  holds('/tmp in memory has 256 MiB at most', tmpfs <= 256);
  holds('/tmp and an image of 2 GiB fit onto the free disk', tmpMiB.value <= 18 * 1024);
  holds('2.5 MiB a slot in memory', inMemory >= 2.5 * slots && inMemory < 2.5 * slots + 1);
  holds('the largest upload as asked', (answers.largestUploadMiB ?? largestMiB.value) === largestMiB.value);
  holds('a slow client of 5 Mbit/s', Math.abs(slowestSeconds.value - (largestMiB.value * 8.388608) / 5) < 1);
  holds(
    'a computed largest upload is sent within the slowest request, or 1 MiB',
    answers.largestUploadMiB !== undefined || largestMiB.value === 1 || slowestSeconds.value <= slowest,
  );
  holds('memory is one that Fargate pairs', memoryOptionsMiB(answers.vcpu).includes(memoryMiB));
  holds('memory as asked', (answers.memoryMiB ?? memoryMiB) === memoryMiB);
  holds('CPU units', task.cpuUnits.value === 1024 * answers.vcpu);

  // Tasks.
  holds('min tasks as asked', minTasks === answers.minTasks);
  holds('min tasks <= max tasks', minTasks <= maxTasks);
  holds('an explicit ceiling is kept', (answers.maxTasks ?? maxTasks) === maxTasks);
  holds('a computed ceiling is at most max(10, min tasks)', maxTasks <= (answers.maxTasks ?? Math.max(10, minTasks)));
  holds('no task goes before its replacement', service.minimumHealthyPercent.value === 100);
  holds('a deployment can start', Math.floor((minTasks * service.maximumPercent.value) / 100) > minTasks);

  // Timeouts.
  const timeout = gunicorn.timeoutSeconds.value;
  const idle = alb.idleTimeoutSeconds.value;
  const graceful = gunicorn.gracefulTimeoutSeconds.value;
  const stop = service.stopTimeoutSeconds.value;
  const statementMs = database.statementTimeoutMs.value;
  holds('statement_timeout is the slowest request', statementMs === slowest * 1000);
  holds('statement_timeout < gunicorn timeout', statementMs < timeout * 1000);
  holds('gunicorn timeout < ALB idle timeout', timeout < idle);
  holds('ALB idle timeout < gunicorn keepalive', idle < gunicorn.keepaliveSeconds.value);
  holds('slowest request < graceful_timeout', slowest < graceful);
  holds('graceful_timeout < stopTimeout', graceful < stop);
  holds('stopTimeout within ECS bounds', isWithin(stop, stopTimeoutBoundsSeconds));
  holds('deregistration delay > slowest request', alb.deregistrationDelaySeconds.value > slowest);
  const flush = plan.errors?.flushSeconds.value ?? 0;
  holds('slowest request + flush < graceful_timeout', slowest + flush < graceful);
  holds('flush of Sentry', answers.errors === 'none' ? flush === 0 : flush > 0);
  holds('0 < lock_timeout', database.lockTimeoutMs.value > 0);
  holds('lock_timeout < statement_timeout', database.lockTimeoutMs.value < statementMs);
  holds('migrations give up a lock sooner than a request its statement', database.migrationLockTimeoutMs.value <= 5000);
  holds('idle in transaction <= slowest', database.idleInTransactionTimeoutMs.value <= slowest * 1000);

  // Load balancer.
  const interval = alb.healthCheckIntervalSeconds.value;
  const probe = alb.healthCheckTimeoutSeconds.value;
  holds('health timeout < interval', probe < interval);
  holds('connect_timeout < health timeout', database.connectTimeoutSeconds.value < probe);
  holds('interval bounds', isWithin(interval, loadBalancer.healthCheckIntervalBoundsSeconds));
  holds('health timeout bounds', isWithin(probe, loadBalancer.healthCheckTimeoutBoundsSeconds));
  holds('healthy threshold bounds', isWithin(alb.healthyThreshold.value, loadBalancer.healthThresholdBounds));
  holds('unhealthy threshold bounds', isWithin(alb.unhealthyThreshold.value, loadBalancer.healthThresholdBounds));
  holds('a failover of 120 s replaces no task', alb.unhealthyThreshold.value * interval >= 120);
  holds('idle timeout bounds', isWithin(idle, loadBalancer.idleTimeoutBoundsSeconds));
  holds(
    'deregistration bounds',
    isWithin(alb.deregistrationDelaySeconds.value, loadBalancer.deregistrationDelayBoundsSeconds),
  );
  holds('stickiness bounds', isWithin(alb.stickinessSeconds.value, loadBalancer.stickinessBoundsSeconds));
  holds('grace covers two checks', service.healthCheckGracePeriodSeconds.value > 2 * interval);

  // Scaling, recycling, alarms.
  holds('max_requests >= 1000', gunicorn.maxRequests.value >= 1000);
  holds('jitter is half', Math.abs(gunicorn.maxRequestsJitter.value - gunicorn.maxRequests.value / 2) <= 0.5);
  holds('requests per target >= 1', scaling.requestCountPerTarget.value >= 1);
  holds('CPU target 1 to 65', scaling.cpuTargetPercent.value >= 1 && scaling.cpuTargetPercent.value <= 65);
  const warning = alarms.connectionsWarning.value;
  const critical = alarms.connectionsCritical.value;
  holds('warning above a full fleet', warning > (plan.pgbouncer === undefined ? slots * maxTasks : web) + 3);
  holds('warning < critical < max_connections', warning < critical && critical < maxConnections);
  // One Python process runs on one core; a request costs 3 ms of CPU beside its own.
  const usable = Math.min(answers.vcpu, workers) / answers.vcpu;
  const cpuMs = answers.cpuMs + 3;
  const bySlots = (slots * cpuMs) / ((cpuMs + answers.waitMs) * answers.vcpu);
  const most = 100 * Math.min(usable, bySlots);
  const capacity = gunicorn.capacityRequestsPerSecond.value;
  holds('no more requests than the workers have CPU for', capacity * cpuMs <= 1000 * answers.vcpu * usable);
  holds('the CPU target can be reached', scaling.cpuTargetPercent.value <= Math.max(1, most));
  holds('the CPU alarm can be reached', alarms.cpuPercent.value <= Math.max(2, Math.ceil(most)));
  const warnsOfIdleCpu = plan.warnings.some((told) => /^\d+ workers? uses? \d+ of the /.test(told));
  holds('a warning of CPU that no worker uses', warnsOfIdleCpu === workers < answers.vcpu);
  holds('CPU alarm above the target', alarms.cpuPercent.value > scaling.cpuTargetPercent.value);
  holds('latency alarm 1 s to S', alarms.latencyP95Seconds.value >= 1 && alarms.latencyP95Seconds.value <= slowest);
  holds(
    'credits only for burstable',
    (alarms.databaseCpuCredits !== undefined) === answers.rdsClass.startsWith('db.t'),
  );
  holds('an alarm below the lowest number of tasks', alarms.runningTasks.value === service.minTasks.value);
  holds('scaling in is slower than out', scaling.scaleInCooldownSeconds.value > scaling.scaleOutCooldownSeconds.value);

  // Storage: RDS wants the ceiling at least 10 % above, and recommends 26 %.
  holds('storage may grow', database.storageMaximumGiB.value >= 1.26 * database.storageGiB.value);
  holds('storage alarm within the storage', alarms.databaseFreeStorageMiB.value < database.storageGiB.value * 1024);
  holds('backups 7 to 35 days', isWithin(database.backupRetentionDays.value, { minimum: 7, maximum: 35 }));
  return broken;
}

/** Checks PgBouncer, where there is one. @returns the connections of its pools */
function brokenPooler(
  { pgbouncer, database, gunicorn, service }: Plan,
  answers: SizingAnswers,
  holds: (what: string, is: boolean) => void,
): number | undefined {
  holds('PgBouncer where it was asked for', (pgbouncer !== undefined) === (answers.pooler === 'pgbouncer'));
  if (pgbouncer === undefined) {
    return undefined;
  }
  const pool = pgbouncer.poolSize.value;
  const clients = gunicorn.slots.value * service.peakTasks.value;
  const around = (database.celeryConnections?.value ?? 0) + (database.beatConnections?.value ?? 0) + 1 + 2 + 15;
  const one = database.maxConnections.value - around;
  holds('two tasks, and never a third', pgbouncer.tasks.value === 2 && pgbouncer.peakTasks.value === 2);
  holds('a third never starts', (pgbouncer.tasks.value * pgbouncer.maximumPercent.value) / 100 === 2);
  holds('one may go', (pgbouncer.tasks.value * pgbouncer.minimumHealthyPercent.value) / 100 === 1);
  holds('each takes all clients', pgbouncer.maxClientConnections.value >= clients + 1);
  holds('a pool', pool >= 1 && pool <= clients);
  holds('the pools take all that is left, or one connection a client', pool === clients || 2 * (pool + 1) > one);
  holds(
    'a client gives up waiting before its statement would',
    pgbouncer.queryWaitTimeoutSeconds.value * 1000 <= database.statementTimeoutMs.value,
  );
  holds('transactions end before SIGKILL', pgbouncer.stopTimeoutSeconds.value > answers.slowestRequestSeconds);
  holds('stopTimeout of PgBouncer', isWithin(pgbouncer.stopTimeoutSeconds.value, stopTimeoutBoundsSeconds));
  holds('one thread', pgbouncer.vcpu.value <= 1);
  holds('a size that Fargate pairs', memoryOptionsMiB(pgbouncer.vcpu.value).includes(pgbouncer.memoryMiB.value));
  holds(
    'memory for the clients',
    pgbouncer.memoryMiB.value >= 128 + (pgbouncer.maxClientConnections.value * 64) / 1024,
  );
  return 2 * pool;
}

/** Checks the Celery worker, where there is one. @returns the connections of it and of beat */
function brokenWorker(
  { celery: worker, database }: Plan,
  answers: SizingAnswers,
  holds: (what: string, is: boolean) => void,
): number {
  holds('a worker with a broker only', (worker !== undefined) === (answers.broker !== 'none'));
  if (worker === undefined) {
    holds('no connections without a worker', database.celeryConnections === undefined);
    return 0;
  }
  const concurrency = worker.concurrency.value;
  const memoryMiB = worker.memoryMiB.value;
  const longest = answers.celeryLongestTaskSeconds;
  const connections = (concurrency + 1) * 2 * answers.celeryMaxTasks;
  holds('worker connections', database.celeryConnections?.value === connections);
  holds('beat connections', (database.beatConnections?.value ?? 0) === (answers.beat ? 1 : 0));
  holds('children', concurrency >= 1 && concurrency <= Math.max(2, Math.ceil(2 * answers.celeryVcpu)));
  holds('the worker fits', 128 + 64 + (concurrency + 1) * answers.workerMemoryMiB <= memoryMiB);
  holds('the worker memory is one that Fargate pairs', memoryOptionsMiB(answers.celeryVcpu).includes(memoryMiB));
  holds('a message is hidden longer than its task', worker.visibilityTimeoutSeconds.value >= longest + 180);
  holds('within what SQS takes', worker.visibilityTimeoutSeconds.value <= 43_200);
  holds('a task is ended', worker.taskTimeLimitSeconds.value === longest);
  holds('shutdown < stopTimeout', worker.shutdownSeconds.value < worker.stopTimeoutSeconds.value);
  holds('stopTimeout of the worker', isWithin(worker.stopTimeoutSeconds.value, stopTimeoutBoundsSeconds));
  holds('long tasks are protected', (worker.protectionMinutes !== undefined) === longest > 100);
  const protection = worker.protectionMinutes?.value ?? 1;
  holds('protection 1 to 2880 min, longer than a task', isWithin(protection, { minimum: 1, maximum: 2880 }));
  holds('protected for a whole task', worker.protectionMinutes === undefined || protection * 60 > longest);
  holds('the statement ends with the task', worker.statementTimeoutMs.value === longest * 1000);
  holds('0 < lock_timeout of the worker', worker.lockTimeoutMs.value > 0);
  holds('lock_timeout < statement_timeout of it', worker.lockTimeoutMs.value < worker.statementTimeoutMs.value);
  holds('the age of a heartbeat is several', worker.heartbeatAgeSeconds.value >= 3 * worker.heartbeatSeconds.value);
  holds(
    'the oldest message may wait and run',
    worker.oldestMessageAlarmSeconds.value > answers.celeryQueueDelaySeconds + longest,
  );
  holds('a weight', worker.backlogWeight.value > 0);
  return connections + (answers.beat ? 1 : 0);
}

const mayBeFractions: ReadonlySet<string> = new Set([
  'task.vcpu',
  'gunicorn.capacityRequestsPerSecond',
  'celery.vcpu',
  'pgbouncer.vcpu',
  'celery.capacityTasksPerSecond',
  'celery.backlogWeight',
]);

/** What every item promises: a finite number, whole where it is a setting, with a reason and a source in words. */
export function brokenItems(plan: Plan): readonly string[] {
  const broken: string[] = [];
  for (const [path, { value, why, source }] of itemsOf(plan)) {
    if (value === null ? !path.startsWith('cost.') : !Number.isFinite(value) || value < 0) {
      broken.push(`${path} is ${value}`);
    }
    if (value !== null && !Number.isInteger(value) && !mayBeFractions.has(path)) {
      broken.push(`${path} is not whole: ${value}`);
    }
    if (why.trim() === '' || source.trim() === '') {
      broken.push(`${path} has no reason or no source`);
    }
    // A reason stands in comments and in the cells of Markdown tables.
    for (const text of [why, source]) {
      if (/undefined|NaN|Infinity|null|\[object|\n| {2}|[|`]|^#|\\$/.test(text)) {
        broken.push(`${path}: ${JSON.stringify(text)}`);
      }
    }
  }
  for (const text of plan.warnings) {
    if (text.trim() === '' || /undefined|NaN|Infinity|null|\[object/.test(text)) {
      broken.push(`warning: ${JSON.stringify(text)}`);
    }
  }
  return broken;
}
