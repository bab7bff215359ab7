import { regionsWithoutCertificates } from '../facts/regions.ts';
import { findRdsClass, nominalMaxConnections } from '../facts/rds.ts';
import { isSold, rdsRegionsAsOf, sameSizeIn } from '../facts/rdsRegions.ts';
import { warnOfIdleCpu, warnOfIdleCeleryCpu } from './idleCpu.ts';
import { plural, show } from './item.ts';
import { busyConnections, loginSeconds, queryVcpu, takeoverSeconds, tasksServed } from './pooler.ts';
import type { Plan, SizingAnswers } from './types.ts';

interface Judged {
  readonly answers: SizingAnswers;
  readonly plan: Omit<Plan, 'warnings'>;
  readonly wantedThreads: number;
  readonly wantedMaxTasks: number;
}

/** What holds, but deserves a look before the first deployment. */
export function warnings({ answers, plan, wantedThreads, wantedMaxTasks }: Judged): readonly string[] {
  const found: string[] = [];
  const rdsClass = findRdsClass(answers.rdsClass);
  const threads = plan.gunicorn.threads.value;
  const maxTasks = plan.service.maxTasks.value;
  if (answers.domain === undefined) {
    found.push(
      'HTTP ONLY: no --domain was given, so there is no certificate. Passwords and sessions travel in the clear; do not go live like this.',
    );
  }
  if (regionsWithoutCertificates.includes(answers.region)) {
    found.push(
      `The bundled RDS certificates have none of ${answers.region}: run \`make rds-ca\` before the first deployment, or every connection is refused.`,
    );
  }
  if (isSold(answers.rdsClass, answers.region) === false) {
    const same = sameSizeIn(answers.region, answers.rdsClass).slice(0, 3);
    const instead = same.length === 0 ? '' : ` The same size there: ${same.join(', ')}.`;
    found.push(
      `${answers.rdsClass} is not on AWS's list for ${answers.region} (${rdsRegionsAsOf}): RDS may refuse it.${instead}`,
    );
  }
  if (plan.gunicorn.workers.value === 1) {
    found.push(
      'One worker only: nothing serves while it is recycled. Give the task more memory, or lower --worker-memory.',
    );
  }
  const idle = [
    warnOfIdleCpu(answers, plan.gunicorn.workers.value),
    plan.celery === undefined ? undefined : warnOfIdleCeleryCpu(answers.celeryVcpu, plan.celery.concurrency.value),
  ];
  found.push(...idle.filter((warning) => warning !== undefined));
  if (answers.minTasks === 1) {
    found.push('One task only: when it is replaced after a failure, nobody serves. --min-tasks 2 spans two zones.');
  }
  if (threads < wantedThreads) {
    found.push(
      `Threads lowered from ${wantedThreads} to ${threads} a worker, so that ${answers.rdsClass} holds the connections.`,
    );
  }
  if (maxTasks < wantedMaxTasks) {
    found.push(
      `Autoscaling stops at ${plural(maxTasks, 'task')} instead of ${wantedMaxTasks}, so that ${answers.rdsClass} holds the connections.`,
    );
  }
  if (answers.broker === 'redis') {
    found.push('Valkey costs two nodes all the time; SQS costs by the message.');
  }
  if (plan.celery?.protectionMinutes !== undefined) {
    found.push(
      `The longest task of ${answers.celeryLongestTaskSeconds} s outlives a stop: ECS waits for a busy worker, and a release takes as long: a pipeline gives up after 120 min, CloudFormation after 3 h. Split such tasks where you can.`,
    );
  }
  found.push(...poolWarnings(answers, plan));
  if (rdsClass?.burstable === true) {
    found.push(
      `${answers.rdsClass} is burstable: connections that fit are not capacity. Watch its CPU credits; db.m classes have none to run out of.`,
    );
  }
  if (!answers.multiAz) {
    found.push('Single-AZ database: losing its zone means restoring a backup. --multi-az keeps a standby.');
  }
  if (rdsClass !== undefined && (answers.rdsMaxConnections ?? 0) > nominalMaxConnections(rdsClass.memoryGiB)) {
    found.push(
      `--rds-max-connections ${answers.rdsMaxConnections} is above what RDS itself would set for ${answers.rdsClass} (at most ${nominalMaxConnections(rdsClass.memoryGiB)}): each connection costs memory.`,
    );
  }
  return found;
}

function poolWarnings(answers: SizingAnswers, { pgbouncer, gunicorn, service }: Judged['plan']): readonly string[] {
  if (pgbouncer === undefined) {
    return [];
  }
  const found: string[] = [];
  const maxTasks = service.maxTasks.value;
  const fleet = { answers, workers: gunicorn.workers.value, slots: gunicorn.slots.value, maxTasks };
  const busy = busyConnections(fleet);
  const both = pgbouncer.poolSize.value * pgbouncer.tasks.value;
  if (both < busy) {
    const most = tasksServed(fleet, both);
    const fewer = most < 1 ? '' : `--max-tasks ${most} keeps within them; `;
    found.push(
      `The two PgBouncers have ${plural(both, 'server connection')} together, and ${plural(maxTasks, 'task')} at the scaling target may keep ${busy} busy: requests always wait for one then. ${fewer}a larger --rds-class has more.`,
    );
  } else if (pgbouncer.poolSize.value < busy) {
    found.push(
      `Each PgBouncer has ${plural(pgbouncer.poolSize.value, 'server connection')}, and ${plural(maxTasks, 'task')} at the scaling target may keep ${busy} busy: while one of the two is replaced, requests wait. A larger --rds-class has more.`,
    );
  }
  if (queryVcpu(fleet) > 1) {
    found.push(
      `One PgBouncer alone does not carry the queries of ${plural(maxTasks, 'task')}: they cost ${show(queryVcpu(fleet))} vCPU, and it has one thread. While one of the two is replaced, requests wait.`,
    );
  }
  if (takeoverSeconds(fleet) > loginSeconds) {
    found.push(
      `When one PgBouncer ends, its clients log in at the other one within ${show(takeoverSeconds(fleet), 0)} s, and Django gives up after ${loginSeconds} s: requests fail for so long. Fewer --max-tasks, or larger tasks with fewer slots, have fewer clients.`,
    );
  }
  return found;
}
