import { indexOfWords, wordsIn } from '../../formats/yaml/commentRuns.ts';
import type { CommentLine, CommentRun } from '../../formats/yaml/commentRuns.ts';
import { diffLines } from '../../formats/lines/diffLines.ts';
import type { Hunk } from '../../formats/lines/diffLines.ts';
import type { RunEdit } from '../../formats/yaml/editComments.ts';
import type { Three } from '../../three.ts';

/**
 * Merges one comment that the generator changed or dropped.
 *
 * @param last as it was
 * @param next as it is; undefined where it was dropped
 * @param home what the user has at the same place; undefined when there is no such place or no comment
 * @returns what to do with the user's comments; 'conflict' where the user changed this one, too
 */
export function mergeCommentRun(
  last: CommentRun,
  next: CommentRun | undefined,
  home: CommentRun | undefined,
  all: CommentRuns,
): readonly RunEdit[] | 'conflict' {
  const [old, wanted] = [wordsIn(last.lines), wordsIn(next?.lines ?? [])];
  // Where the new words hold the old ones, finding the old ones does not tell that the new ones are missing.
  const isMade = holds(home, wanted) && (holds(next, old) || !holds(home, old));
  if (isMade) return [];
  const whole = findRun(last, home, all);
  if (whole === 'unclear') return next === undefined ? [] : 'conflict';
  if (whole !== undefined) {
    const from = indexOfWords(wordsIn(whole.lines), old);
    const comments = next?.lines.map(({ text }) => text) ?? [];
    return [{ kind: 'replace', run: whole, from, count: old.length, comments }];
  }
  if (home !== undefined) return mergeLinesOf(last, next, home, all);
  const isElsewhere = next === undefined || all.yours.some((run) => holds(run, wanted));
  return isRewritten(old, last, all) && !isElsewhere ? 'conflict' : [];
}

/** Every comment of each text. */
export interface CommentRuns extends Three<readonly CommentRun[]> {
  /** The generator's old comment at the place of each of the user's. */
  readonly origins: ReadonlyMap<CommentRun, CommentRun>;
}

function holds(run: CommentRun | undefined, words: readonly string[]): boolean {
  return run !== undefined && words.length > 0 && indexOfWords(wordsIn(run.lines), words) >= 0;
}

/** Whether a comment that only the user has says much of what these words say: changed, or changed and moved. */
function isRewritten(words: readonly string[], last: CommentRun, all: CommentRuns): boolean {
  const known = [...all.last, ...all.next].map(({ lines }) => wordsIn(lines));
  const longestFirst = known.toSorted((one, other) => other.length - one.length);
  return all.yours.some((run) => {
    const origin = all.origins.get(run);
    // What was made of another comment.
    if (origin !== undefined && origin !== last && !holds(run, wordsIn(origin.lines))) return false;
    const own = new Set(longestFirst.reduce(without, wordsIn(run.lines)));
    return words.filter((word) => own.has(word)).length * 2 > words.length;
  });
}

/** Some words without others that follow each other among them. */
function without(words: readonly string[], others: readonly string[]): readonly string[] {
  const at = others.length === 0 ? -1 : indexOfWords(words, others);
  return at < 0 ? words : words.toSpliced(at, others.length);
}

/** The run of the user's text that holds all words of a comment; 'unclear' where several might. */
function findRun(last: CommentRun, home: CommentRun | undefined, all: CommentRuns): CommentRun | 'unclear' | undefined {
  const old = wordsIn(last.lines);
  if (holds(home, old)) return home;
  const [before, now] = [all.last, all.yours].map((runs) => runs.filter((run) => holds(run, old))) as [
    CommentRun[],
    CommentRun[],
  ];
  if (before.length === now.length) return now[before.indexOf(last)];
  return now.length === 0 ? undefined : 'unclear';
}

/** Line by line, where the user added lines among the generator's or changed other ones. */
function mergeLinesOf(
  last: CommentRun,
  next: CommentRun | undefined,
  home: CommentRun,
  all: CommentRuns,
): readonly RunEdit[] | 'conflict' {
  const words = wordsIn(home.lines);
  const places = locate(last.lines, words);
  const left = last.lines.filter((_, index) => places[index] !== undefined);
  // The user took lines away and wrote none.
  const isCutDown = wordsIn(left).length === words.length;
  const hunks = diffLines(last.lines.map(said), next?.lines.map(said) ?? []);
  const edits: RunEdit[] = [];
  for (const hunk of hunks) {
    const added = next?.lines.slice(hunk.side.start, hunk.side.end) ?? [];
    const comments = added.map(({ text }) => text);
    const edit = editOf(hunk, last.lines, places, home);
    if (edit !== undefined) edits.push({ ...edit, comments });
    else if (holds(home, wordsIn(added))) continue;
    // What only goes may be gone already, and another comment of the user in its place.
    else if (isRewritten(wordsIn(last.lines.slice(hunk.last.start, hunk.last.end)), last, all)) return 'conflict';
    else if (added.length > 0 && !isCutDown) return 'conflict';
  }
  return edits;
}

const said = ({ words }: CommentLine): string => words.join(' ');

/** Where the words of each line begin among the user's; undefined for a line that is not there any more. */
function locate(lines: readonly CommentLine[], words: readonly string[]): readonly (number | undefined)[] {
  let passed = 0;
  return lines.map((line) => {
    const found = indexOfWords(words, line.words, passed);
    if (found < 0) return undefined;
    passed = found + line.words.length;
    return found;
  });
}

/** What a change of some lines comes to; undefined where the user changed them or their neighbours. */
function editOf(
  { last: { start, end } }: Hunk,
  lines: readonly CommentLine[],
  places: readonly (number | undefined)[],
  home: CommentRun,
): Pick<Extract<RunEdit, { kind: 'replace' }>, 'kind' | 'run' | 'from' | 'count'> | Insertion | undefined {
  const isIntact = places.slice(Math.max(0, start - 1), end + 1).every((place) => place !== undefined);
  if (!isIntact) return undefined;
  const from = places[start] ?? 0;
  const final = (end > start ? end : start) - 1;
  const until = (places[final] ?? 0) + (lines[final]?.words.length ?? 0);
  if (end > start) {
    const count = lines.slice(start, end).reduce((sum, { words }) => sum + words.length, 0);
    return until - from === count && count > 0 ? { kind: 'replace', run: home, from, count } : undefined;
  }
  let passed = 0;
  const line = home.lines.findIndex(({ words }) => (passed += words.length) >= until);
  return { kind: 'insert', run: home, line: start === 0 ? 0 : line + 1 };
}

type Insertion = Omit<Extract<RunEdit, { kind: 'insert' }>, 'comments'>;
