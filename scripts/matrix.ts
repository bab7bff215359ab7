/**
 * Runs the emitted tests and linters over a pairwise matrix of answers, and passes from some answers to others.
 *   npm run matrix                          all rows and transitions: a quarter of an hour on two cores
 *   npm run matrix -- --only "static s3"    those with that in their name
 *   npm run matrix -- --list                their names
 */
import { rmSync } from 'node:fs';
import { parseArgs } from 'node:util';
import type { Answers } from '../core/answers/types.ts';
import { faultsIn } from '../test/emitted/matrix/check.ts';
import type { Checkers } from '../test/emitted/matrix/check.ts';
import { answersFor, rows } from '../test/emitted/matrix/rows.ts';
import { fillInParameters, pass, textOf, transitions } from '../test/emitted/matrix/transitions.ts';
import { flagsOf } from '../test/generators/matrix.ts';
import { newRepository } from '../test/regeneration/support.ts';
import { installTools } from '../test/support/install-tools.ts';
import { findPythons } from '../test/support/pythons.ts';

const { values } = parseArgs({
  options: { only: { type: 'string', default: '' }, list: { type: 'boolean', default: false } },
});

interface Item {
  readonly name: string;
  /** What is wrong; empty when all is well. */
  readonly check: (checkers: Checkers) => Promise<readonly string[]>;
}

const all: readonly Item[] = [
  ...rows.map((row, index): Item => ({
    name: `row ${index + 1}: ${textOf(row)}`,
    check: async (checkers) => {
      const folder = await newRepository(flagsOf(row as Partial<Answers>));
      fillInParameters(folder);
      const faults = await faultsIn(folder, answersFor(row), checkers);
      rmSync(folder, { recursive: true });
      return faults;
    },
  })),
  ...transitions.flatMap((transition) =>
    [false, true].map((isFilledIn): Item => ({
      name: `${isFilledIn ? 'filled in' : 'unedited'}, ${transition.name}`,
      check: async () => {
        const passed = await pass(transition, isFilledIn).catch((error: unknown) => error);
        if (typeof passed !== 'string') return [passed instanceof Error ? passed.message : String(passed)];
        rmSync(passed, { recursive: true });
        return [];
      },
    })),
  ),
];
const chosen = all.filter(({ name }) => name.includes(values.only));
if (chosen.length === 0) throw new Error(`nothing has ${values.only} in its name`);

if (values.list) process.stdout.write(chosen.map(({ name }) => `${name}\n`).join(''));
else process.exitCode = (await runAll(chosen)) > 0 ? 1 : 0;

/** Runs one after the other, tells of each, and returns how many have faults. */
async function runAll(items: readonly Item[]): Promise<number> {
  const checkers = await findCheckers();
  let faulty = 0;
  for (const { name, check } of items) {
    const started = performance.now();
    const faults = await check(checkers);
    const seconds = ((performance.now() - started) / 1000).toFixed(1);
    const told = faults.map((fault) => `${fault.trimEnd().replaceAll(/^/gmu, '    ')}\n`).join('');
    process.stdout.write(`${faults.length === 0 ? 'ok   ' : 'WRONG'} ${seconds.padStart(5)} s  ${name}\n${told}`);
    faulty += faults.length === 0 ? 0 : 1;
  }
  process.stdout.write(`${items.length - faulty} of ${items.length} are green\n`);
  return faulty;
}

async function findCheckers(): Promise<Checkers> {
  const found = await installTools();
  const pathOf = (name: string): string => {
    const tool = found[name];
    if (tool === undefined || 'missing' in tool) throw new Error(`${name}: ${tool?.missing ?? 'not installed'}`);
    return tool.path;
  };
  return {
    pythons: await findPythons(),
    make: pathOf('make'),
    prettier: pathOf('prettier'),
    cfnLint: pathOf('cfn-lint'),
    targets: ['test', 'lint', 'check', 'lint-migrations'],
  };
}
