import type { Plan, SizingAnswers } from '../../plan/types.ts';
import { warnOfIdleCeleryCpu } from './idleCpu.ts';

/** CPU that its children leave idle, what its broker costs, and what its longest task does to a release. */
export function warnOfCelery(answers: SizingAnswers, { celery }: Omit<Plan, 'warnings'>): readonly string[] {
  if (celery === undefined) {
    return [];
  }
  const found: string[] = [];
  const idle = warnOfIdleCeleryCpu(answers.celeryVcpu, celery.concurrency.value);
  if (idle !== undefined) {
    found.push(idle);
  }
  if (answers.broker === 'redis') {
    found.push('Valkey costs two nodes all the time; SQS costs by the message.');
  }
  if (celery.protectionMinutes !== undefined) {
    found.push(
      `The longest task of ${answers.celeryLongestTaskSeconds} s outlives a stop: ECS waits for a busy worker, and a release takes as long: a pipeline gives up after 120 min, CloudFormation after 3 h. Split such tasks where you can.`,
    );
  }
  return found;
}
