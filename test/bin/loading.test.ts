import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { scratch } from '../support/generate.ts';
import { run } from '../support/run.ts';
import { bin } from './runBin.ts';

/** The scripts that a command has loaded when it ends, in whichever way: a loader hook would not see `require`. */
async function loadedBy(words: readonly string[]): Promise<readonly string[]> {
  const log = path.join(scratch(), 'loaded.json');
  const spy = `
    import { writeFileSync } from 'node:fs';
    import { Session } from 'node:inspector';
    const urls = [];
    const session = new Session();
    session.connect();
    session.on('Debugger.scriptParsed', ({ params }) => urls.push(params.url));
    session.post('Debugger.enable');
    process.on('exit', () => writeFileSync(${JSON.stringify(log)}, JSON.stringify(urls)));
  `;
  const start = ['--import', `data:text/javascript,${encodeURIComponent(spy)}`];
  await run(process.execPath, [...start, bin, ...words], { cwd: scratch() });
  return JSON.parse(readFileSync(log, 'utf8')) as string[];
}

/** What only some commands need; prompts only those that ask, and Yeoman only `yo`. */
const heavy = {
  render: '/core/emit/render.js',
  table: '/node_modules/cli-table3/',
  write: '/disk/apply/applyChanges.js',
  yeoman: '/node_modules/yeoman-',
  prompts: '/node_modules/@inquirer/',
} as const;

describe('the command loads what it uses', function () {
  this.timeout(120_000);

  it('and Yeoman would be recognised', () => {
    for (const name of ['yeoman-environment', 'yeoman-generator']) {
      assert.ok(import.meta.resolve(name).includes(heavy.yeoman), name);
    }
    assert.ok(import.meta.resolve('@inquirer/select').includes(heavy.prompts));
  });

  for (const { words, used } of [
    { words: ['--help'], used: [] },
    { words: ['--yes', '--vcpus', '1'], used: [] },
    { words: ['plan', '--json'], used: [] },
    { words: ['plan'], used: ['table'] },
    { words: ['shop', '--yes', '--dry-run', '--json'], used: ['render', 'write'] },
    { words: ['shop', '--yes', '--dry-run'], used: ['render', 'table', 'write'] },
  ]) {
    it(`${words.join(' ')}: ${used.length === 0 ? 'nothing heavy' : used.join(', ')}`, async () => {
      const urls = await loadedBy(words);
      assert.ok(urls.some((url) => url.endsWith('/dist/generators/runCommand.js')));
      const loaded = Object.entries(heavy).filter(([, part]) => urls.some((url) => url.includes(part)));
      assert.deepEqual(loaded.map(([name]) => name).toSorted(), used);
    });
  }
});
