import type { TextConflict, TextMerge } from './mergeText.ts';
import type { ValueConflict } from './mergeValues.ts';
import { readableVersions } from './readable.ts';
import type { Outcome } from './outcome.ts';
import type { ConflictReason } from './types.ts';
import { writeValue } from './values.ts';
import type { Value } from './values.ts';

/** One line for people: `services.web.cpu: was 256, yours 512, new 1024`. */
export function describe(reason: ConflictReason): string {
  const { where, base, yours, ours } = reason;
  return isPlace(reason) ? `${where}: was ${base}, yours ${yours}, new ${ours}` : `${where}: ${yours}`;
}

export interface Explanation {
  /** Of the file as a whole, after its path; '' where the places say it all. */
  readonly reason: string;
  /** Each place in its three versions, one line each. */
  readonly places: readonly string[];
}

/** Why a path is in conflict, for people. */
export function explainConflict({ note, conflict }: Pick<Outcome, 'note' | 'conflict'>): Explanation {
  const reasons = conflict?.reasons ?? [];
  const places = reasons.filter(isPlace);
  const [first] = reasons.filter((reason) => !isPlace(reason));
  const what = first === undefined ? '' : first.where === 'the file' ? first.yours : `${first.where} ${first.yours}`;
  return { reason: note === '' ? what : note, places: places.map(describe) };
}

function isPlace({ base, ours }: ConflictReason): boolean {
  return base !== '' || ours !== '';
}

/** A conflict of the file as a whole, or at one place of the user's file alone. */
export function fault(where: string, what: string): ConflictReason {
  return { where, base: '', yours: what, ours: '' };
}

export function reasonsOfText({ conflicts }: Extract<TextMerge, { kind: 'conflict' }>): readonly ConflictReason[] {
  return conflicts.map((conflict) => {
    const { line, base, yours, ours } = withoutEqual(conflict);
    return {
      where: `line ${line}`,
      ...shown(base.join('\n'), yours.join('\n'), ours.join('\n')),
    };
  });
}

/** Only the lines that the user touched: what the generator changed around them, mostly reasons, says nothing. */
function withoutEqual({ line, base, yours, ours }: TextConflict): TextConflict {
  const differs = (content: string, index: number): boolean => content !== yours[index];
  const first = base.findIndex(differs);
  const head = first < Math.min(yours.length, ours.length) ? Math.max(0, first) : 0;
  const isAligned = base.length === yours.length && base.length === ours.length;
  const end = isAligned ? base.findLastIndex(differs) + 1 : base.length;
  // Changed at neighbouring lines only: then all of them tell.
  const isBoth = base.slice(head, end).some((content, index) => content !== ours[head + index]);
  const cut = (lines: readonly string[]): readonly string[] => lines.slice(head, isAligned && isBoth ? end : undefined);
  return { line: line + head, base: cut(base), yours: cut(yours), ours: cut(ours) };
}

export function reasonsOfValues(conflicts: readonly ValueConflict[]): readonly ConflictReason[] {
  const write = (value: Value | undefined): string => (value === undefined ? 'absent' : writeValue(value));
  return conflicts.map(({ path, base, yours, ours }) => ({
    where: path.length === 0 ? 'the file' : path.join('.').replaceAll('.[', '['),
    ...shown(write(base), write(yours), write(ours)),
  }));
}

/** The three versions, cut so that they can be told apart. */
function shown(base: string, yours: string, ours: string): Pick<ConflictReason, 'base' | 'yours' | 'ours'> {
  const [was, own, theirs] = readableVersions([base, yours, ours]);
  return { base: was, yours: own, ours: theirs };
}

/** '2 hunks of the generator; your 5 lines kept'. */
export function noteOfText({ hunks, kept }: Extract<TextMerge, { kind: 'merged' }>): string {
  if (hunks === 0) return 'already there';
  const taken = `${hunks} ${hunks === 1 ? 'hunk' : 'hunks'} of the generator`;
  return kept === 0 ? taken : `${taken}; your ${kept} ${kept === 1 ? 'line' : 'lines'} kept`;
}

/** '2 values and 1 comment of the generator; the rest of your text untouched'. */
export function noteOfValues(values: number, comments: number): string {
  const counted = (count: number, what: string): readonly string[] =>
    count === 0 ? [] : [`${count} ${what}${count === 1 ? '' : 's'}`];
  const taken = [...counted(values, 'value'), ...counted(comments, 'comment')].join(' and ');
  return taken === '' ? 'already there' : `${taken} of the generator; the rest of your text untouched`;
}
