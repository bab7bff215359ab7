import { commentRuns, indexOfWords, wordsIn } from '../../formats/yaml/commentRuns.ts';
import type { CommentRun } from '../../formats/yaml/commentRuns.ts';
import { counterparts, namesOf } from '../../formats/values/counterparts.ts';
import { appendComments, editRun, insertCommentBeside, insertCommentsAbove } from '../../formats/yaml/editComments.ts';
import { editText } from '../../formats/lines/editText.ts';
import type { Edit } from '../../formats/lines/editText.ts';
import { mergeCommentRun } from './mergeCommentRun.ts';
import type { ParsedYaml } from '../../formats/yaml/parseYaml.ts';
import { readableVersions } from '../threeWay/readable.ts';
import { splitLines } from '../../formats/lines/splitLines.ts';
import type { Three } from '../../three.ts';
import type { ConflictReason } from '../threeWay/mergeResult.ts';
import type { Value } from '../../formats/values/values.ts';

export interface CommentMerge {
  /** The user's text with the generator's changes of comments in it. */
  readonly text: string;
  /** How many comments changed. */
  readonly count: number;
  /** The comments of the user's text that are gone: the generator's, which the user left alone. */
  readonly replaced: readonly string[];
  /** Comments that both changed: they stay as the user has them. */
  readonly conflicts: readonly ConflictReason[];
}

/**
 * Brings the generator's changes of comments into a text that holds its values already, so that a number and the reason
 * above it never part. A comment is known by its words and by what it stands at: blanks, indentation and line breaks
 * are the formatter's. What the user deleted stays deleted, and what the user wrote stays; a comment that both changed
 * is a conflict.
 *
 * @param texts `yours` holds the merged values
 */
export function mergeComments(texts: Three<ParsedYaml>): CommentMerge {
  const { last, yours, next } = texts;
  const toYours = counterparts(last.value, yours.value);
  const fromNext = counterparts(next.value, yours.value);
  const runs = { last: commentRuns(last), yours: commentRuns(yours), next: commentRuns(next) };
  const lineBreak = splitLines(yours.text).commonEnd ?? '\n';
  const names = namesOf(last.value);

  const homeOf = ({ kind, anchor }: CommentRun): CommentRun | undefined => {
    const place = anchor && toYours.get(anchor);
    return anchor !== undefined && place === undefined ? undefined : runAt(runs.yours, kind, place);
  };
  const origins = new Map(
    runs.last.flatMap((run) => {
      const home = homeOf(run);
      return home === undefined ? [] : [[home, run]];
    }),
  );

  const edits: Edit[] = [];
  const replaced: string[] = [];
  const conflicts: ConflictReason[] = [];
  let count = 0;
  for (const { before, after } of findChanges(runs, counterparts(last.value, next.value))) {
    if (before === undefined) {
      const edit = isThere(after, runs) ? undefined : addition(yours, runs.yours, after, fromNext, lineBreak);
      if (edit === undefined) continue;
      edits.push(edit);
      count += 1;
      continue;
    }
    const { kind, anchor } = before;
    const home = homeOf(before);
    const merge = mergeCommentRun(before, after, home, { ...runs, origins });
    if (merge === 'conflict') {
      const where = anchor === undefined ? 'the comment at the end' : `the comment ${kind} ${names.get(anchor) ?? ''}`;
      conflicts.push({ where, ...write({ last: before, yours: home, next: after }) });
      continue;
    }
    count += Math.min(1, merge.length);
    for (const change of merge) {
      const made = editRun(yours.text, change, lineBreak);
      edits.push(made.edit);
      replaced.push(...made.replaced);
    }
  }
  const text = editText(yours.text, edits);
  if (text !== undefined) return { text, count, replaced, conflicts };
  const reason = {
    where: 'the file',
    last: '',
    yours: 'you and the generator changed comments next to each other',
    next: '',
  };
  return { text: yours.text, count: 0, replaced: [], conflicts: [...conflicts, reason] };
}

type Runs = Three<readonly CommentRun[]>;

/** A comment that the generator changed, dropped (no `after`) or added (no `before`). */
type CommentChange =
  | { readonly before: CommentRun; readonly after: CommentRun | undefined }
  | { readonly before: undefined; readonly after: CommentRun };

/** One that only came to stand at another value is none. */
function findChanges(runs: Runs, toNext: ReadonlyMap<Value, Value>): readonly CommentChange[] {
  const isSame = (one: CommentRun, other: CommentRun): boolean => said(one) === said(other);
  const pairs = runs.last.map((before) => {
    const place = before.anchor && toNext.get(before.anchor);
    const isGone = before.anchor !== undefined && place === undefined;
    return { before, after: isGone ? undefined : runAt(runs.next, before.kind, place) };
  });
  const paired = new Set(pairs.map(({ after }) => after));
  const added = runs.next.filter((run) => !paired.has(run));
  const changed = pairs.filter(({ before, after }) => {
    if (after !== undefined) return !isSame(before, after);
    const moved = added.findIndex((run) => isSame(run, before));
    if (moved >= 0) added.splice(moved, 1);
    return moved < 0;
  });
  return [...changed, ...added.map((after) => ({ before: undefined, after }))];
}

function said({ lines }: CommentRun): string {
  return wordsIn(lines).join(' ');
}

function runAt(
  runs: readonly CommentRun[],
  kind: CommentRun['kind'],
  place: Value | undefined,
): CommentRun | undefined {
  return runs.find((run) => run.kind === kind && run.anchor === place);
}

/** Whether the user's text has a new comment already: it came with its value, or with an earlier run. */
function isThere(added: CommentRun, { yours, next }: Runs): boolean {
  const words = wordsIn(added.lines);
  const holds = ({ lines }: CommentRun): boolean => indexOfWords(wordsIn(lines), words) >= 0;
  return yours.filter(holds).length >= next.filter(holds).length;
}

/** Undefined where the user has no longer what the comment is about. */
function addition(
  { text, children }: ParsedYaml,
  own: readonly CommentRun[],
  { kind, anchor, lines }: CommentRun,
  fromNext: ReadonlyMap<Value, Value>,
  lineBreak: string,
): Edit | undefined {
  const comments = lines.map((line) => line.text);
  if (anchor === undefined) return appendComments(text, comments, lineBreak);
  const place = fromNext.get(anchor);
  const child = place && children.get(place);
  if (child === undefined) return undefined;
  const isFree = runAt(own, 'beside', place) === undefined;
  if (kind === 'beside' && isFree) return insertCommentBeside(text, child, comments.join(' '));
  return insertCommentsAbove(text, child.start, comments, lineBreak);
}

/** The three versions of a comment, from the first word on that is not the same in all of them. */
function write(runs: Three<CommentRun | undefined>): Three<string> {
  const words = { last: wordsOf(runs.last), yours: wordsOf(runs.yours), next: wordsOf(runs.next) };
  const differs = (word: string, index: number): boolean => word !== words.yours[index] || word !== words.next[index];
  const first = Math.max(0, words.last.findIndex(differs));
  const cut = (own: readonly string[]): string => (first === 0 ? own : ['…', ...own.slice(first)]).join(' ');
  const [last, yours, next] = readableVersions([cut(words.last), cut(words.yours), cut(words.next)]);
  return { last, yours, next };
}

function wordsOf(run: CommentRun | undefined): readonly string[] {
  return wordsIn(run?.lines ?? []);
}
