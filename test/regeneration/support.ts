import assert from 'node:assert/strict';
import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readCommandLine } from '../../core/answers/flags.ts';
import type { EmittedFile } from '../../core/emit/types.ts';
import { CommandGenerator } from '../../generators/base.ts';
import type { Command, Shell } from '../../generators/command.ts';
import { command as celery } from '../../generators/celery/command.ts';
import { toCodedError } from '../../generators/guard.ts';
import { command as pgbouncer } from '../../generators/pgbouncer/command.ts';
import { refuseFaultyJson } from '../../generators/refuseFaultyJson.ts';
import type { RegenerationName } from '../../generators/namedCommand.ts';
import { ownRelease } from '../../generators/release.ts';
import type { Release } from '../../generators/release.ts';
import { command as resize } from '../../generators/resize/command.ts';
import { command as upgrade } from '../../generators/upgrade/command.ts';
import { readTree } from '../disk/tree.ts';
import type { Tree } from '../disk/tree.ts';
import { generate, scratch } from '../support/generate.ts';
import type { Generated, GenerateOptions } from '../support/generate.ts';
import { assertTree, contentOf } from './trees.ts';
import type { Edits } from './trees.ts';

type Flags = Readonly<Record<string, unknown>>;

const pristine = new Map<string, Promise<string>>();

/** A repository as the generator writes it for some flags; shared, so nobody writes to it. */
async function generated(flags: Flags): Promise<string> {
  const name = JSON.stringify(flags);
  const known = pristine.get(name) ?? writeOne(flags);
  pristine.set(name, known);
  return known;
}

async function writeOne(flags: Flags): Promise<string> {
  const cwd = scratch('pristine');
  const { code, message } = await generate('app', { cwd, args: ['shop'], flags: { yes: true, ...flags } });
  assert.equal(code, 0, message);
  return path.join(cwd, 'shop');
}

/** A new repository of the test's own, unedited. Gives its folder. */
export async function newRepository(flags: Flags = {}, parent = scratch('regeneration')): Promise<string> {
  const folder = path.join(parent, 'shop');
  cpSync(await generated(flags), folder, { recursive: true, preserveTimestamps: true });
  return folder;
}

const trees = new Map<string, Promise<Tree>>();

/** Read once: many tests compare with it. */
function pristineTree(flags: Flags): Promise<Tree> {
  const name = JSON.stringify(flags);
  const known = trees.get(name) ?? generated(flags).then(readTree);
  trees.set(name, known);
  return known;
}

/** What a run on a repository of unedited files ends with: as the installed version, or a newer one, writes it. */
export async function freshTree(flags: Flags = {}, release?: Release): Promise<Tree> {
  if (release === undefined) return pristineTree(flags);
  const folder = await newRepository(flags);
  const rendered: EmittedFile[] = [];
  const watched: Release = {
    ...release,
    render: (...input) => {
      rendered.splice(0, rendered.length, ...release.render(...input));
      return rendered;
    },
  };
  const { code, message } = await run(folder, { release: watched, command: 'upgrade' });
  assert.equal(code, 0, message);
  const tree = await treeOf(folder);
  for (const { path: file, bytes } of rendered) {
    assert.equal(contentOf(tree, file), Buffer.from(bytes).toString('latin1'), file);
  }
  return tree;
}

export function read(folder: string, file: string): string {
  return readFileSync(path.join(folder, file), 'latin1');
}

/** Writes a file as a user would, in the mode that it had. Text is one character a byte (latin1), as in a `Tree`. */
export function put(folder: string, file: string, content: string, mode?: number): void {
  const target = path.join(folder, file);
  mkdirSync(path.dirname(target), { recursive: true });
  writeFileSync(target, content, 'latin1');
  if (mode !== undefined) chmodSync(target, mode);
}

export function edit(folder: string, edits: Edits): void {
  for (const [file, change] of Object.entries(edits)) put(folder, file, change(read(folder, file)));
}

const backup = /^\.django-fargate\/backup(?:\/|$)/u;

/** A folder without the backups that runs leave. */
export async function treeOf(folder: string): Promise<Tree> {
  return Object.fromEntries(Object.entries(await readTree(folder)).filter(([file]) => !backup.test(file)));
}

/** Time of the last change of everything in a folder. */
export function timesOf(folder: string): Readonly<Record<string, bigint>> {
  const names = ['.', ...readdirSync(folder, { recursive: true, encoding: 'utf8' })];
  return Object.fromEntries(
    names.map((name) => [name, lstatSync(path.join(folder, name), { bigint: true }).mtimeNs] as const),
  );
}

export interface RunOptions {
  readonly flags?: Flags;
  /** Answers to prompts, by name; without them nobody is asked. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** The version that runs, in place of the installed one. */
  readonly release?: Release;
  readonly command?: RegenerationName;
  /** Where the command is called; the folder itself unless said otherwise. */
  readonly cwd?: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs a command on a repository; with `--yes` where there are no answers. */
export async function run(folder: string, options: RunOptions = {}): Promise<Generated> {
  const { flags, answers, release, command = 'resize', cwd = folder, args = [], environment = {} } = options;
  if (answers === undefined) return runUnasked(options, cwd);
  const settings: GenerateOptions = {
    cwd,
    args,
    environment,
    flags: { ...flags },
    answers,
    ...(release === undefined ? {} : { Generator: generatorOf(command, release) }),
  };
  return generate(command, settings);
}

/** The command without Yeoman, which takes half of the time: where it asks nobody, it leaves nothing to Yeoman. */
async function runUnasked(options: RunOptions, cwd: string): Promise<Generated> {
  const { flags, release, command: name = 'resize', args = [], environment = {} } = options;
  const command = commandOf(name, release ?? (await rememberingRelease()));
  let stdout = '';
  const shell: Shell = {
    cwd,
    environment,
    interactive: false,
    columns: 120,
    print: (text) => {
      stdout += `${text}\n`;
    },
    ask: () => assert.fail('nobody is there to ask'),
  };
  try {
    refuseFaultyJson(cwd);
    const code = await command.run(shell, readCommandLine(args, { yes: true, ...flags }, command));
    return { code, stdout, message: '', questions: [] };
  } catch (error) {
    const { code, message } = toCodedError(error);
    return { code, stdout, message, questions: [] };
  }
}

const commands: Readonly<Record<RegenerationName, Command>> = { resize, upgrade, celery, pgbouncer };

function commandOf(name: RegenerationName, release: Release): Command {
  return { ...commands[name], run: async (shell, line) => commands[name].run(shell, line, release) };
}

function generatorOf(name: RegenerationName, release: Release): NonNullable<GenerateOptions['Generator']> {
  return class extends CommandGenerator {
    protected readonly command: Command = commandOf(name, release);
  };
}

const renderings = new Map<string, readonly EmittedFile[]>();

/** The installed version, which renders nothing twice. */
export async function rememberingRelease(): Promise<Release> {
  const own = await ownRelease();
  const render: Release['render'] = (answers, plan) => {
    const name = JSON.stringify(answers);
    const known = renderings.get(name) ?? own.render(answers, plan);
    renderings.set(name, known);
    return known;
  };
  return { ...own, render };
}

/** A newer version that renders something else. */
export async function newer(
  version: string,
  change: (files: readonly EmittedFile[]) => readonly EmittedFile[],
  more: Partial<Release> = {},
): Promise<Release> {
  const own = await rememberingRelease();
  return { ...own, version, render: (answers, plan) => change(own.render(answers, plan)), ...more };
}

/** Files of a version with edits made in them. */
export function changing(edits: Edits): (files: readonly EmittedFile[]) => readonly EmittedFile[] {
  return (files) =>
    files.map((file) => {
      const change = edits[file.path];
      if (change === undefined) return file;
      return { ...file, bytes: Buffer.from(change(Buffer.from(file.bytes).toString('latin1')), 'latin1') };
    });
}

export interface Expected {
  /** The exit code; 0 unless said otherwise. With another one nothing may have been written. */
  readonly code?: number;
  /** What stands there afterwards, backups apart; as before the run unless said otherwise. */
  readonly tree?: Tree;
}

/**
 * Runs a command and checks what must hold of every run: a dry run shows the same and writes nothing, the same run once
 * more writes nothing, no scratch file is left, and a run that fails has touched nothing.
 */
export async function regenerate(
  folder: string,
  options: RunOptions = {},
  { code = 0, tree }: Expected = {},
): Promise<Generated> {
  const before = await treeOf(folder);
  const untouched = timesOf(folder);
  const isAsked = options.answers !== undefined;
  const dry = isAsked ? undefined : await run(folder, { ...options, flags: { ...options.flags, 'dry-run': true } });
  if (dry !== undefined) {
    assertTree(await treeOf(folder), before, 'after the dry run');
    assert.deepEqual(timesOf(folder), untouched, 'touched by the dry run');
  }

  const real = await run(folder, options);
  assert.equal(real.code, code, real.message || real.stdout);
  assertTree(await treeOf(folder), (code === 0 ? tree : undefined) ?? before);
  if (code !== 0) assert.deepEqual(timesOf(folder), untouched, 'touched by a run that failed');
  if (dry !== undefined) {
    assert.deepEqual([dry.code, dry.message], [real.code, real.message]);
    assert.equal(planShown(dry), planShown(real), 'the dry run shows what the real run does');
  }
  const scratchFiles = Object.keys(await readTree(folder)).filter((file) => scratchFile.test(file));
  assert.deepEqual(scratchFiles, []);

  const times = timesOf(folder);
  const again = await run(folder, options);
  assert.equal(again.code, code, again.message);
  assert.deepEqual(timesOf(folder), times, 'touched by the same run once more');
  if (code === 0) assert.match(again.stdout, /^Everything is up to date; nothing was written\.$/mu);
  return real;
}

const scratchFile = /(?:^|\/)\.django-fargate-|^\.django-fargate\/(?:lock|journal\.json)$/u;

/** The changes, file by file, as a run prints them. */
export function planShown({ stdout }: Generated): string {
  return /^The changes in [^]*?^\d+ files?.*$/mu.exec(stdout)?.[0] ?? '';
}
