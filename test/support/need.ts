import { appendFileSync } from 'node:fs';
import Mocha from 'mocha';
import { findPythons, pythonsFrom } from './pythons.ts';
import type { Python } from './pythons.ts';
import { foundTools } from './tools.ts';

/** The part of Mocha's `this` that skipping takes, in a test and in a hook. */
export interface Skippable {
  skip(): never;
  readonly test?: Mocha.Runnable | undefined;
}

/** Skips the running test, or all of a suite from its `before`, and has the reason printed in the closing list. */
export function skip(context: Skippable, reason: string): never {
  const log = process.env['SKIP_REASONS'];
  if (log !== undefined) {
    // A hook skips its whole suite.
    const skipped = context.test instanceof Mocha.Hook ? context.test.parent : context.test;
    appendFileSync(log, `${JSON.stringify({ skipped: skipped?.fullTitle() ?? '', reason })}\n`);
  }
  return context.skip();
}

/** The path of an outside tool of the table in tools.ts; without it the test is skipped, by name. */
export function need(context: Skippable, name: string): string {
  const tool = foundTools()[name];
  if (tool === undefined) {
    return skip(context, `${name} was not looked for: "npm test" installs the tools`);
  }
  if ('missing' in tool) {
    return skip(context, `${name}: ${tool.missing.split('\n')[0]}`);
  }
  return tool.path;
}

let found: Promise<readonly Python[]> | undefined;

/**
 * The lowest, or else the highest, Python of this machine that is at least `minimum`, such as `3.12`; without one the
 * test is skipped.
 */
export async function needPython(
  context: Skippable,
  minimum: string,
  which: 'lowest' | 'highest' = 'lowest',
): Promise<Python> {
  found ??= findPythons();
  const pythons = pythonsFrom(await found, minimum);
  return (which === 'lowest' ? pythons[0] : pythons.at(-1)) ?? skip(context, `no Python ${minimum} or newer with venv`);
}
