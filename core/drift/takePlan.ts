import { joinLines, linesOf, splitLines } from '../formats/lines/splitLines.ts';
import { newPythonFault } from '../formats/python/verifyPython.ts';
import { placesIn, readNumber } from './findDrift.ts';
import type { Drift, Sized } from './findDrift.ts';
import { commentAbove, isComment, isReasonIn } from './reasons.ts';
import type { Place } from './place.ts';
import { openPlaces } from './readPlaces.ts';

/**
 * A text with the sizes of the plan where they drifted, each with the reason above it, which must stay with its number.
 * Everything else stays, including the user's own comments above a number, and so do places that cannot be changed on
 * their own, such as a number behind an alias: `findDrift` still finds them in the result.
 */
export function takePlan(sized: Sized, drift: readonly Drift[]): string {
  const { path, key, projectName, next } = sized;
  const isDrift = ([where, item]: Place): boolean => drift.some((one) => one.where === where && one.item === item);
  let text = sized.yours;
  for (const place of placesIn(key, projectName, next)) {
    // A reason may be of other sizes although its number is the same. Finding a place in YAML takes long, so there the
    // reasons of other numbers stay for the merge of comments.
    if (!isDrift(place) && /\.(?:ya?ml|json)$/.test(path)) continue;
    text = takeOne({ ...sized, yours: text }, place, isDrift(place));
  }
  return text;
}

/** @param isDrift else the number is the plan's, and only a reason of other sizes above it is changed */
function takeOne({ path, key, yours, next }: Sized, place: Place, isDrift: boolean): string {
  const found = findSpot(path, yours, place);
  const own = findSpot(key, next, place);
  if (found === undefined || own === undefined) return yours;
  const lines = splitLines(yours);
  const reason = commentAbove(linesOf(next), own.line);
  const there = commentAbove(lines.contents, found.line);
  const isReason = isReasonIn(reason, there);
  if (!isDrift && !there.some((_, index) => isReason(index))) return yours;
  const start = found.line - there.length;
  const end = lines.ends[found.line] ?? '';
  const block: readonly (readonly [string, string])[] = [
    ...there
      .map((line, index) => [line, lines.ends[start + index] ?? ''] as const)
      .filter((_, index) => !isReason(index)),
    ...reason.map((line) => [line, end || (lines.commonEnd ?? '\n')] as const),
    [put(lines.contents[found.line] ?? '', found, own.number), end],
  ];
  const replace = (all: readonly string[], part: 0 | 1): readonly string[] => [
    ...all.slice(0, start),
    ...block.map((line) => line[part]),
    ...all.slice(found.line + 1),
  ];
  const taken = joinLines({ ...lines, contents: replace(lines.contents, 0), ends: replace(lines.ends, 1) });
  // A value may go on behind its first line.
  const isBroken = path.endsWith('.py') && newPythonFault(taken, { yours, next }) !== undefined;
  return isBroken ? yours : taken;
}

interface Spot {
  readonly line: number;
  readonly column: number;
  readonly number: string;
}

/** The only position of the number: changing it there changes the place. */
function findSpot(path: string, text: string, place: Place): Spot | undefined {
  const opened = openPlaces(path, text);
  const number = opened && readNumber(opened, place);
  if (opened === undefined || number === undefined || number === '') return undefined;
  const lines = splitLines(text);
  const spots = lines.contents.flatMap((content, line) =>
    isComment(content) ? [] : columnsOf(content, number).map((column): Spot => ({ line, column, number })),
  );
  // Each try reads the whole text: the nearest to the value goes first.
  const near = opened.lineOf(place[0]) ?? 0;
  const other = /^[\d.]+$/.test(number) ? `${number}1` : `${number}x`;
  return spots
    .toSorted((one, two) => Math.abs(one.line - near) - Math.abs(two.line - near))
    .find((spot) => {
      const contents = lines.contents.with(spot.line, put(lines.contents[spot.line] ?? '', spot, other));
      const changed = openPlaces(path, joinLines({ ...lines, contents }));
      return changed !== undefined && readNumber(changed, place) === other;
    });
}

function columnsOf(content: string, number: string): readonly number[] {
  const columns: number[] = [];
  for (let at = content.indexOf(number); at >= 0; at = content.indexOf(number, at + 1)) columns.push(at);
  return columns;
}

function put(content: string, { column, number }: Spot, other: string): string {
  return content.slice(0, column) + other + content.slice(column + number.length);
}
