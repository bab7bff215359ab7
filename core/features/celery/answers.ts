import { choice, whole } from '../../answers/declare.ts';
import { vcpuChoices } from '../../answers/choices.ts';
import { parseBoolean } from '../../answers/kinds.ts';
import type { Answers, Choice, Declaration } from '../../answers/types.ts';
import { brokers, longestTaskMaximumSeconds } from '../../facts/celery.ts';
import { vcpus } from '../../facts/fargate.ts';
import type { FeatureAnswers } from '../feature.ts';

/** The brokers with what they mean for operations. */
function brokerChoices(): readonly Choice[] {
  return [
    { value: 'sqs', name: 'sqs    no server to run or size, a dead-letter queue, paid per message' },
    { value: 'redis', name: 'redis  Valkey on ElastiCache: delivery within milliseconds, paid per node' },
    { value: 'none', name: 'none   no Celery worker' },
  ];
}

/** Without a broker they decide nothing. */
const declarations: readonly Declaration[] = [
  choice('a broker', brokers, {
    key: 'broker',
    flag: 'broker',
    title: 'Celery broker',
    help: 'where tasks wait; with a broker, a Celery worker runs as a second service',
    asked: false,
    default: 'none',
    defaultText: '`none`; `sqs` for `yo django-fargate:celery`',
    choices: brokerChoices,
    computed: false,
    off: 'none',
  }),
  whole('seconds', [1, longestTaskMaximumSeconds], {
    key: 'celeryLongestTaskSeconds',
    flag: 'celery-longest-task',
    title: 'Longest Celery task (s)',
    help: 'slower tasks are ended; all time limits of the Celery worker are derived from it',
    default: 60,
    defaultText: '60',
    computed: false,
    partOf: 'broker',
  }),
  whole('seconds', [1, 86_400], {
    key: 'celeryQueueDelaySeconds',
    flag: 'celery-queue-delay',
    title: 'Acceptable delay in the queue (s)',
    help: 'decides how many Celery workers a backlog starts',
    default: 60,
    defaultText: '60',
    computed: false,
    partOf: 'broker',
  }),
  choice<'celeryVcpu', number>('a Fargate task size', vcpus, {
    key: 'celeryVcpu',
    flag: 'celery-vcpu',
    title: 'vCPU of a Celery worker',
    help: 'decides how many Celery tasks it runs at once',
    asked: false,
    default: 0.5,
    defaultText: '0.5',
    choices: vcpuChoices,
    computed: false,
    partOf: 'broker',
  }),
  whole('tasks', [1, 1000], {
    key: 'celeryMaxTasks',
    flag: 'celery-max-tasks',
    title: 'Celery workers, maximum',
    help: 'upper limit of scaling; their connections are counted before those of the web tasks',
    default: 4,
    defaultText: '4',
    computed: false,
    partOf: 'broker',
  }),
  whole('tasks', [0, 1000], {
    key: 'celeryMinTasks',
    flag: 'celery-min-tasks',
    title: 'Celery workers, minimum',
    help: '0: none while the queue is empty, with SQS only',
    default: 1,
    defaultText: '1',
    computed: false,
    partOf: 'broker',
  }),
  whole('milliseconds', [1, 43_020_000], {
    key: 'celeryTaskMs',
    flag: 'celery-task-ms',
    title: 'Time of a Celery task (ms)',
    help: 'average; measure yours',
    default: 1000,
    defaultText: '1000',
    computed: false,
    partOf: 'broker',
  }),
  {
    key: 'beat',
    flag: 'beat',
    kind: 'boolean',
    title: 'Celery beat',
    help: 'a scheduler of periodic tasks, as a service with exactly one task',
    asked: false,
    default: false,
    defaultText: 'no',
    allowed: 'given or not',
    schema: { type: 'boolean' },
    parse: parseBoolean,
    computed: false,
    partOf: 'broker',
  },
];

function contradictions(answers: Answers): readonly string[] {
  const { broker, beat, celeryMinTasks, celeryMaxTasks, celeryTaskMs, celeryLongestTaskSeconds } = answers;
  if (broker === 'none') {
    return beat
      ? ['--beat: there is no broker to send tasks to; use --broker sqs or --broker redis, or --no-beat.']
      : [];
  }
  const problems: string[] = [];
  if (celeryMaxTasks < celeryMinTasks) {
    problems.push(
      `--celery-max-tasks ${celeryMaxTasks}: below --celery-min-tasks ${celeryMinTasks}; raise one or lower the other.`,
    );
  }
  if (celeryMinTasks === 0 && broker === 'redis') {
    problems.push(
      '--celery-min-tasks 0 and --broker redis: without a worker nothing measures the queue; use --celery-min-tasks 1 or --broker sqs.',
    );
  }
  if (celeryTaskMs > celeryLongestTaskSeconds * 1000) {
    problems.push(
      `--celery-task-ms ${celeryTaskMs}: an average task is longer than --celery-longest-task ${celeryLongestTaskSeconds} s; give a value that matches your tasks.`,
    );
  }
  return problems;
}

/** Messages do not move from one broker to another. */
function told(before: Answers, after: Answers): readonly string[] {
  return before.broker === 'none' || after.broker === 'none' || before.broker === after.broker
    ? []
    : [
        `--broker ${before.broker} -> ${after.broker}: waiting tasks are not moved; let the workers empty the queue first`,
      ];
}

export const celeryAnswers: FeatureAnswers = { declarations, contradictions, told };
