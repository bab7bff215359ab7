import { item, plural, show } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import type { SizingAnswers } from '../../plan/types.ts';

/** Share of the children that are busy when another task is started, in percent. */
const busyTargetPercent = 90;
/** A new Fargate task takes so long until it works: image, start, Django; an upper end, in seconds. */
const startSeconds = 180;
/** What is smaller would be written with an exponent, which CloudWatch's metric math does not promise to read. */
const smallestWeight = 0.000001;

/**
 * The scaling's metric is, in percent of the children that run: those that are busy, and those that would have to be
 * so that the queue is empty within the acceptable delay. Backlog alone would take a task away whenever the queue is
 * empty, however busy the fleet, and start it again.
 */
export function scaleCelery({ celeryTaskMs, celeryQueueDelaySeconds: delay }: SizingAnswers, concurrency: number) {
  const weight = Math.max(smallestWeight, celeryTaskMs / (1000 * delay));
  return {
    backlogWeight: item(
      Number(weight.toPrecision(6)),
      `${celeryTaskMs} ms an average task / ${delay} s acceptable delay${weight > smallestWeight ? '' : `, at least ${smallestWeight}`}: processes that clear one waiting message in time`,
      sources.backlog,
    ),
    busyTargetPercent: item(
      busyTargetPercent,
      `${busyTargetPercent} % of ${plural(concurrency, 'child', 'children')} a task busy, or needed to clear the queue within ${delay} s`,
      sources.backlog,
    ),
    scaleOutCooldownSeconds: item(
      startSeconds + 60,
      `${startSeconds} s to start a worker + 60: the metric is a minute late, and a second step must see the effect of the first`,
      sources.cooldown,
    ),
    scaleInCooldownSeconds: item(
      300,
      '300 s: a worker that stops too early must be started again, which is slow',
      sources.cooldown,
    ),
  };
}

/** What its alarms watch. */
export function watchCelery(
  { celeryQueueDelaySeconds: delay, celeryLongestTaskSeconds: longest }: SizingAnswers,
  perSecond: number,
) {
  const oldest = delay + longest + startSeconds;
  const backlog = Math.max(1, Math.ceil(3 * delay * perSecond));
  return {
    maxReceiveCount: item(
      5,
      'taken 5 times and never finished: the message moves to the dead-letter queue, for a person to look at',
      sources.deadLetters,
    ),
    oldestMessageAlarmSeconds: item(
      oldest,
      `${delay} s acceptable delay + ${longest} s longest task + ${startSeconds} s to start a worker = ${oldest} s, for 5 min`,
      sources.alarms,
    ),
    backlogAlarmMessages: item(
      backlog,
      `3 x ${delay} s x ${show(perSecond)} tasks/s of all workers = ${plural(backlog, 'waiting message')}, for 15 min: the maximum is too low`,
      sources.alarms,
    ),
    failurePercentAlarm: item(5, '5 % of the tasks of 15 min failed for good', sources.alarms),
  };
}
