import assert from 'node:assert/strict';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { declarations } from '../../../core/answers/declarations.ts';
import type { AnswerKey, Answers } from '../../../core/answers/types.ts';
import { UserError } from '../../../core/errors.ts';
import { judgeTransition } from '../../../core/answers/transitions.ts';
import { yoRcPath } from '../../../disk/paths.ts';
import type { RegenerationName } from '../../../generators/namedCommand.ts';
import type { Tree } from '../../disk/tree.ts';
import { flagsOf } from '../../generators/matrix.ts';
import { freshTree, newRepository, put, read, run, treeOf } from '../../regeneration/support.ts';
import { assertTree, contentOf, entryOf, withEntries, withFiles } from '../../regeneration/trees.ts';
import type { Level } from '../../support/pairwise.ts';
import { answersFor, factors, pairwiseRows } from './rows.ts';

/** A repository that has some answers, and is to have others. */
export interface Transition {
  readonly name: string;
  readonly from: Level;
  readonly to: Level;
  /** What is called with the new answers; `resize` unless said otherwise. */
  readonly command?: RegenerationName;
}

/** Names in the code and on AWS stay for good. */
const { projectName: _name, ...changing } = factors;

/** The commands that are for one thing, by the answer that they are about. */
const commands: Readonly<Record<string, RegenerationName>> = { celery: 'celery', pooler: 'pgbouncer' };

/** Each answer alone: every change of a factor, of a repository that has the defaults for the rest. */
const single: readonly Transition[] = Object.entries(changing).flatMap(([factor, levels]) =>
  levels.flatMap((from) =>
    levels
      .filter((to) => to !== from && isPossible(from, to))
      .flatMap((to): readonly Transition[] => {
        const name = `${factor}: ${textOf(from)} -> ${textOf(to)}`;
        const command = isNothing(from) ? commands[factor] : undefined;
        const other = command === undefined ? [] : [{ name: `${name}, by ${command}`, from, to, command }];
        return [{ name, from, to }, ...other];
      }),
  ),
);

/** All at once: from each row of the matrix to the next, but for what nothing can change. */
const atOnce: readonly Transition[] = pairwiseRows.map((from, index) => {
  const next = pairwiseRows[(index + 1) % pairwiseRows.length] ?? {};
  const { projectName: _ours, ...named } = next;
  const { rdsEngineVersion: _newer, ...older } = named;
  const kept = { ...keep(from, 'projectName'), ...(isPossible(from, named) ? {} : keep(from, 'rdsEngineVersion')) };
  const to = { ...(isPossible(from, named) ? named : older), ...kept };
  return { name: `row ${index + 1} -> ${textOf(to)}`, from, to };
});

export const transitions: readonly Transition[] = [...single, ...atOnce];

function isNothing(level: Level): boolean {
  return Object.keys(level).length === 0;
}

/** Whether it is not refused: a database cannot go back to an older version, nor a Django run on every Python. */
function isPossible(from: Level, to: Level): boolean {
  const named = { ...to, ...keep(from, 'projectName') };
  try {
    return judgeTransition(answersFor(from), answersFor(named)).refused.length === 0;
  } catch (error) {
    if (error instanceof UserError) return false;
    throw error;
  }
}

function keep(from: Level, key: AnswerKey): Level {
  return from[key] === undefined ? {} : { [key]: from[key] };
}

export function textOf(level: Level): string {
  const values = Object.entries(level).map(([key, value]) => `${key} ${value}`);
  return values.length === 0 ? 'default' : values.join(', ');
}

/** What people fill in, by the parameter's name. */
const filledIn: Readonly<Record<string, string>> = {
  AlarmEmail: 'team@example.com',
  CertificateArn: 'arn:aws:acm:us-east-1:123456789012:certificate/11111111-2222-3333-4444-555555555555',
  Repository: 'somebody/shop',
  Workspace: 'somebody',
};

const parametersPath = 'deploy/parameters.json';

type Parameters = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The same form with what people fill in, as far as it is among `fields`. */
function fillIn(text: string, fields: ReadonlySet<string>): string {
  return text.replaceAll(/"(\w+)": ""/gu, (field, name: string) => {
    const value = fields.has(name) ? filledIn[name] : undefined;
    return value === undefined ? field : `"${name}": ${JSON.stringify(value)}`;
  });
}

/** Fills in deploy/parameters.json, where there is one; gives the names of its fields. */
export function fillInParameters(folder: string): ReadonlySet<string> {
  if (!existsSync(path.join(folder, parametersPath))) return new Set();
  const text = read(folder, parametersPath);
  const fields = fieldsOf(text);
  put(folder, parametersPath, fillIn(text, fields));
  return fields;
}

/** The names of all fields of a form. */
function fieldsOf(text: string): ReadonlySet<string> {
  return new Set(Object.values(JSON.parse(text) as Parameters).flatMap((stack) => Object.keys(stack)));
}

/**
 * A repository as it is after the transition, with its own tests still to be run: it holds what the generator writes anew
 * for the answers, and in deploy/parameters.json what was filled in.
 *
 * @param isFilledIn whether its owner had filled in deploy/parameters.json before
 */
export async function pass({ from, to, command = 'resize' }: Transition, isFilledIn: boolean): Promise<string> {
  const folder = await newRepository(flagsOf(from as Partial<Answers>));
  const fields = isFilledIn ? fillInParameters(folder) : new Set<string>();
  const before = await treeOf(folder);
  const { projectName: _kept, ...given } = { ...takenBack(from, to), ...to };
  unset(
    folder,
    Object.keys(from).filter((key) => !(key in given) && key !== 'projectName'),
  );
  const { code, message, stdout } = await run(folder, { flags: flagsOf(given as Partial<Answers>), command });
  assert.equal(code, 0, message || stdout);
  const there = await treeOf(folder);
  const fresh = await freshTree(flagsOf(to as Partial<Answers>));
  assertTree(there, expectedTree(there, fresh, before, fields));
  return folder;
}

/** @param fields of the form that was filled in; none where there was none, or nobody did */
function expectedTree(there: Tree, fresh: Tree, before: Tree, fields: ReadonlySet<string>): Tree {
  const answers = inOrderOf(contentOf(there, yoRcPath), contentOf(fresh, yoRcPath));
  const expected = withFiles(fresh, { [yoRcPath]: answers });
  if (fields.size === 0) return expected;
  if (fresh[parametersPath] === undefined) {
    // What somebody filled in is never deleted, and no longer the generator's.
    const released = withEntries(expected, { [parametersPath]: entryOf(there, parametersPath) });
    return withFiles(released, { [parametersPath]: contentOf(before, parametersPath) });
  }
  const form = fillIn(contentOf(fresh, parametersPath), fields);
  return withFiles(expected, { [parametersPath]: inOrderOf(contentOf(there, parametersPath), form) });
}

/** The one text where both are the same JSON but for the order of names, which is the user's; else the other. */
function inOrderOf(there: string, expected: string): string {
  return isDeepStrictEqual(JSON.parse(there), JSON.parse(expected)) ? there : expected;
}

/** The defaults of what is no longer answered, as far as it has one, and as anything depends on it still. */
function takenBack(from: Level, to: Level): Level {
  const answers: Level = { ...answersFor(to) };
  const keys = Object.keys(from).filter((key) => !(key in to) && answers[key] !== undefined);
  const isOfWorker = (key: string): boolean => declarations.some((one) => one.key === key && one.partOf === 'broker');
  return Object.fromEntries(
    keys.filter((key) => answers['broker'] !== 'none' || !isOfWorker(key)).map((key) => [key, answers[key]]),
  );
}

/** Takes back what has no default, as people do in `.yo-rc.json`. */
function unset(folder: string, keys: readonly string[]): void {
  const file = path.join(folder, yoRcPath);
  const stored = JSON.parse(readFileSync(file, 'utf8')) as Record<string, Record<string, unknown>>;
  const answers = stored['generator-django-fargate'] ?? {};
  for (const key of keys) delete answers[key];
  writeFileSync(file, `${JSON.stringify(stored, undefined, 2)}\n`);
}
