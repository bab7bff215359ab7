/**
 * Writes test/golden: the default repository whole, and of others what differs. In them a review sees what a change does.
 *   npm run golden
 */
import { goldenCases } from '../test/support/golden/cases.ts';
import { readGolden, renderGolden, writeGolden } from '../test/support/golden/golden.ts';

for (const example of goldenCases) {
  const [before, now] = [readGolden(example), await renderGolden(example)];
  const paths = [...new Set([...before.keys(), ...now.keys()])].filter((file) => before.get(file) !== now.get(file));
  writeGolden(example, now);
  process.stdout.write(`${example.name}: ${now.size} files, ${paths.length} changed\n`);
  for (const file of paths) {
    process.stdout.write(`  ${before.has(file) ? (now.has(file) ? '~' : '-') : '+'} ${file}\n`);
  }
}
