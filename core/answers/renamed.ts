import type { AnswerKey } from './types.ts';

/** An answer that older versions knew under another name. */
interface Renamed {
  readonly was: string;
  readonly key: AnswerKey;
  /** The old flag, without the dashes. */
  readonly flag: string;
}

/** Answers of 0.1.0: `worker` is gunicorn's now, and `task` is ECS's. */
export const renamedAnswers: readonly Renamed[] = [
  { was: 'workerVcpu', key: 'celeryVcpu', flag: 'worker-vcpu' },
  { was: 'minWorkerTasks', key: 'celeryMinTasks', flag: 'min-worker-tasks' },
  { was: 'maxWorkerTasks', key: 'celeryMaxTasks', flag: 'max-worker-tasks' },
  { was: 'longestTaskSeconds', key: 'celeryLongestTaskSeconds', flag: 'longest-task' },
  { was: 'queueDelaySeconds', key: 'celeryQueueDelaySeconds', flag: 'queue-delay' },
  { was: 'taskMs', key: 'celeryTaskMs', flag: 'task-ms' },
];

/** The name of today; any other name as it is. */
export function keyToday(key: string): string {
  return renamedAnswers.find(({ was }) => was === key)?.key ?? key;
}
