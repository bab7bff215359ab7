import assert from 'node:assert/strict';
import { chmodSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { readCommandLine } from '../../core/answers/flags.ts';
import type { EmittedFile } from '../../core/emit/types.ts';
import { UserError } from '../../core/errors.ts';
import type { Release } from '../../generators/release.ts';
import { command } from '../../generators/resize/command.ts';
import { readTree } from '../disk/tree.ts';
import type { Tree } from '../disk/tree.ts';
import { favourites } from './histories.ts';
import type { History, Step, TextEdit, UserEdit } from './histories.ts';
import { assertPromises } from './oracle.ts';
import { editText } from './randomEdits.ts';
import { newRepository, put, rememberingRelease, timesOf, treeOf } from './support.ts';
import { assertTree, contentOf, entriesOf } from './trees.ts';

interface Told {
  readonly code: number;
  readonly stdout: string;
}

/** Runs the command without Yeoman, which takes half of the time. */
async function call(folder: string, release: Release, flags: Readonly<Record<string, unknown>>): Promise<Told> {
  let stdout = '';
  const shell = {
    cwd: folder,
    environment: {},
    interactive: false,
    columns: 120,
    print: (text: string) => (stdout += `${text}\n`),
    ask: () => assert.fail('nobody is there to ask'),
  };
  const line = readCommandLine([], { yes: true, json: true, ...flags }, command);
  try {
    return { code: await command.run(shell, line, release), stdout };
  } catch (error) {
    if (error instanceof UserError) return { code: error.exitCode, stdout };
    throw error;
  }
}

/** How often each thing happened: a property over runs in which nothing happens says nothing. */
export interface Tally {
  merged: number;
  /** Settled, or the reason why a run stopped. */
  conflicts: number;
  undone: number;
}

/** A user and a generator at work on one repository. Fails where a run breaks a promise. */
export async function replay(history: History, tally: Tally): Promise<void> {
  const parent = mkdtempSync(path.join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'history-'));
  try {
    const work = new Work(await newRepository({}, parent), await rememberingRelease(), tally);
    for (const [index, step] of history.entries()) await work.take(step, index);
  } finally {
    rmSync(parent, { recursive: true, force: true });
  }
}

class Work {
  readonly #folder: string;
  readonly #own: Release;
  readonly #tally: Tally;
  #release: Release;
  #edits = 0;
  /** What stood where markers stand now. */
  #unresolved: Readonly<Record<string, string>> = {};

  constructor(folder: string, own: Release, tally: Tally) {
    this.#folder = folder;
    this.#own = own;
    this.#release = own;
    this.#tally = tally;
  }

  async take({ edits, flags, choice, version, isUndone }: Step, index: number): Promise<void> {
    await this.#resolve();
    for (const edit of edits) await this.#edit(edit);
    const former = this.#release;
    if (version !== undefined) this.#release = newerVersion(this.#own, version, index + 2);
    const rendered: EmittedFile[] = [];
    const watched: Release = {
      ...this.#release,
      render: (...input) => {
        rendered.splice(0, rendered.length, ...this.#release.render(...input));
        return rendered;
      },
    };
    const given = { ...flags, 'on-conflict': choice };
    const folder = this.#folder;
    const [before, times] = [await readTree(folder), timesOf(folder)];
    const dry = await call(folder, watched, { ...given, 'dry-run': true });
    const told = await call(folder, watched, given);
    assert.equal(dry.code, told.code);
    const changes = changesOf(told);
    assert.deepEqual(changesOf(dry), changes, 'the dry run tells the same');
    const after = await readTree(folder);
    if (told.code !== 0) {
      assert.equal(told.code, 3);
      assertTree(after, before);
      assert.deepEqual(timesOf(folder), times);
      this.#tally.conflicts += 1;
      // The next run is of this version again, or of a newer one.
      this.#release = former;
      return;
    }
    const conflicts = new Set(
      changes
        .filter(({ note = '' }) => /conflict|asked again|backup/u.test(note) && !note.startsWith('the plan’s sizes'))
        .map((change) => change.path),
    );
    this.#tally.conflicts += conflicts.size;
    this.#tally.merged += changes.filter(({ kind, path: file }) => kind === 'merge' && !conflicts.has(file)).length;
    const resized = new Set(
      changes.filter(({ note }) => note?.startsWith('the plan’s sizes: ')).map((one) => one.path),
    );
    const copies = await this.#copies(before);
    assertPromises({ before, after, entries: entriesOf(before), rendered, copies, conflicts, choice, resized });

    const later = timesOf(folder);
    if (choice !== 'markers' || conflicts.size === 0) {
      assert.equal((await call(folder, watched, given)).code, 0);
      assert.deepEqual(timesOf(folder), later, 'the same run once more');
    }
    if (isUndone && !sameTrees(before, after)) {
      assert.equal((await call(folder, watched, { undo: true })).code, 0);
      assertTree(await treeOf(folder), withoutBackups(before), 'after --undo');
      this.#tally.undone += 1;
    } else if (choice === 'markers') {
      this.#unresolved = Object.fromEntries([...conflicts].map((file) => [file, contentOf(before, file)]));
    }
  }

  /** Nothing goes on over markers; then the user takes their own version. */
  async #resolve(): Promise<void> {
    const files = Object.entries(this.#unresolved);
    if (files.length === 0) return;
    const before = await readTree(this.#folder);
    assert.equal((await call(this.#folder, this.#release, { 'on-conflict': 'theirs' })).code, 4);
    assertTree(await readTree(this.#folder), before);
    for (const [file, content] of files) put(this.#folder, file, content);
    this.#unresolved = {};
  }

  async #edit({ file, at, how }: UserEdit): Promise<void> {
    this.#edits += 1;
    const token = `mine-${this.#edits}`;
    const tree = await treeOf(this.#folder);
    const files = inOrder(Object.keys(entriesOf(tree))).filter((name) => tree[name]?.type === 'file');
    const name = files[file % Math.max(1, files.length)];
    if (name === undefined) return;
    const target = path.join(this.#folder, name);
    const text = contentOf(tree, name);
    if (how === 'remove') rmSync(target);
    else if (how === 'create') put(this.#folder, at % 2 === 0 ? `docs/${token}.md` : `${name}.${token}`, `${token}\n`);
    else if (how === 'mode') chmodSync(target, [0o600, 0o640, 0o755, 0o444][at % 4] ?? 0o644);
    else if (how === 'crlf') put(this.#folder, name, text.replaceAll(/\r?\n/gu, '\r\n'));
    else if (how === 'no newline') put(this.#folder, name, text.replace(/\n$/u, ''));
    else put(this.#folder, name, editText(name, text, { how, at }, token));
  }

  /** What the newest backup holds. */
  async #copies(before: Tree): Promise<Tree> {
    const backups = path.join(this.#folder, '.django-fargate/backup');
    const tree = await readTree(backups);
    const newest = Math.max(0, ...Object.keys(tree).map((name) => Number(/^\d+/u.exec(name)?.[0] ?? 0)));
    const isNew = !(`.django-fargate/backup/${newest}` in before);
    return isNew ? readTree(path.join(backups, String(newest), 'files')) : {};
  }
}

interface Change {
  readonly path: string;
  readonly kind: string;
  readonly note?: string;
}

function changesOf({ stdout }: Told): readonly Change[] {
  return (JSON.parse(stdout) as { readonly changes: readonly Change[] }).changes;
}

function newerVersion(own: Release, { edits, drops, adds }: NonNullable<Step['version']>, minor: number): Release {
  const change = (unordered: readonly EmittedFile[]): readonly EmittedFile[] => {
    const order = inOrder(unordered.map((file) => file.path));
    const files = order.flatMap((name) => unordered.filter((file) => file.path === name));
    const dropped = new Set(drops.map((drop) => drop % files.length));
    const result = files.map((file, at) =>
      edits
        .map((edit, index) => ({ ...edit, token: `theirs-${minor}-${index}` }))
        .filter(({ file: chosen }) => chosen % files.length === at)
        .reduce(editFile, file),
    );
    const added: EmittedFile = {
      path: 'docs/ops.md',
      bytes: Buffer.from('Call us.\n'),
      executable: false,
      policy: 'merge',
    };
    return [...result.filter((_, at) => !dropped.has(at)), ...(adds ? [added] : [])];
  };
  return { ...own, version: `0.${minor}.0`, render: (answers, plan) => change(own.render(answers, plan)) };
}

/** The favourites first. */
function inOrder(paths: readonly string[]): readonly string[] {
  return [...favourites.filter((name) => paths.includes(name)), ...paths.filter((name) => !favourites.includes(name))];
}

/** What is rendered is always valid: lines of YAML and TOML are only added to. */
function editFile(file: EmittedFile, { how, at, token }: TextEdit & { readonly token: string }): EmittedFile {
  const isStrict = /\.(?:ya?ml|toml)$/u.test(file.path);
  const text = Buffer.from(file.bytes).toString('latin1');
  const changed = editText(file.path, text, { how: isStrict ? 'insert' : how, at }, token);
  return { ...file, bytes: Buffer.from(changed, 'latin1') };
}

function withoutBackups(tree: Tree): Tree {
  return Object.fromEntries(Object.entries(tree).filter(([name]) => !/^\.django-fargate\/backup(?:\/|$)/u.test(name)));
}

function sameTrees(one: Tree, other: Tree): boolean {
  return JSON.stringify(withoutBackups(one)) === JSON.stringify(withoutBackups(other));
}
