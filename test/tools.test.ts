import assert from 'node:assert/strict';
import { isAtLeast } from './support/install-tools.ts';
import { pythonsFrom } from './support/pythons.ts';
import { tools } from './support/tools.ts';

describe('the tools of the tests', () => {
  const versions: readonly (readonly [version: string, minimum: string, is: boolean])[] = [
    ['1.7.12', '1.7.12', true],
    ['1.10.0', '1.7.12', true],
    ['1.7.9', '1.7.12', false],
    ['0.9.0', '0.11.0', false],
    ['4.3', '4.0', true],
    ['2', '1.9.9', true],
    ['1.7', '1.7.1', false],
  ];
  for (const [version, minimum, is] of versions) {
    it(`${version} ${is ? 'is' : 'is not'} at least ${minimum}`, () => assert.equal(isAtLeast(version, minimum), is));
  }

  it('are each named once', () => {
    assert.equal(new Set(tools.map(({ name }) => name)).size, tools.length);
  });

  it('choose a Python by number, not by text', () => {
    const pythons = ['3.11', '3.12', '3.13'].map((version) => ({ path: version, version }));
    const versionsFrom = (minimum: string) => pythonsFrom(pythons, minimum).map(({ version }) => version);
    assert.deepEqual(versionsFrom('3.9'), ['3.11', '3.12', '3.13']);
    assert.deepEqual(versionsFrom('3.12'), ['3.12', '3.13']);
    assert.deepEqual(versionsFrom('3.14'), []);
  });
});
