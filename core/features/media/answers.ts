import { choice } from '../../answers/declare.ts';
import type { Answers, Declaration } from '../../answers/types.ts';
import { mediaStores } from '../../facts/media.ts';
import type { FeatureAnswers } from '../feature.ts';

const declarations: readonly Declaration[] = [
  choice('a place for uploads', mediaStores, {
    key: 'media',
    flag: 'media',
    title: 'Uploads',
    help: 'the files that users upload are kept in a private bucket (s3), or there are none (none)',
    asked: false,
    default: 's3',
    defaultText: '`s3`; `none` with `--infrastructure none`',
    defaultFrom: ({ infrastructure }) => (infrastructure === 'none' ? 'none' : 's3'),
    computed: false,
  }),
];

/** A bucket that goes takes nothing along, but nobody reads it any more. */
function told(before: Answers, after: Answers): readonly string[] {
  return before.media === 's3' && after.media === 'none'
    ? ['--media none: the files in the bucket stay there, and the service no longer shows them or takes new ones']
    : [];
}

export const mediaAnswers: FeatureAnswers = { declarations, told };
