import assert from 'node:assert/strict';
import { satisfies } from '../../scripts/lib/node-version.mjs';

describe('scripts/lib/node-version', () => {
  const range = '^20.19.0 || >=22.12.0';
  const cases: readonly (readonly [version: string, is: boolean])[] = [
    ['18.20.8', false],
    ['20.18.3', false],
    ['20.19.0', true],
    ['20.20.2', true],
    ['21.7.3', false],
    ['22.11.0', false],
    ['22.12.0', true],
    ['v24.1.0', true],
    ['25.0.0-nightly20261101', true],
  ];
  for (const [version, is] of cases) {
    it(`${version} ${is ? 'is' : 'is not'} in ${range}`, () => {
      assert.equal(satisfies(version, range), is);
    });
  }

  it('refuses a range that it cannot read', () => {
    assert.throws(() => satisfies('20.19.0', '~20.19.0'), /cannot read the range ~20/u);
  });
});
