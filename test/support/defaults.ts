import type { Answers } from '../../core/answers/types.ts';

/**
 * What a run without any answer takes. Written out, so that a changed default shows in the tests, and only here: they
 * say what follows from it.
 */
export const defaultAnswers: Answers = {
  projectName: 'shop',
  region: 'us-east-1',
  vcpu: 0.5,
  rdsClass: 'db.t4g.small',
  ci: 'github',
  architecture: 'X86_64',
  minTasks: 2,
  rdsEngineVersion: '17',
  multiAz: false,
  slowestRequestSeconds: 30,
  cpuMs: 25,
  waitMs: 50,
  workerMemoryMiB: 200,
  django: '5.2',
  python: '3.13',
  user: 'custom',
  errors: 'none',
  static: 'whitenoise',
  assets: 'none',
  media: 's3',
  infrastructure: 'cloudformation',
  egress: 'nat',
  logRetentionDays: 30,
  broker: 'none',
  celeryLongestTaskSeconds: 60,
  celeryTaskMs: 1000,
  celeryQueueDelaySeconds: 60,
  celeryVcpu: 0.5,
  celeryMinTasks: 1,
  celeryMaxTasks: 4,
  beat: false,
  pooler: 'none',
  mail: 'none',
};
