import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import { djangoVersions } from '../../../core/facts/django.ts';
import { isOlderPython, pythonDefault, pythonVersions } from '../../../core/facts/python.ts';
import { root } from '../../support/paths.ts';

interface Locked {
  readonly name: string;
  readonly version: string;
  readonly wheels?: readonly { readonly path: string }[];
}

const lock = readFileSync(path.join(root, 'templates/versions/uv.lock'), 'utf8');
const pinned = (parse(lock)['package'] as unknown as readonly Locked[]).filter(({ name }) => name !== 'versions');

/** Whether pip takes a wheel for CPython `3.<minor>` on Linux with glibc (PEP 425, PEP 600). */
function fits(wheel: string, minor: number, machine: string): boolean {
  const [pythons = '', abis = '', platforms = ''] = wheel
    .replace(/\.whl$/u, '')
    .split('-')
    .slice(-3);
  const isThere = platforms
    .split('.')
    .some((platform) => platform === 'any' || (platform.startsWith('manylinux') && platform.endsWith(`_${machine}`)));
  const takes = (python: string, abi: string): boolean => {
    const [, since] = /^cp3(\d+)$/u.exec(python) ?? [];
    if (abi === 'abi3') return since !== undefined && Number(since) <= minor;
    if (abi === 'none') return python === 'py3' || python === `py3${minor}` || python === `cp3${minor}`;
    return python === `cp3${minor}` && abi === python;
  };
  return isThere && pythons.split('.').some((python) => abis.split('.').some((abi) => takes(python, abi)));
}

/** The pinned packages that one would have to build, on either architecture. */
function withoutWheel(version: string, packages: readonly Locked[] = pinned): readonly string[] {
  const minor = Number(version.split('.')[1]);
  return packages
    .filter(({ wheels = [] }) =>
      ['x86_64', 'aarch64'].some((machine) => !wheels.some((wheel) => fits(wheel.path, minor, machine))),
    )
    .map(({ name, version: locked }) => `${name} ${locked}`);
}

describe('core/facts/python', () => {
  for (const python of pythonVersions) {
    for (const { version, pythonMaximum } of djangoVersions) {
      if (isOlderPython(pythonMaximum, python)) continue;
      it(`${python}: every package pinned beside Django ${version} has a wheel`, () => {
        const others = pinned.filter((locked) => locked.name !== 'django' || locked.version.startsWith(`${version}.`));
        assert.equal(others.length, pinned.length - djangoVersions.length + 1);
        assert.deepEqual(withoutWheel(python, others), []);
      });
    }
  }

  it('ends where the first package has none, and starts at one that every Django runs on', () => {
    const newest = pythonVersions.at(-1) ?? '';
    const next = `3.${Number(newest.split('.')[1]) + 1}`;
    assert.ok(withoutWheel(next).some((name) => name.startsWith('psycopg-binary ')));
    const lowest = djangoVersions.map(({ pythonMinimum }) => pythonMinimum);
    assert.ok(lowest.every((minimum) => !isOlderPython(pythonVersions[0], minimum)));
    assert.ok(djangoVersions.some(({ pythonMaximum }) => pythonMaximum === newest));
    assert.ok(djangoVersions.every(({ pythonMaximum }) => !isOlderPython(pythonMaximum, pythonDefault)));
  });

  it('is told by what pip goes by', () => {
    const takes = (wheel: string) => [
      fits(`a-1-${wheel}.whl`, 13, 'x86_64'),
      fits(`a-1-${wheel}.whl`, 14, 'x86_64'),
      fits(`a-1-${wheel}.whl`, 14, 'aarch64'),
    ];
    assert.deepEqual(takes('py3-none-any'), [true, true, true]);
    assert.deepEqual(takes('py2.py3-none-any'), [true, true, true]);
    assert.deepEqual(takes('py3-none-manylinux_2_17_x86_64.manylinux2014_x86_64'), [true, true, false]);
    assert.deepEqual(takes('cp313-cp313-manylinux_2_28_x86_64'), [true, false, false]);
    assert.deepEqual(takes('cp314-cp314t-manylinux_2_28_x86_64'), [false, false, false]);
    assert.deepEqual(takes('cp314-abi3-manylinux_2_28_aarch64'), [false, false, true]);
    assert.deepEqual(takes('cp310-abi3-manylinux_2_28_x86_64'), [true, true, false]);
    assert.deepEqual(takes('cp313-cp313-musllinux_1_2_x86_64'), [false, false, false]);
    assert.deepEqual(takes('cp314-cp314-macosx_11_0_arm64'), [false, false, false]);
    assert.deepEqual(takes('cp314-cp314-win_amd64'), [false, false, false]);
  });

  it('orders versions by number', () => {
    assert.ok(isOlderPython('3.9', '3.13') && !isOlderPython('3.13', '3.9') && !isOlderPython('3.13', '3.13'));
  });
});
