import { declarations } from '../../../core/answers/declarations.ts';
import { parseAnswers, resolveAnswers } from '../../../core/answers/resolve.ts';
import type { Door, Resolved } from '../../../core/answers/resolve.ts';
import { ciProviders } from '../../../core/features/ci/providers.ts';
import type { AnswerKey, Declaration } from '../../../core/answers/types.ts';

/** The declaration of an answer; a key without one is a mistake of the test. */
export function declared(key: AnswerKey): Declaration {
  const found = declarations.find((declaration) => declaration.key === key);
  if (found === undefined) {
    throw new Error(`No declaration of ${key}`);
  }
  return found;
}

/** A door that holds some raw values, as if they had come by flags. */
export function door(values: Readonly<Partial<Record<AnswerKey, unknown>>>, name = 'flags'): Door {
  return new Map(
    Object.entries(values).map(([key, value]) => [
      key,
      { value, origin: name === 'flags' ? `--${declared(key as AnswerKey).flag}` : `${name}: ${key}` },
    ]),
  );
}

export function resolve(values: Readonly<Partial<Record<AnswerKey, unknown>>> = {}): Resolved {
  return resolveAnswers([door(values)], { projectName: 'shop' });
}

export function parse(values: Readonly<Partial<Record<AnswerKey, unknown>>> = {}): Resolved {
  return parseAnswers([door(values)], { projectName: 'shop' });
}

/** Valid values of every answer that go together with any value of the others. */
export const validValues: Readonly<Record<AnswerKey, readonly (string | number | boolean)[]>> = {
  projectName: ['shop', 'my_shop', 'a1'],
  region: ['us-east-1', 'eu-central-1', 'sa-east-1'],
  vcpu: [0.25, 0.5, 1, 2, 4, 8, 16],
  rdsClass: ['db.t4g.small', 'db.m7g.large', 'db.r7g.xlarge'],
  ci: ciProviders,
  memoryMiB: [1024, 2048, 4096],
  architecture: ['X86_64', 'ARM64'],
  minTasks: [1, 2, 7],
  maxTasks: [8, 12, 40],
  rdsEngineVersion: ['14', '17', '17.11', '18'],
  multiAz: [true, false],
  rdsMaxConnections: [20, 500, 262_143],
  slowestRequestSeconds: [30, 60, 105],
  cpuMs: [1, 25, 400],
  waitMs: [0, 50, 3000],
  workerMemoryMiB: [64, 200, 450],
  largestUploadMiB: [1, 10, 60],
  domain: ['example.com', 'shop.example.co.uk'],
  django: ['5.2', '6.1'],
  python: ['3.12', '3.13', '3.14'],
  user: ['custom', 'django'],
  errors: ['none'],
  static: ['whitenoise'],
  assets: ['none', 'node'],
  media: ['none', 's3'],
  infrastructure: ['cloudformation'],
  egress: ['nat', 'endpoints'],
  logRetentionDays: [1, 30, 3653],
  broker: ['sqs'],
  celeryLongestTaskSeconds: [60, 43_020],
  celeryQueueDelaySeconds: [1, 60, 86_400],
  celeryVcpu: [0.25, 1, 16],
  celeryMaxTasks: [7, 1000],
  celeryMinTasks: [0, 1, 7],
  celeryTaskMs: [1, 1000, 60_000],
  beat: [true, false],
  pooler: ['none', 'pgbouncer'],
  mail: ['none', 'ses'],
  mailFrom: ['noreply@example.com', 'Shop & Co <noreply@example.com>'],
  serverEmail: ['root@example.com', 'Shop <root@example.com>'],
  mailHost: ['smtp.example.com'],
  mailPort: [465, 587, 2525],
  mailUser: ['apikey', 'shop@example.com'],
};
