import {
  handBackSeconds,
  protectedAboveSeconds,
  protectionMaximumMinutes,
  visibilityMarginSeconds,
} from '../../facts/celery.ts';
import { stopTimeoutBoundsSeconds } from '../../facts/fargate.ts';
import { item } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';

/** Longest wait for a lock, in seconds: as long as a request waits at most. */
const lockMaximumSeconds = 10;

/** What bounds a task, and how a worker ends, from the longest task in seconds. */
export function limitCelery(longest: number) {
  const stop = stopTimeoutBoundsSeconds.maximum;
  const soft = stop - handBackSeconds;
  const protection = Math.min(protectionMaximumMinutes, Math.ceil(longest / 60) + 5);
  return {
    taskTimeLimitSeconds: item(
      longest,
      `the longest task, ${longest} s: longer tasks are ended; otherwise they would be taken a second time`,
      sources.celery,
    ),
    visibilityTimeoutSeconds: item(
      longest + visibilityMarginSeconds,
      `${longest} s longest task + ${visibilityMarginSeconds}: a message comes back only when its task cannot run any more`,
      sources.visibility,
    ),
    shutdownSeconds: item(
      soft,
      `stopTimeout ${stop} s - ${handBackSeconds}: how long running tasks may take to finish before they return to the queue`,
      sources.celery,
    ),
    stopTimeoutSeconds: item(stop, `${stop} s from SIGTERM to SIGKILL, the most on Fargate`, sources.stopTimeout),
    statementTimeoutMs: item(
      longest * 1000,
      `the longest task, ${longest} s: no statement may outlive it`,
      sources.postgresTimeouts,
    ),
    lockTimeoutMs: item(
      Math.floor(Math.min((longest * 1000) / 3, lockMaximumSeconds * 1000)),
      `min(${longest} s / 3, ${lockMaximumSeconds} s): a task that waits for a lock gives up early and is retried`,
      sources.postgresTimeouts,
    ),
    idleInTransactionTimeoutMs: item(
      longest * 1000,
      `the longest task, ${longest} s: an abandoned transaction holds locks no longer`,
      sources.postgresTimeouts,
    ),
    ...(longest <= protectedAboveSeconds
      ? {}
      : {
          protectionMinutes: item(
            protection,
            `min(${protectionMaximumMinutes}, ceil(${longest} s / 60) + 5): the longest task exceeds ${protectedAboveSeconds} s, so ECS does not stop a busy worker`,
            sources.protection,
          ),
        }),
  };
}
