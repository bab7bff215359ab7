import { choice } from '../../answers/declare.ts';
import type { Answers, Declaration } from '../../answers/types.ts';
import { errorTrackers } from '../../facts/errorTrackers.ts';
import type { FeatureAnswers } from '../feature.ts';

const declarations: readonly Declaration[] = [
  choice('an error tracker', errorTrackers, {
    key: 'errors',
    flag: 'errors',
    title: 'Errors',
    help: 'in the log (none), or in Sentry as well (sentry), which needs a DSN',
    asked: false,
    default: 'none',
    defaultText: '`none`',
    computed: false,
  }),
];

function contradictions({ errors, egress }: Answers): readonly string[] {
  return errors === 'sentry' && egress === 'endpoints'
    ? [
        '--errors sentry and --egress endpoints: the tasks would have no way to Sentry, which is no service of AWS, so every event would be lost; ' +
          'use --egress nat, or --errors none, which keeps errors in the log. For a Sentry of your own inside the VPC, take ' +
          '--errors none and see docs/errors.md.',
      ]
    : [];
}

export const errorsAnswers: FeatureAnswers = { declarations, contradictions };
