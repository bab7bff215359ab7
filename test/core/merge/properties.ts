import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { describe as describeReason } from '../../../core/merge/threeWay/describe.ts';
import { mergeFile } from '../../../core/merge/file/mergeFile.ts';
import type { Three } from '../../../core/three.ts';
import type { MergeResult } from '../../../core/merge/threeWay/mergeResult.ts';
import { layout, plainLayout, printJson, printToml, printYaml } from './layouts.ts';
import type { Layout } from './layouts.ts';
import { checkReasons } from './reasons.ts';
import { readJson, readToml, readYaml } from './readTrees.ts';
import { textTriple, uniqueTriple } from './texts.ts';
import { editTree, flatten, tree, treeEdits } from './trees.ts';
import type { Tree } from './trees.ts';

/** A promise that holds for every input, checked on `runs` of them. Shared by the tests and `npm run fuzz`. */
export interface Property {
  readonly name: string;
  /** How many inputs the tests try. */
  readonly runs: number;
  readonly check: (parameters: { readonly numRuns: number; readonly seed?: number }) => void | Promise<void>;
}

const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array): string => new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes);

function merge(path: string, { last, yours, next }: Three<string>): MergeResult {
  const result = mergeFile({ path, last: encode(last), yours: encode(yours), next: encode(next) });
  if (result.kind === 'conflict') {
    assert(result.reasons.length > 0);
    for (const reason of result.reasons) assert.match(describeReason(reason), /^[^\n]+: [^\n]+$/);
  }
  return result;
}

function mergedText(path: string, texts: Three<string>): string | undefined {
  const result = merge(path, texts);
  return result.kind === 'merged' ? decode(result.bytes) : undefined;
}

/** A type of file: how to make its texts, and what must hold of a merged one. */
interface Type {
  readonly name: string;
  readonly path: string;
  readonly texts: fc.Arbitrary<Three<string>>;
  readonly runs: number;
  /** Fails where the merged text lost something; neither side of `texts` equals another. */
  readonly assertKept: (texts: Three<string>, merged: string) => void;
  /** The least part of the inputs that must merge, or the property says little. */
  readonly merges: number;
}

const linesOf = (text: string): readonly string[] =>
  text
    .replace(/^\uFEFF/, '')
    .replace(/(?:\r\n|\n|\r)$/, '')
    .split(/\r\n|\n|\r/);

function count(lines: readonly string[], line: string): number {
  return lines.filter((candidate) => candidate === line).length;
}

/** P5 and P6 by counting: lines that the user added are there, lines that the user deleted are not. */
function assertLinesKept(texts: Three<string>, merged: string): void {
  const [last, yours, next, result] = [texts.last, texts.yours, texts.next, merged].map(linesOf) as [
    readonly string[],
    readonly string[],
    readonly string[],
    readonly string[],
  ];
  for (const line of new Set([...last, ...yours, ...next])) {
    const counts = [last, yours, next, result].map((lines) => count(lines, line)) as [number, number, number, number];
    const [inLast, inYours, inNext, inResult] = counts;
    assert(inResult >= inYours - inLast, `${JSON.stringify(line)} of the user is lost`);
    const mayReturn = inNext > inLast || !/[a-z]/.test(line);
    assert(inYours >= inLast || mayReturn || inResult <= inYours, `${JSON.stringify(line)} came back`);
  }
  for (const end of ['\r\n', '\n', '\r']) {
    const only = (text: string): boolean => (text.match(/\r\n|\n|\r/g) ?? []).every((found) => found === end);
    if (texts.yours.length > 0 && /[\r\n]/.test(texts.yours) && only(texts.yours)) assert(only(merged), 'line ends');
  }
}

interface TreeType {
  readonly print: (root: ReadonlyMap<string, Tree>, own: Layout) => string;
  readonly read: (text: string) => Tree;
  /** Brings scalars that are the same value to one form. */
  readonly normalize: (scalar: string) => string;
}

const edited = fc.record({
  root: tree.fields,
  yours: treeEdits,
  next: treeEdits,
  own: layout,
  hadAbout: fc.boolean(),
  hasAbout: fc.boolean(),
});

function treeTexts({ print }: TreeType): fc.Arbitrary<Three<string>> {
  return edited.map(({ root, yours, next, own, hadAbout, hasAbout }) => ({
    last: print(root, { ...plainLayout, hasAbout: hadAbout }),
    yours: print(editTree(root, yours), own),
    next: print(editTree(root, next), { ...plainLayout, hasAbout }),
  }));
}

/** P5, P6 and P7: each value is the one of the side that changed it, and every comment of the user is there. */
function assertValuesKept({ read, normalize }: TreeType, texts: Three<string>, merged: string): void {
  const [last, yours, next, result] = [texts.last, texts.yours, texts.next, merged].map((text) =>
    flatten(read(text), normalize),
  ) as [
    ReadonlyMap<string, string>,
    ReadonlyMap<string, string>,
    ReadonlyMap<string, string>,
    ReadonlyMap<string, string>,
  ];
  for (const path of new Set([...last.keys(), ...yours.keys(), ...next.keys(), ...result.keys()])) {
    const expected = yours.get(path) === last.get(path) ? next.get(path) : yours.get(path);
    assert.equal(result.get(path), expected, path);
  }
  for (const [comment] of texts.yours.matchAll(/mine \d+/g)) assert(merged.includes(comment), `${comment} is lost`);
  const about = (text: string): number => text.split('about web').length - 1;
  const named = (text: string): number => text.match(/\bweb"?\s*[:=]/g)?.length ?? 0;
  // It goes where the generator drops it, and with a value that the generator drops.
  const dropped = Math.max(0, about(texts.last) - about(texts.next)) + Math.max(0, named(texts.yours) - named(merged));
  assert(about(merged) >= about(texts.yours) - dropped, 'a comment of the generator that the user kept is lost');
}

const json: TreeType = {
  print: printJson,
  read: readJson,
  normalize: (scalar) => (/^[-\d]/.test(scalar) && scalar.length < 15 ? String(Number(scalar)) : scalar),
};
const toml: TreeType = { print: printToml, read: readToml, normalize: (scalar) => scalar };

const yaml: TreeType = { print: printYaml, read: readYaml, normalize: (scalar) => scalar };

const types: readonly Type[] = [
  { name: 'text', path: 'Makefile', texts: textTriple, runs: 2000, assertKept: assertLinesKept, merges: 0.2 },
  {
    name: 'JSON',
    path: 'deploy/ecs/web.json',
    texts: treeTexts(json),
    runs: 500,
    assertKept: (texts, merged) => assertValuesKept(json, texts, merged),
    merges: 0.3,
  },
  {
    name: 'YAML',
    path: 'compose.yaml',
    texts: treeTexts(yaml),
    runs: 250,
    assertKept: (texts, merged) => assertValuesKept(yaml, texts, merged),
    merges: 0.2,
  },
  {
    name: 'TOML',
    path: 'pyproject.toml',
    texts: treeTexts(toml),
    runs: 300,
    assertKept: (texts, merged) => assertValuesKept(toml, texts, merged),
    merges: 0.1,
  },
];

function ofType({ name, path, texts, runs, assertKept, merges }: Type): readonly Property[] {
  const check =
    (holds: (three: Three<string>) => void): Property['check'] =>
    (parameters) =>
      fc.assert(fc.property(texts, holds), parameters);
  return [
    {
      name: `P1 ${name}: what the user never changed becomes the new version`,
      runs: runs / 5,
      check: check(({ last, next }) => assert.equal(mergedText(path, { last, yours: last, next }), next)),
    },
    {
      name: `P2 ${name}: where the generator changed nothing, yours keeps its bytes`,
      runs: runs / 5,
      check: check(({ last, yours }) => assert.equal(mergedText(path, { last, yours, next: last }), yours)),
    },
    {
      name: `P3 ${name}: what is there already stays`,
      runs: runs / 5,
      check: check(({ last, yours }) => assert.equal(mergedText(path, { last, yours, next: yours }), yours)),
    },
    {
      name: `P4 ${name}: merging again changes nothing`,
      runs: runs / 2,
      check: check((three) => {
        const merged = mergedText(path, three);
        if (merged === undefined) return;
        assert.equal(mergedText(path, { last: three.next, yours: merged, next: three.next }), merged);
      }),
    },
    {
      name: `P5 P6 P7 ${name}: nothing of the user is lost and nothing that the user deleted comes back`,
      runs,
      check: (parameters) => {
        const seen = { merged: 0, conflict: 0 };
        const property = fc.property(texts, (three) => {
          fc.pre(three.last !== three.yours && three.last !== three.next && three.yours !== three.next);
          const merged = mergedText(path, three);
          seen[merged === undefined ? 'conflict' : 'merged'] += 1;
          if (merged !== undefined) assertKept(three, merged);
        });
        fc.assert(property, parameters);
        const part = seen.merged / (seen.merged + seen.conflict);
        assert(part > merges && part < 0.99, `${seen.merged} merged, ${seen.conflict} conflicts`);
      },
    },
  ];
}

/**
 * As after a crash before the baseline was written: nothing more is to do, or at least nothing is done. A comment that
 * the generator dropped may go the second time: a splice leaves it, a merge of text does not.
 */
function afterCrash(name: string, path: string, texts: fc.Arbitrary<Three<string>>): Property {
  const withoutAbout = (text: string): string => text.replaceAll(/^.*about web.*(?:\r\n|\n)/gm, '');
  const property = fc.property(texts, (three) => {
    const merged = mergedText(path, three);
    if (merged === undefined) return;
    const again = mergedText(path, { ...three, yours: merged }) ?? merged;
    assert.equal(withoutAbout(again), withoutAbout(merged));
  });
  return {
    name: `P4 ${name}: merging with the old last again changes nothing`,
    runs: 200,
    check: (parameters) => fc.assert(property, parameters),
  };
}

export const properties: readonly Property[] = [
  ...types.flatMap(ofType),
  { name: 'P7 YAML: a number and the reason above it never part', runs: 300, check: checkReasons },
  afterCrash('text', 'Makefile', uniqueTriple),
  ...types.filter(({ name }) => name !== 'text').map(({ name, path, texts }) => afterCrash(name, path, texts)),
];
