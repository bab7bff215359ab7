import type { Rename } from '../../emit/renames.ts';
import type { EmittedFile } from '../../emit/types.ts';
import { decide } from './decide.ts';
import { decodeText } from '../../formats/lines/decodeText.ts';
import { gatherFacts } from './facts.ts';
import type { MergeRun } from './facts.ts';
import { followModules, movedModules } from './followModules.ts';
import type { MovedModules } from './followModules.ts';
import type { Observed } from '../observed.ts';
import type { Outcome } from './outcome.ts';

export interface Regeneration extends MergeRun {
  /** The whole repository as it is rendered now. */
  readonly next: readonly EmittedFile[];
  /** What stands at every path of `pathsToObserve`. */
  readonly observed: ReadonlyMap<string, Observed>;
  readonly renames: readonly Rename[];
  /** Where the user has moved files: rendered path -> path on disk. */
  readonly moved: ReadonlyMap<string, string>;
  readonly isUnmanaged: (path: string) => boolean;
}

const absent: Observed = { kind: 'absent' };

/** The paths that a run may read or write: all that is rendered now, and all that ever was. */
export function pathsToObserve({
  next,
  baseline,
  moved,
}: Pick<Regeneration, 'next' | 'baseline' | 'moved'>): readonly string[] {
  const keys = [...next.map(({ path }) => path), ...baseline.entries.keys(), ...baseline.broken];
  return [...new Set([...keys, ...moved.values()])];
}

/** What becomes of every path, ordered by path. Pure. */
export function planOutcomes(run: Regeneration): readonly Outcome[] {
  const { next, baseline, isUnmanaged } = run;
  const moved = followRenames(run);
  const rendered = new Map(next.map((file) => [file.path, file]));
  const origins = findOrigins(run, rendered, moved);
  const followed = new Set(origins.values());
  const modules = movedModules(origins);
  const keys = new Set([...rendered.keys(), ...baseline.entries.keys(), ...baseline.broken]);
  return [...keys]
    .filter((key) => !followed.has(key))
    .map((key): Outcome => {
      const path = moved.get(key) ?? key;
      const origin = origins.get(key);
      const frozen = [origin ?? key, key].find((old) => isUnmanaged(moved.get(old) ?? old));
      if (frozen !== undefined) return leave(run, moved.get(frozen) ?? frozen, origin ?? key);
      const file = rendered.get(key);
      if (origin !== undefined && path === key) return decideRenamed(run, origin, file as EmittedFile);
      return decide(gatherFacts(run, { path, key, entryKey: origin ?? key }, lookAt(run, path), file));
    })
    .map((outcome) => withModules(run, outcome, modules))
    .toSorted((one, other) => (one.path < other.path ? -1 : 1));
}

/** What the user keeps or has merged of the generator's Python may name modules that this run moves. */
function withModules(run: Regeneration, outcome: Outcome, modules: MovedModules): Outcome {
  const { path, kind, note, write } = outcome;
  const yours = lookAt(run, path);
  const source = write ?? (yours.kind === 'file' ? yours : undefined);
  if (source === undefined || !path.endsWith('.py') || !['keep', 'merge'].includes(kind)) return outcome;
  const text = decodeText(source.bytes);
  const followed = text && followModules(path, text, modules);
  if (followed === undefined || followed === text) return outcome;
  const told = [note === 'yours' ? '' : note, 'names what has moved by its new name'].filter(Boolean).join('; ');
  const bytes = new TextEncoder().encode(followed);
  return { ...outcome, kind: 'merge', note: told, write: { bytes, mode: source.mode } };
}

/** A file of the user's alone, whatever the generator does with it. */
function leave({ baseline }: Regeneration, path: string, key: string): Outcome {
  return { path, key, kind: 'same', note: '', entry: baseline.entries.get(key) };
}

/** Where the user has moved files, under the names that the generator has given them since. */
function followRenames({ moved, renames }: Regeneration): ReadonlyMap<string, string> {
  const places = new Map(moved);
  for (const { from, to } of renames) {
    const place = places.get(from);
    if (place !== undefined && !places.has(to)) places.set(to, place);
  }
  return places;
}

/** New path -> old path of each file that the generator has renamed: only where nothing stands at the new path. */
function findOrigins(
  run: Regeneration,
  rendered: ReadonlyMap<string, EmittedFile>,
  moved: ReadonlyMap<string, string>,
): ReadonlyMap<string, string> {
  const { baseline, renames } = run;
  const origins = new Map<string, string>();
  for (const to of rendered.keys()) {
    const isNew = !baseline.entries.has(to) && (moved.has(to) || lookAt(run, to).kind === 'absent');
    const from = namesOf(to, renames).find((name) => baseline.entries.has(name) && !rendered.has(name));
    if (isNew && from !== undefined) origins.set(to, from);
  }
  return origins;
}

/** The earlier paths of a file, newest first: a repository may have been written by any of the versions before. */
function namesOf(to: string, renames: readonly Rename[]): readonly string[] {
  const names = [to];
  for (const rename of renames.toReversed()) if (rename.to === names.at(-1)) names.push(rename.from);
  return names.slice(1);
}

/** The user's edits go along to the new path; what cannot be merged stays at the old one. */
function decideRenamed(run: Regeneration, from: string, next: EmittedFile): Outcome {
  const to = next.path;
  const yours = lookAt(run, from);
  const outcome = decide(gatherFacts(run, { path: to, key: to, entryKey: from }, yours, next));
  if (outcome.kind === 'conflict' || outcome.kind === 'special') {
    return { ...outcome, path: from, key: from, entry: run.baseline.entries.get(from) };
  }
  if (yours.kind !== 'file' || outcome.kind === 'restore') return outcome;
  const write = outcome.write ?? { bytes: yours.bytes, mode: yours.mode };
  const kind = outcome.kind === 'merge' ? 'merge' : 'update';
  return { ...outcome, kind, note: `was ${from}${outcome.note && `; ${outcome.note}`}`, write, removes: from };
}

function lookAt({ observed }: Regeneration, path: string): Observed {
  return observed.get(path) ?? absent;
}
