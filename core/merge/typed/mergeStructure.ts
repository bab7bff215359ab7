import { InternalError } from '../../errors.ts';
import { fault, noteOfText, noteOfValues, reasonsOfText, reasonsOfValues } from '../threeWay/describe.ts';
import type { Fault } from '../../formats/lines/lineAt.ts';
import { lostComments } from '../../formats/lines/lostComments.ts';
import type { CommentMerge } from './mergeComments.ts';
import { mergeText } from '../threeWay/mergeText.ts';
import { mergeValues } from '../threeWay/mergeValues.ts';
import { readable } from '../threeWay/readable.ts';
import type { ParsedText } from '../../formats/values/parsed.ts';
import type { Three } from '../../three.ts';
import type { ConflictReason } from '../threeWay/mergeResult.ts';
import { identityOf, sameValue } from '../../formats/values/values.ts';
import type { List, Value } from '../../formats/values/values.ts';

/** A text with values set into it; comments that changed with them as `mergeComments` gives them. */
export type Spliced = Pick<CommentMerge, 'text'> & Partial<Omit<CommentMerge, 'text'>>;

/** What a type of file that holds values can do. */
export interface Format<Own extends ParsedText> {
  readonly parse: (text: string) => Own | Fault;
  /**
   * The user's text with the changed values set into it, their comments with them, and nothing else changed; undefined
   * where that is not possible. The result is verified by the caller.
   */
  readonly splice?: (parsed: Three<Own>, wanted: Value) => Spliced | undefined;
  /** A narrower form of the type, which the result keeps when the user's and the new text have it. */
  readonly isStrict?: (text: string) => boolean;
}

export type StructureMerge =
  | { readonly kind: 'merged'; readonly text: string; readonly note: string }
  | { readonly kind: 'conflict'; readonly reasons: readonly ConflictReason[] };

/**
 * Three-way merge of a text that holds values. First as text; that is good when the result holds exactly the values
 * that a merge by value gives, since a clean merge of text can hold a name twice. Otherwise the generator's changes
 * are spliced into the user's text, and the result verified in the same way.
 *
 * @throws InternalError when the new text is not valid
 */
export function mergeStructure<Own extends ParsedText>(texts: Three<string>, format: Format<Own>): StructureMerge {
  const next = format.parse(texts.next);
  if (next.kind === 'fault') throw new InternalError(`Line ${next.line} of what was rendered ${next.what}.`);
  const last = format.parse(texts.last);
  if (last.kind === 'fault') return conflict(fault('the file', `what was last generated ${last.what}`));
  const yours = format.parse(texts.yours);
  if (yours.kind === 'fault') return conflict(fault(`line ${yours.line}`, yours.what));

  const { value: wanted, conflicts } = mergeValues({ last: last.value, yours: yours.value, next: next.value });
  if (wanted === undefined || conflicts.length > 0) return conflict(...reasonsOfValues(conflicts));

  const mayGo = lostComments(last.comments, next.comments);
  const isStrict = format.isStrict ?? ((): boolean => false);
  const mustBeStrict = isStrict(texts.yours) && isStrict(texts.next);
  /** Why a result cannot stand; undefined when it is right. */
  const problemOf = (text: string, replaced: readonly string[] = []): string | undefined => {
    const result = format.parse(text);
    if (result.kind === 'fault') return `the merged text ${result.what}`;
    if (!sameValue(result.value, wanted) || (mustBeStrict && !isStrict(text))) {
      return 'you and the generator changed lines close to each other';
    }
    const [lost] = lostComments(yours.comments, result.comments, [...mayGo, ...replaced]);
    return lost === undefined ? undefined : `the change would lose the comment ${readable(lost)}`;
  };

  const merge = mergeText(texts);
  const textProblem = merge.kind === 'merged' ? problemOf(merge.text) : undefined;
  if (merge.kind === 'merged' && textProblem === undefined) {
    return { kind: 'merged', text: merge.text, note: noteOfText(merge) };
  }
  const spliced = format.splice?.({ last, yours, next }, wanted);
  if (spliced?.conflicts !== undefined && spliced.conflicts.length > 0) return conflict(...spliced.conflicts);
  const spliceProblem = spliced === undefined ? undefined : problemOf(spliced.text, spliced.replaced);
  if (spliced !== undefined && spliceProblem === undefined) {
    const [values, comments] = [countChanges(yours.value, wanted), spliced.count ?? 0];
    const note = noteOfValues(values, comments);
    return { kind: 'merged', text: spliced.text, note };
  }
  const problem = spliceProblem ?? textProblem;
  if (problem !== undefined) return conflict(fault('the file', problem));
  return conflict(...(merge.kind === 'conflict' ? reasonsOfText(merge) : []));
}

function conflict(...reasons: readonly ConflictReason[]): StructureMerge {
  return { kind: 'conflict', reasons };
}

/** How many values were set, added or removed; one that holds others counts once where it is new. */
function countChanges(before: Value | undefined, after: Value | undefined): number {
  if (sameValue(before, after)) return 0;
  if (before?.kind === 'fields' && after?.kind === 'fields') {
    const names = [...new Set([...before.fields.keys(), ...after.fields.keys()])];
    return names.reduce((sum, name) => sum + countChanges(before.fields.get(name), after.fields.get(name)), 0);
  }
  if (before?.kind === 'list' && after?.kind === 'list') {
    const missing = ({ items }: List, other: List): number => {
      const there = new Set(other.items.map(identityOf));
      return items.filter((item) => !there.has(identityOf(item))).length;
    };
    return Math.max(1, missing(before, after), missing(after, before));
  }
  return 1;
}
