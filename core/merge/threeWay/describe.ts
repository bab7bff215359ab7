import type { TextConflict, TextMerge } from './mergeText.ts';
import type { ValueConflict } from './mergeValues.ts';
import { readableVersions } from './readable.ts';
import type { ConflictReason } from './mergeResult.ts';
import { writeValue } from '../../formats/values/values.ts';
import type { Value } from '../../formats/values/values.ts';

/** One line for people: `services.web.cpu: last 256, yours 512, next 1024`. */
export function describe(reason: ConflictReason): string {
  const { where, last, yours, next } = reason;
  return isPlace(reason) ? `${where}: last ${last}, yours ${yours}, next ${next}` : `${where}: ${yours}`;
}

/** Whether a reason tells what stands at one place in each of the three contents. */
export function isPlace({ last, next }: ConflictReason): boolean {
  return last !== '' || next !== '';
}

/** A conflict of the file as a whole, or at one place of the user's file alone. */
export function fault(where: string, what: string): ConflictReason {
  return { where, last: '', yours: what, next: '' };
}

export function reasonsOfText({ conflicts }: Extract<TextMerge, { kind: 'conflict' }>): readonly ConflictReason[] {
  return conflicts.map((conflict) => {
    const { line, last, yours, next } = withoutEqual(conflict);
    return {
      where: `line ${line}`,
      ...shown(last.join('\n'), yours.join('\n'), next.join('\n')),
    };
  });
}

/** Only the lines that the user touched: what the generator changed around them, mostly reasons, says nothing. */
function withoutEqual({ line, last, yours, next }: TextConflict): TextConflict {
  const differs = (content: string, index: number): boolean => content !== yours[index];
  const first = last.findIndex(differs);
  const head = first < Math.min(yours.length, next.length) ? Math.max(0, first) : 0;
  const isAligned = last.length === yours.length && last.length === next.length;
  const end = isAligned ? last.findLastIndex(differs) + 1 : last.length;
  // Changed at neighbouring lines only: then all of them tell.
  const isBoth = last.slice(head, end).some((content, index) => content !== next[head + index]);
  const cut = (lines: readonly string[]): readonly string[] => lines.slice(head, isAligned && isBoth ? end : undefined);
  return { line: line + head, last: cut(last), yours: cut(yours), next: cut(next) };
}

export function reasonsOfValues(conflicts: readonly ValueConflict[]): readonly ConflictReason[] {
  const write = (value: Value | undefined): string => (value === undefined ? 'absent' : writeValue(value));
  return conflicts.map(({ path, last, yours, next }) => ({
    where: path.length === 0 ? 'the file' : path.join('.').replaceAll('.[', '['),
    ...shown(write(last), write(yours), write(next)),
  }));
}

/** The three versions, cut so that they can be told apart. */
function shown(last: string, yours: string, next: string): Pick<ConflictReason, 'last' | 'yours' | 'next'> {
  const [before, own, fresh] = readableVersions([last, yours, next]);
  return { last: before, yours: own, next: fresh };
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
