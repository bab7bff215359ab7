import assert from 'node:assert/strict';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { requireNode } from '../../disk/package/requireNode.ts';
import { scratch } from '../support/generate.ts';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';
import { bin } from './runBin.ts';

/** This Node.js with the version of an older one, and without what came later: it fails as that one does. */
const aging = `
  Object.defineProperty(process, 'versions', { value: { ...process.versions, node: '18.20.8' } });
  delete Array.prototype.toSorted;
  delete Array.prototype.toReversed;
`;
const old = ['--import', `data:text/javascript,${encodeURIComponent(aging)}`];

const sentence =
  /^generator-django-fargate needs Node\.js \S+.*; this is Node\.js 18\.20\.8\. Install a newer one, then run the same command again\.$/mu;

describe('on a Node.js that is too old', function () {
  this.timeout(60_000);

  for (const words of [['--version'], ['shop', '--yes'], ['plan', '--json'], ['resize']]) {
    it(`generator-django-fargate ${words.join(' ')}: a sentence, exit 2`, async () => {
      const { code, stdout, stderr } = await run(process.execPath, [...old, bin, ...words], { cwd: scratch() });
      assert.deepEqual([code, stdout], [2, '']);
      assert.match(stderr, sentence);
      assert.equal(stderr.trim().split('\n').length, 1, stderr);
    });
  }

  it('yo gets an error with that sentence and the exit code from every command', async () => {
    for (const name of ['app', 'plan', 'resize', 'upgrade', 'celery', 'pgbouncer']) {
      const url = pathToFileURL(path.join(root, 'dist/generators', name, 'index.js')).href;
      const script = `import(${JSON.stringify(url)}).catch(({ message, code }) => console.log(code + ' ' + message))`;
      const { stdout } = await run(process.execPath, [...old, '--eval', script], { cwd: scratch() });
      assert.match(stdout.replace(/^2 /u, ''), sentence, name);
      assert(stdout.startsWith('2 '), name);
    }
  });

  it('the versions of package.json are let through, newer ones and their nightly builds, too', () => {
    for (const version of ['20.19.0', '20.20.2', '22.12.0', '24.3.0', '27.0.0-nightly2026']) requireNode(version);
    for (const version of ['16.20.2', '18.20.8', '20.18.3', '21.7.0', '22.11.0']) {
      assert.throws(() => requireNode(version), { code: 2 }, version);
    }
  });
});
