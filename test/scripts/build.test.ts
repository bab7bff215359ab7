import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isBuilt } from '../../scripts/lib/build.mjs';

describe('scripts/lib/build', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'build-'));
    put('tsconfig.json', 100);
    put('tsconfig.build.json', 100);
    put('core/a.ts', 200);
    put('bin/b.ts', 200);
    put('dist/core/a.js', 300);
    put('dist/core/a.d.ts', 300);
    put('dist/bin/b.js', 300);
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  /** Writes a file that was last changed at a second of 1970. */
  function put(name: string, second: number): void {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
    utimesSync(file, second, second);
  }

  it('is not due when every source has a younger output', () => assert.equal(isBuilt(folder), true));

  const due: readonly (readonly [when: string, change: () => void])[] = [
    ['dist is missing', () => rmSync(path.join(folder, 'dist'), { recursive: true })],
    ['a source changed', () => put('core/a.ts', 301)],
    ['a source is new', () => put('core/plan/c.ts', 250)],
    ['a source is gone, which would leave a command that does not exist', () => rmSync(path.join(folder, 'core/a.ts'))],
    ['the configuration changed', () => put('tsconfig.build.json', 301)],
  ];
  for (const [when, change] of due) {
    it(`is due when ${when}`, () => {
      change();
      assert.equal(isBuilt(folder), false);
    });
  }
});
