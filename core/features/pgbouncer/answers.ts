import { choice } from '../../answers/declare.ts';
import type { Choice, Declaration } from '../../answers/types.ts';
import { poolers } from '../../facts/pgbouncer.ts';
import type { FeatureAnswers } from '../feature.ts';

/** The poolers with what they mean for the database. */
function poolerChoices(): readonly Choice[] {
  return [
    { value: 'none', name: 'none       each gunicorn thread has its own connection' },
    { value: 'pgbouncer', name: 'pgbouncer  two tasks that lend out a fixed number of connections, per transaction' },
  ];
}

const declarations: readonly Declaration[] = [
  choice('a connection pooler', poolers, {
    key: 'pooler',
    flag: 'pooler',
    title: 'Connection pooler',
    help: 'with one, the database has a fixed number of connections, however many web tasks run',
    asked: false,
    default: 'none',
    defaultText: '`none`; `pgbouncer` for `yo django-fargate:pgbouncer`',
    choices: poolerChoices,
    computed: false,
    off: 'none',
  }),
];

export const pgbouncerAnswers: FeatureAnswers = { declarations };
