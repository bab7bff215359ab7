import { explainConflict } from '../core/merge/outcomes/explainConflict.ts';
import type { Outcome, OutcomeKind } from '../core/merge/outcomes/outcome.ts';

/** The signs and words of what is shown; other outcomes are only counted. */
const signs: Partial<Readonly<Record<OutcomeKind, readonly [string, string]>>> = {
  create: ['+', 'create'],
  restore: ['+', 'restore'],
  update: ['~', 'update'],
  merge: ['M', 'merge'],
  already: ['=', 'already there'],
  adopt: ['=', 'there already'],
  delete: ['-', 'delete'],
  release: ['k', 'kept'],
  'stays-deleted': ['x', 'stays deleted'],
  conflict: ['!', 'CONFLICT'],
  special: ['!', 'IN THE WAY'],
};

/** How many new files can be listed before the plan above them scrolls off the screen. */
const listedFiles = 20;

/**
 * The changes, file by file, and how many of each there are. Many new files are counted by folder.
 *
 * @param outcomes ordered by path
 * @param isVerbose list every file, however many there are
 */
export function showOutcomes(folder: string, outcomes: readonly Outcome[], isVerbose: boolean): string {
  const created = outcomes.filter(({ kind }) => kind === 'create');
  const counts = !isVerbose && created.length > listedFiles;
  const shown = outcomes.filter((outcome) => isShown(outcome) && !(counts && outcome.kind === 'create'));
  const lines = shown.flatMap((outcome) => [
    `  ${signOf(outcome)} ${outcome.path}${noteOf(outcome)}`,
    ...reasonsOf(outcome),
  ]);
  return [
    `The changes in ${folder}`,
    ...(counts ? countByFolder(created) : []),
    ...lines,
    `${count(outcomes)}.${counts ? ' --verbose lists every file.' : ''}`,
  ].join('\n');
}

/** New files by their top folder, those at the top last. */
function countByFolder(created: readonly Outcome[]): readonly string[] {
  const folders = new Map<string, number>();
  for (const { path } of created) {
    const [first = ''] = path.split('/');
    const folder = first === path ? '' : `${first}/`;
    folders.set(folder, (folders.get(folder) ?? 0) + 1);
  }
  const files = (found: number): string => `${found} ${found === 1 ? 'file' : 'files'}`;
  const top = folders.get('') ?? 0;
  folders.delete('');
  const width = Math.max(...[...folders.keys()].map(({ length }) => length));
  return [
    ...[...folders].map(([folder, found]) => `  + ${folder.padEnd(width)}  ${files(found)}`),
    ...(top === 0 ? [] : [`  + ${files(top)} at the top`]),
  ];
}

/** How the conflicts were resolved, and what is left to do about them. */
export function showSettled(settled: readonly Outcome[]): string {
  return ['Resolved conflicts:', ...settled.map(({ path, note }) => `  ${path}: ${note}`)].join('\n');
}

/** A new run on an unedited repository should not list what is unchanged. */
function isShown({ kind, note }: Outcome): boolean {
  if (kind === 'keep') return note !== '' && note !== 'yours';
  return kind !== 'adopt' && signs[kind] !== undefined;
}

function signOf({ kind }: Outcome): string {
  return signs[kind]?.[0] ?? 'k';
}

function noteOf(outcome: Outcome): string {
  const { kind } = outcome;
  const note = kind === 'conflict' ? explainConflict(outcome).reason : outcome.note;
  const word = kind === 'create' || kind === 'update' ? '' : (signs[kind]?.[1] ?? 'kept');
  const both = [word, note].filter((part) => part !== '').join(': ');
  return both === '' ? '' : `  ${both}`;
}

/** Each place of a conflict, in three versions. */
function reasonsOf(outcome: Outcome): readonly string[] {
  return outcome.kind === 'conflict' ? explainConflict(outcome).places.map((place) => `      ${place}`) : [];
}

const counted: readonly (readonly [string, readonly OutcomeKind[]])[] = [
  ['to write', ['create', 'restore']],
  ['to update', ['update']],
  ['to merge', ['merge']],
  ['to delete', ['delete']],
  ['in conflict', ['conflict', 'special']],
  ['kept as yours', ['keep', 'release']],
  ['stay deleted', ['stays-deleted']],
  ['there already', ['same', 'adopt', 'already']],
];

function count(outcomes: readonly Outcome[]): string {
  const counts = counted
    .map(([words, kinds]) => [outcomes.filter(({ kind }) => kinds.includes(kind)).length, words] as const)
    .filter(([found]) => found > 0);
  return counts
    .map(([found, words], index) => `${found}${index > 0 ? '' : found === 1 ? ' file' : ' files'} ${words}`)
    .join(', ');
}
