import assert from 'node:assert/strict';
import { isDeepStrictEqual } from 'node:util';
import { createTwoFilesPatch } from 'diff';
import type { Entry } from '../../core/merge/baseline/baseline.ts';
import { renderBaseline } from '../../core/merge/baseline/renderBaseline.ts';
import type { Tree } from '../disk/tree.ts';

/** A change of a text, which must change it. */
export type Edit = (text: string) => string;

/** Puts one text in the place of another that stands there once. */
export function replace(from: string, to: string): Edit {
  return (text) => {
    assert.equal(text.split(from).length, 2, `${JSON.stringify(from)} must stand there once`);
    return text.replace(from, () => to);
  };
}

/** Edits by file. */
export type Edits = Readonly<Record<string, Edit>>;

/** A tree with the same edits made in it: what a merge must give. */
export function edited(tree: Tree, edits: Edits): Tree {
  return withFiles(
    tree,
    Object.fromEntries(Object.entries(edits).map(([file, change]) => [file, change(contentOf(tree, file))])),
  );
}

/** A tree with other files, with the mode that they have there; undefined: none. Folders are not made. */
export function withFiles(tree: Tree, files: Readonly<Record<string, string | undefined>>): Tree {
  const result: Record<string, Tree[string]> = { ...tree };
  for (const [file, content] of Object.entries(files)) {
    const there = tree[file];
    if (content === undefined) delete result[file];
    else result[file] = { type: 'file', mode: there?.type === 'file' ? there.mode : '0644', content };
  }
  return result;
}

export function contentOf(tree: Tree, file: string): string {
  const entry = tree[file];
  assert(entry?.type === 'file', `${file} is no file`);
  return entry.content;
}

/** Fails with the lines that differ, rather than with two whole repositories. */
export function assertTree(actual: Tree, expected: Tree, message = 'the tree'): void {
  const paths = [...new Set([...Object.keys(actual), ...Object.keys(expected)])];
  const show = (entry: Tree[string] | undefined): string =>
    entry?.type === 'file' ? `file ${entry.mode}\n${entry.content}` : `${JSON.stringify(entry)}\n`;
  const different = paths
    .filter((file) => !isDeepStrictEqual(actual[file], expected[file]))
    .map((file) => {
      const patch = createTwoFilesPatch(file, 'actual', show(expected[file]), show(actual[file]), '', '', {
        context: 1,
      });
      return patch
        .split('\n')
        .slice(1, 30)
        .map((line) => line.slice(0, 160))
        .join('\n');
    });
  assert(different.length === 0, `${message} is not as expected\n${different.join('\n')}`);
}

const baselinePath = '.django-fargate/baseline.json';

interface BaselineText {
  readonly config: Readonly<Record<string, unknown>>;
  readonly files: Readonly<Record<string, Entry>>;
}

function baselineOf(tree: Tree): BaselineText {
  return JSON.parse(Buffer.from(contentOf(tree, baselinePath), 'latin1').toString('utf8')) as BaselineText;
}

/** All that the baseline of a tree remembers, by path. */
export function entriesOf(tree: Tree): Readonly<Record<string, Entry>> {
  return baselineOf(tree).files;
}

/** What the baseline of a tree remembers of a file. */
export function entryOf(tree: Tree, file: string): Entry {
  const entry = baselineOf(tree).files[file];
  assert(entry !== undefined, `${file} is not in the baseline`);
  return entry;
}

/** A tree whose baseline remembers something else of some files; undefined: nothing. */
export function withEntries(tree: Tree, entries: Readonly<Record<string, Entry | undefined>>): Tree {
  const { config, files } = baselineOf(tree);
  const kept = Object.entries({ ...files, ...entries }).filter(
    (pair): pair is [string, Entry] => pair[1] !== undefined,
  );
  const text = Buffer.from(renderBaseline(config, new Map(kept))).toString('latin1');
  return withFiles(tree, { [baselinePath]: text });
}

/** A tree whose baseline remembers some files as another tree's does: they were not brought up to date. */
export function remembering(tree: Tree, other: Tree, ...files: readonly string[]): Tree {
  return withEntries(tree, Object.fromEntries(files.map((file) => [file, entryOf(other, file)])));
}
