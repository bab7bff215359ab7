/**
 * Looks for inputs that break a promise of merging, or of a whole run, longer than the tests do.
 *   npm run fuzz -- --runs 100000                each property on so many inputs (default: 20 times the tests' number)
 *   npm run fuzz -- --only whole --runs 1000     whole runs take most of a second each
 *   npm run fuzz -- --only JSON --seed 7         the properties with that in their name; the same inputs again
 */
import { parseArgs } from 'node:util';
import { properties as ofMerging } from '../test/core/merge/properties.ts';
import { properties as ofRuns } from '../test/regeneration/properties.ts';

const { values } = parseArgs({
  options: { runs: { type: 'string' }, only: { type: 'string', default: '' }, seed: { type: 'string' } },
});
for (const [name, given] of [
  ['--runs', values.runs],
  ['--seed', values.seed],
]) {
  if (given !== undefined && !/^\d+$/.test(given)) throw new Error(`${name} takes a whole number, not ${given}`);
}
const chosen = [...ofMerging, ...ofRuns].filter(({ name }) => name.includes(values.only));
if (chosen.length === 0) throw new Error(`no property has ${values.only} in its name`);

for (const { name, runs, check } of chosen) {
  const numRuns = values.runs === undefined ? runs * 20 : Number(values.runs);
  const started = performance.now();
  let outcome = 'holds';
  try {
    await check({ numRuns, ...(values.seed === undefined ? {} : { seed: Number(values.seed) }) });
  } catch (error) {
    process.exitCode = 1;
    outcome = `FAILS\n${error instanceof Error ? error.message : String(error)}\n`;
  }
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  process.stdout.write(`${name}\n  ${numRuns} runs, ${seconds} s: ${outcome}\n`);
}
