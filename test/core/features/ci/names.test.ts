import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { ciProviders } from '../../../../core/features/ci/providers.ts';
import { root } from '../../../support/paths.ts';
import { filesIn } from '../../../support/tree.ts';

/** Where a provider may be named: its own folder, and the tables about AWS and Django. */
const allowed = /^(?:core\/features\/ci|core\/facts|templates\/features\/ci)\//u;

const named = new RegExp(String.raw`\b(?:${ciProviders.filter((name) => name !== 'none').join('|')})\b`, 'iu');

function namesIn(text: string): readonly string[] {
  return text.split('\n').filter((line) => named.test(line.replaceAll(/https?:\/\/\S+/gu, '')));
}

describe("the providers' names", () => {
  it('stand in the folders of the providers only: nothing else asks which one it is', () => {
    const files = ['core', 'disk', 'generators', 'bin', 'templates']
      .flatMap((folder) => filesIn(path.join(root, folder)).map((file) => `${folder}/${file}`))
      .filter((file) => !file.endsWith('.pem') && !file.startsWith('templates/versions/'));
    const found = files.filter((file) => namesIn(readFileSync(path.join(root, file), 'utf8')).length > 0);
    assert.ok(found.filter((file) => allowed.test(file)).length > 10);
    assert.deepEqual(
      found.filter((file) => !allowed.test(file)),
      [],
    );
  });

  it('are found by a rule that finds them', () => {
    for (const line of ["ci === 'github'", '<%_ if (provider === "gitlab") { _%>', 'cp .github/x', 'on GitLab']) {
      assert.deepEqual(namesIn(line), [line]);
    }
    assert.deepEqual(namesIn('see https://github.com/x'), []);
  });
});
