import { regionsWithoutCertificates } from '../facts/regions.ts';
import { findRdsClass, nominalMaxConnections } from '../facts/rds.ts';
import { isSold, rdsRegionsAsOf, sameSizeIn } from '../facts/rdsRegions.ts';
import { features } from '../features/features.ts';
import { warnOfIdleCpu } from './idleCpu.ts';
import { plural } from './item.ts';
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
      'HTTP ONLY: no --domain was given, so there is no certificate. Passwords and sessions travel in plain text; do not go live like this.',
    );
  }
  if (regionsWithoutCertificates.includes(answers.region)) {
    found.push(
      `The bundled RDS certificates lack ${answers.region}: run \`make rds-ca\` before the first deployment, otherwise every connection is refused.`,
    );
  }
  if (isSold(answers.rdsClass, answers.region) === false) {
    const same = sameSizeIn(answers.region, answers.rdsClass).slice(0, 3);
    const instead = same.length === 0 ? '' : ` Same size there: ${same.join(', ')}.`;
    found.push(
      `${answers.rdsClass} is not on AWS's list for ${answers.region} (${rdsRegionsAsOf}): RDS may refuse it.${instead}`,
    );
  }
  if (plan.gunicorn.workers.value === 1) {
    found.push(
      'Only one worker: nothing serves while it is recycled. Give the task more memory, or lower --worker-memory.',
    );
  }
  const { largestMiB, slowestSeconds } = plan.uploads;
  if (slowestSeconds.value > answers.slowestRequestSeconds) {
    found.push(
      `An upload of ${largestMiB.value} MiB takes ${slowestSeconds.value} s from a slow client, longer than --slowest-request ${answers.slowestRequestSeconds}: ` +
        'a deployment may cut it off. Lower --largest-upload, or let the browser send large files to the bucket itself: docs/uploads.md.',
    );
  }
  const idle = warnOfIdleCpu(answers, plan.gunicorn.workers.value);
  if (idle !== undefined) {
    found.push(idle);
  }
  if (answers.minTasks === 1) {
    found.push('Only one task: when it is replaced after a failure, nothing serves. --min-tasks 2 spans two zones.');
  }
  if (threads < wantedThreads) {
    found.push(
      `Threads lowered from ${wantedThreads} to ${threads} per worker, so that ${answers.rdsClass} holds the connections.`,
    );
  }
  if (maxTasks < wantedMaxTasks) {
    found.push(
      `Autoscaling stops at ${plural(maxTasks, 'task')} instead of ${wantedMaxTasks}, so that ${answers.rdsClass} holds the connections.`,
    );
  }
  found.push(...features.flatMap((feature) => feature.plan.warnings?.(answers, plan) ?? []));
  if (rdsClass?.burstable === true) {
    found.push(
      `${answers.rdsClass} is burstable: fitting connections are not capacity. Watch its CPU credits; db.m classes do not use them.`,
    );
  }
  if (!answers.multiAz) {
    found.push('Single-AZ database: losing its zone means restoring a backup. --multi-az keeps a standby.');
  }
  if (rdsClass !== undefined && (answers.rdsMaxConnections ?? 0) > nominalMaxConnections(rdsClass.memoryGiB)) {
    found.push(
      `--rds-max-connections ${answers.rdsMaxConnections} is above what RDS would set for ${answers.rdsClass} (at most ${nominalMaxConnections(rdsClass.memoryGiB)}): each connection costs memory.`,
    );
  }
  return found;
}
