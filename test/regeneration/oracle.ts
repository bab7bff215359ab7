import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type { EmittedFile } from '../../core/emit/types.ts';
import type { Entry } from '../../core/merge/baseline/baseline.ts';
import { isFields } from '../core/merge/trees.ts';
import { readJson } from '../core/merge/readTrees.ts';
import type { Tree } from '../disk/tree.ts';
import { linesOf } from './randomEdits.ts';

/** All that is known about a run that went through. Contents hold one character a byte. */
export interface Observation {
  readonly before: Tree;
  readonly after: Tree;
  /** What the baseline remembered before the run. */
  readonly entries: Readonly<Record<string, Entry>>;
  readonly rendered: readonly EmittedFile[];
  /** What the newest backup holds, by path. */
  readonly copies: Tree;
  /** Paths that were in conflict, and what was chosen for them. */
  readonly conflicts: ReadonlySet<string>;
  readonly choice: string;
  /** Files in which the plan's sizes were taken in the place of the user's. */
  readonly resized: ReadonlySet<string>;
}

interface File {
  readonly path: string;
  readonly last: string | undefined;
  readonly yours: string;
  readonly next: string;
  readonly result: string;
}

/** Fails where a run has broken a promise. */
export function assertPromises(seen: Observation): void {
  const rendered = new Map(seen.rendered.map((file) => [file.path, file]));
  const paths = new Set([...Object.keys(seen.before), ...Object.keys(seen.after), ...rendered.keys()]);
  for (const path of paths) {
    const isFolder = [seen.before[path], seen.after[path]].some((entry) => entry?.type === 'folder');
    if (!isFolder && !path.startsWith('.django-fargate/') && path !== '.yo-rc.json')
      assertPath(seen, path, rendered.get(path));
  }
}

function assertPath(seen: Observation, path: string, next: EmittedFile | undefined): void {
  const [before, after, entry] = [seen.before[path], seen.after[path], seen.entries[path]];
  const rendered = next && Buffer.from(next.bytes).toString('latin1');
  const result = after?.type === 'file' ? after.content : undefined;
  if (before === undefined) {
    assert.equal(
      result,
      entry === undefined || (rendered !== undefined && entry.state === 'released') ? rendered : undefined,
      `${path}: what was deleted stays so, what is new is there`,
    );
    return;
  }
  assert(before.type === 'file', path);
  const yours = before.content;
  if (result !== yours) {
    const copy = seen.copies[path];
    assert.equal(copy?.type === 'file' && copy.content, yours, `${path}: the backup holds what was there`);
  }
  if (after?.type === 'file') assert.equal(after.mode, before.mode, `${path}: the mode`);
  // Places and reasons are for the tests of core/drift to say; that the backup holds the user's was seen above.
  if (seen.resized.has(path)) return assert(seen.choice === 'theirs' && result !== undefined, path);
  const last = entry === undefined ? undefined : textOf(entry);
  const isUnedited = entry !== undefined && (sha(yours) === entry.sha256 || (last !== undefined && same(yours, last)));
  if (rendered === undefined || next === undefined) {
    const goes = isUnedited && entry.adopted !== true;
    assert.equal(result, goes ? undefined : yours, `${path}: dropped only if never edited`);
    return;
  }
  if (entry?.policy === 'once' && !isUnedited) return assert.equal(result, yours, `${path}: the user's once edited`);
  if (same(yours, rendered)) return assert.equal(result, yours, `${path}: there already`);
  assert(result !== undefined, `${path} is gone`);
  if (seen.conflicts.has(path)) return assertSettled(seen, { path, last, yours, next: rendered, result });
  if (isUnedited) return assert(same(result, rendered), `${path}: brought up to date`);
  assert(entry !== undefined, `${path}: written over without a last`);
  const isChanged = entry.sha256 !== sha(rendered);
  if (!isChanged || entry.policy === 'lock') return assert.equal(result, yours, `${path}: nobody else changed it`);
  // What a form drops goes with the value that the user gave it.
  if (entry.policy !== 'form') assertMerged({ path, last, yours, next: rendered, result });
}

function assertSettled({ choice }: Observation, { path, yours, next, result }: File): void {
  if (choice === 'theirs') {
    assert.equal(result, next, path);
  } else if (choice === 'markers') {
    assert.match(result, /^<{7,} yours\r?$/mu);
    assertTokens({ path, yours, result });
  } else assert.equal(result, yours, `${path}: kept as it was`);
}

function assertMerged({ path, last, yours, next, result }: File): void {
  assert(last !== undefined, path);
  assertTokens({ path, yours, result });
  if (path.endsWith('.json')) {
    return assertValues(path, readJson(last), readJson(yours), readJson(next), readJson(result));
  }
  const lines = [last, yours, next, result].map((text) => linesOf(text).map((line) => line.replace(/\r?\n$/u, '')));
  const count = (index: number, line: string): number => (lines[index] ?? []).filter((other) => other === line).length;
  for (const line of new Set(lines.flat())) {
    const [inLast, inYours, inNext, inResult] = [0, 1, 2, 3].map((index) => count(index, line)) as [
      number,
      number,
      number,
      number,
    ];
    const isStructured = /\.ya?ml$/u.test(path);
    // A value that the generator changed may stand on a line that the user changed, too.
    if (!isStructured) assert(inResult >= inYours - inLast, `${path}: lost ${JSON.stringify(line)}`);
    const mayReturn = inNext > inLast || !/[a-z]/u.test(line);
    assert(inYours >= inLast || mayReturn || inResult <= inYours, `${path}: ${JSON.stringify(line)} came back`);
  }
}

function assertTokens({ path, yours, result }: Pick<File, 'path' | 'yours' | 'result'>): void {
  for (const [token] of yours.matchAll(/mine-\d+/gu)) {
    assert(new RegExp(`${token}(?!\\d)`, 'u').test(result), `${path}: lost ${token}`);
  }
}

type Value = ReturnType<typeof readJson> | undefined;

/** Each value is that of the side that changed it; where both did, one by one. */
function assertValues(path: string, last: Value, yours: Value, next: Value, result: Value): void {
  if (isDeepStrictEqual(yours, last)) return assert.deepEqual(result, next, `${path}: the generator's`);
  if (isDeepStrictEqual(next, last) || isDeepStrictEqual(yours, next)) {
    return assert.deepEqual(result, yours, `${path}: the user's`);
  }
  const fields = [last, yours, next, result].map(fieldsOf);
  // Which items of lists without names belong together is not for an oracle to say.
  if (!fields.every((found) => found !== undefined)) return;
  const [inLast, inYours, inNext, inResult] = fields as [Fields, Fields, Fields, Fields];
  for (const name of new Set(fields.flatMap((found) => [...(found?.keys() ?? [])]))) {
    assertValues(`${path}/${name}`, inLast.get(name), inYours.get(name), inNext.get(name), inResult.get(name));
  }
}

type Fields = ReadonlyMap<string, Value>;

function fieldsOf(value: Value): Fields | undefined {
  if (value === undefined || typeof value === 'string') return undefined;
  if (isFields(value)) return value;
  const names = value.map((item) => (isFields(item) ? item.get('name') : undefined));
  if (names.length === 0 || names.some((name) => typeof name !== 'string') || new Set(names).size < names.length) {
    return undefined;
  }
  return new Map(value.map((item, index) => [String(names[index]), item]));
}

/** One character a byte, as contents are here. */
function textOf({ text }: Entry): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'utf8').toString('latin1');
}

/** As the baseline has it, of the bytes. */
function sha(content: string): string {
  return createHash('sha256').update(Buffer.from(content, 'latin1')).digest('hex');
}

/** Line ends aside. */
function same(one: string, other: string): boolean {
  return one.replaceAll('\r\n', '\n') === other.replaceAll('\r\n', '\n');
}
