import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { isInstalled } from '../../scripts/lib/install.mjs';

describe('scripts/lib/install', () => {
  let folder = '';

  beforeEach(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'install-'));
    mkdirSync(path.join(folder, 'node_modules'));
  });

  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const a = { version: '1.0.0', integrity: 'sha512-a' };
  const b = { version: '2.0.0', integrity: 'sha512-b' };

  function put(name: string, packages: Readonly<Record<string, object>>): void {
    writeFileSync(path.join(folder, name), JSON.stringify({ packages }));
  }
  const wanted = (packages: Readonly<Record<string, object>>) => put('package-lock.json', { '': {}, ...packages });
  const installed = (packages: Readonly<Record<string, object>>) => put('node_modules/.package-lock.json', packages);

  it('is due when nothing is installed', () => {
    wanted({ 'node_modules/a': a });
    assert.equal(isInstalled(folder), false);
  });

  it('is not due when all is there', () => {
    wanted({ 'node_modules/a': a, 'node_modules/b': b });
    installed({ 'node_modules/a': a, 'node_modules/b': b });
    assert.equal(isInstalled(folder), true);
  });

  it('is due when a package is missing, or another version or other bytes are there', () => {
    wanted({ 'node_modules/a': a, 'node_modules/b': b });
    installed({ 'node_modules/a': a });
    assert.equal(isInstalled(folder), false);
    installed({ 'node_modules/a': a, 'node_modules/b': { ...b, version: '1.9.9' } });
    assert.equal(isInstalled(folder), false);
    installed({ 'node_modules/a': a, 'node_modules/b': { ...b, integrity: 'sha512-c' } });
    assert.equal(isInstalled(folder), false);
  });

  it('is not due for an optional package of another platform', () => {
    wanted({ 'node_modules/a': a, 'node_modules/mac': { ...b, optional: true } });
    installed({ 'node_modules/a': a });
    assert.equal(isInstalled(folder), true);
  });

  it('is due when npm was stopped before it wrote down what it installed', () => {
    wanted({ 'node_modules/a': a });
    writeFileSync(path.join(folder, 'node_modules', '.package-lock.json'), '{"packages":');
    assert.equal(isInstalled(folder), false);
  });
});
