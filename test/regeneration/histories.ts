import * as fc from 'fast-check';
import type { How } from './randomEdits.ts';

/** Files that are changed by sizes, and edited by people, one of each kind. */
export const favourites: readonly string[] = [
  'gunicorn.conf.py',
  'deploy/ecs/web.json',
  'compose.yaml',
  'deploy/README.md',
  'deploy/sizing.json',
  'pyproject.toml',
];

/** A change of one file that a newer version renders. */
export interface TextEdit {
  /** Chooses a file. */
  readonly file: number;
  /** Chooses a place in it. */
  readonly at: number;
  readonly how: How;
}

/** What a user does to one file. */
export interface UserEdit extends Omit<TextEdit, 'how'> {
  readonly how: How | 'remove' | 'create' | 'mode' | 'crlf' | 'no newline';
}

/** What happens between two runs, and then the run. */
export interface Step {
  readonly edits: readonly UserEdit[];
  readonly flags: Readonly<Record<string, unknown>>;
  readonly choice: 'abort' | 'mine' | 'theirs' | 'sidecar' | 'markers';
  /** What a newer version renders otherwise, which files it drops and adds; undefined: the same version runs. */
  readonly version:
    | { readonly edits: readonly TextEdit[]; readonly drops: readonly number[]; readonly adds: boolean }
    | undefined;
  readonly isUndone: boolean;
}

export type History = readonly Step[];

/** Often the same few files and places: where nobody meets nothing is to be merged. */
const often = (most: number): fc.Arbitrary<number> => fc.oneof(fc.nat({ max: most }), fc.nat({ max: 100_000 }));
const place = { file: often(favourites.length - 1), at: often(50) };
const textHow = fc.constantFrom<How>('insert', 'insert', 'replace', 'replace', 'delete');
const userHow = fc.oneof(
  { weight: 6, arbitrary: textHow },
  { weight: 2, arbitrary: fc.constantFrom('remove' as const, 'create' as const, 'mode' as const) },
  { weight: 1, arbitrary: fc.constantFrom('crlf' as const, 'no newline' as const) },
);

export const histories: fc.Arbitrary<History> = fc.array(
  fc.record({
    edits: fc.array(fc.record({ ...place, how: userHow }), { maxLength: 8 }),
    flags: fc.record({
      vcpu: fc.constantFrom(0.25, 0.5, 1, 2, 4),
      'rds-class': fc.constantFrom('db.t4g.small', 'db.m7g.large', 'db.m7g.xlarge'),
      'slowest-request': fc.constantFrom(30, 40),
    }),
    choice: fc.constantFrom(
      'abort' as const,
      'mine' as const,
      'theirs' as const,
      'sidecar' as const,
      'markers' as const,
    ),
    version: fc.option(
      fc.record({
        edits: fc.array(fc.record({ ...place, how: textHow }), { maxLength: 12 }),
        drops: fc.array(fc.nat({ max: 100_000 }), { maxLength: 2 }),
        adds: fc.boolean(),
      }),
      { nil: undefined },
    ),
    isUndone: fc.boolean(),
  }),
  { minLength: 1, maxLength: 3 },
);
