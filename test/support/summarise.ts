import { plain } from './progress.ts';
import { count, type PartResult } from './results.ts';

/**
 * Prints what was skipped, then all that failed, then `N passed, N failed`.
 *
 * @returns the exit code
 */
export function summarise(results: readonly PartResult[], forbidsSkips: boolean): number {
  const tests = results.flatMap((result) => result.tests);
  const skipped = tests.filter((test) => test.state === 'skipped');
  const reasons = results.flatMap((result) => result.reasons);
  if (skipped.length > 0) {
    process.stdout.write(`\nSkipped${forbidsSkips ? ', which is forbidden here' : ''}:\n`);
    for (const test of skipped) {
      const reason = reasons.find(({ skipped: title }) => title === test.title || test.title.startsWith(`${title} `));
      process.stdout.write(`  ${test.title}${reason === undefined ? '' : `: ${reason.reason}`}\n`);
    }
  }
  printFailures(results);
  const faults = results.reduce((sum, result) => sum + result.faults.length, 0);
  const forbidden = forbidsSkips ? skipped.length : 0;
  const passed = count(tests, 'passed');
  const failed = count(tests, 'failed') + faults + forbidden;
  const left = skipped.length - forbidden;
  process.stdout.write(`\n${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''}\n`);
  return failed > 0 || passed === 0 ? 1 : 0;
}

/** At the end, with their errors: logs are cut, and the last lines are read first. */
function printFailures(results: readonly PartResult[]): void {
  const failures = results.flatMap(({ part, tests, faults }) => [
    ...tests
      .filter(({ state }) => state === 'failed')
      .map(({ title, file, message = '' }) => `${file ?? part.name}: ${title}\n${indent(message)}`),
    ...faults.map((fault) => `${part.name}: ${fault}`),
  ]);
  if (failures.length > 0) {
    process.stdout.write(plain(`\nFailed:\n${failures.map((failure) => `- ${failure}\n`).join('')}`));
  }
}

/** At most forty lines: an assertion on two long texts prints both. */
function indent(text: string): string {
  const lines = text.split('\n');
  const shown = lines.length > 40 ? [...lines.slice(0, 40), `... and ${lines.length - 40} lines more`] : lines;
  return shown.map((line) => `    ${line}`).join('\n');
}
