import { choice } from '../../answers/declare.ts';
import type { Answers, Declaration } from '../../answers/types.ts';
import { staticServers } from '../../facts/staticFiles.ts';
import type { FeatureAnswers } from '../feature.ts';

const declarations: readonly Declaration[] = [
  choice('a place for static files', staticServers, {
    key: 'static',
    flag: 'static',
    title: 'Static files',
    help: 'served by the web tasks (whitenoise), or from a bucket behind CloudFront (s3)',
    asked: false,
    default: 'whitenoise',
    defaultText: '`whitenoise`',
    computed: false,
  }),
];

function contradictions({ static: server, infrastructure }: Answers): readonly string[] {
  return server === 's3' && infrastructure === 'none'
    ? [
        '--static s3 and --infrastructure none: nothing would create the bucket; use --static whitenoise or --infrastructure cloudformation.',
      ]
    : [];
}

export const staticS3Answers: FeatureAnswers = { declarations, contradictions };
