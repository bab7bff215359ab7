import type { Plan, SizingAnswers } from '../../plan/types.ts';
import { warnOfIdleCeleryCpu } from './idleCpu.ts';

/** CPU that its children leave idle, what its broker costs, and what its longest task does to a release. */
export function warnOfCelery(answers: SizingAnswers, { celery }: Omit<Plan, 'warnings'>): readonly string[] {
  if (celery === undefined) {
    return [];
  }
  const found: string[] = [];
  const idle = warnOfIdleCeleryCpu(answers, celery.concurrency.value);
  if (idle !== undefined) {
    found.push(idle);
  }
  if (answers.broker === 'redis') {
    found.push('Valkey is billed for two nodes all the time, SQS per message.');
  }
  if (celery.protectionMinutes !== undefined) {
    found.push(
      `The longest task of ${answers.celeryLongestTaskSeconds} s outlasts a shutdown: ECS waits for a busy worker, and so does a release. Pipelines give up after 120 min, CloudFormation after 3 h. Split such tasks if you can.`,
    );
  }
  return found;
}
