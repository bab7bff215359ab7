import { findDrift, placesIn, readNumber } from './findDrift.ts';
import type { Drift, Sized } from './findDrift.ts';
import type { Place } from './places.ts';
import { openPlaces } from './readPlaces.ts';

/**
 * A text with the plan's sizes in the places of drift, and the reason above each, which must not part from its number.
 * Everything else of the user's stays, a comment of his above a number included.
 *
 * @returns undefined where a place cannot be changed by itself
 */
export function takePlan(sized: Sized, drift: readonly Drift[]): string | undefined {
  const { path, key, projectName, ours } = sized;
  const isDrift = ([where, item]: Place): boolean => drift.some((one) => one.where === where && one.item === item);
  let text = sized.yours;
  for (const place of placesIn(key, projectName, ours)) {
    // A reason may be of other sizes although its number is the same. Finding a place in YAML takes long, so there the
    // reasons of other numbers stay for the merge of comments.
    if (!isDrift(place) && /\.(?:ya?ml|json)$/.test(path)) continue;
    const taken = takeOne({ ...sized, yours: text }, place);
    if (taken === undefined && isDrift(place)) return undefined;
    text = taken ?? text;
  }
  return findDrift({ ...sized, yours: text }).length === 0 ? text : undefined;
}

function takeOne({ path, key, yours, ours }: Sized, place: Place): string | undefined {
  const theirs = findSpot(path, yours, place);
  const own = findSpot(key, ours, place);
  if (theirs === undefined || own === undefined) return undefined;
  const lines = linesOf(yours);
  const written = put(lines[theirs.line] ?? '', theirs, own.number);
  const reason = commentAbove(linesOf(ours), own.line);
  const there = commentAbove(lines, theirs.line);
  const start = theirs.line - there.length;
  const kept = there.filter((line) => !isReason(line, reason));
  const ends = (lines[theirs.line] ?? '').endsWith('\r') ? '\r' : '';
  const block = [...kept, ...reason.map((line) => line.replace(/\r$/, '') + ends), written];
  return [...lines.slice(0, start), ...block, ...lines.slice(theirs.line + 1)].join('\n');
}

interface Found {
  readonly line: number;
  readonly column: number;
  readonly number: string;
}

/** The one spot at which the number stands: changed there, it is changed at the place. */
function findSpot(path: string, text: string, place: Place): Found | undefined {
  const number = numberAt(path, text, place);
  if (number === undefined || number === '') return undefined;
  const lines = linesOf(text);
  const other = /^[\d.]+$/.test(number) ? `${number}1` : `${number}x`;
  for (const [line, content] of lines.entries()) {
    if (isComment(content)) continue;
    for (let column = content.indexOf(number); column >= 0; column = content.indexOf(number, column + 1)) {
      const changed = lines.with(line, put(content, { line, column, number }, other)).join('\n');
      if (numberAt(path, changed, place) === other) return { line, column, number };
    }
  }
  return undefined;
}

function put(content: string, { column, number }: Found, other: string): string {
  return content.slice(0, column) + other + content.slice(column + number.length);
}

function numberAt(path: string, text: string, place: Place): string | undefined {
  const read = openPlaces(path, text);
  return read && readNumber(read, place);
}

const linesOf = (text: string): readonly string[] => text.split('\n');
const isComment = (line: string): boolean => /^\s*[#;](?!GUNICORN_)/.test(line);

/** The comment that ends on the line before. */
function commentAbove(lines: readonly string[], line: number): readonly string[] {
  let start = line;
  while (start > 0 && isComment(lines[start - 1] ?? '')) start -= 1;
  return lines.slice(start, line);
}

/**
 * Whether a line above the user's number is the generator's: a reason of other sizes has the same words and other
 * numbers, so that its lines may break elsewhere.
 */
function isReason(line: string, reason: readonly string[]): boolean {
  const words = (lines: readonly string[]): string =>
    lines
      .map((one) => one.replace(/^\s*[#;]\s?/, '').trim())
      .join(' ')
      .replaceAll(/\bdb\.\w+\.\w+|\d[\d.]*/g, '0');
  const own = words([line]);
  return own.length > 3 ? words(reason).includes(own) : reason.includes(line);
}
