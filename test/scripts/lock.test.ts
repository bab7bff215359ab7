import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { assembleLock } from '../../core/emit/requirements/assemble.ts';
import { parseData, renderData } from '../../core/emit/requirements/data.ts';
import { djangoVersions } from '../../core/facts/django.ts';
import { requirementsData } from '../../scripts/requirements/requirementsData.ts';
import { exportLock } from '../../scripts/requirements/uv.ts';
import { need } from '../support/need.ts';
import { root } from '../support/paths.ts';

/** What is no matter of a capability. */
const isBase = (name: string): boolean => /^(?:service|dev|deploy|django-.*)$/u.test(name);

const versions = path.join(root, 'templates', 'versions');
const text = readFileSync(path.join(root, 'templates', 'requirements.json'), 'utf8');
const data = parseData(text);

/** Every set of some of these. */
function subsets(names: readonly string[]): readonly (readonly string[])[] {
  return names.reduce<readonly (readonly string[])[]>(
    (sets, name) => [...sets, ...sets.map((set) => [...set, name])],
    [[]],
  );
}

/** What uv exports from a lock of older Pythons, where none is older than `minimum`; every clause stands alone there. */
function from(minimum: string, exported: string): string {
  const marker = / ; python_full_version (<|>=) '3\.(\d+)[\d.]*'(?= )/u;
  return exported
    .split(/^(?! )/mu)
    .flatMap((block) => {
      const [, operator, minor] = marker.exec(block) ?? [];
      if (operator === undefined || Number(minor) > Number(minimum.split('.')[1])) return [block];
      // uv knows patch versions; those of the minimum itself are not told apart here.
      if (block.includes(`'${minimum}.`)) return [block];
      return operator === '<' ? [] : [block.replace(marker, '')];
    })
    .join('');
}

describe('templates/requirements.json', function () {
  this.timeout(60_000);
  let uv = '';

  before(function () {
    uv = need(this, 'uv');
  });

  it('is what "npm run lock" writes from uv.lock', () => {
    assert.equal(text, renderData(requirementsData(uv, versions)));
  });

  for (const { version, pythonMinimum } of djangoVersions) {
    const django = `django-${version.replace('.', '-')}`;
    const optional = Object.keys(data.declared).filter((name) => !isBase(name));
    for (const chosen of subsets(optional)) {
      const options = [django, ...chosen].flatMap((extra) => ['--extra', extra]);
      it(`gives what uv exports for ${[django, ...chosen].join(', ')}, with and without dev`, () => {
        const needs = ['service', django, ...chosen];
        const exported = (...more: readonly string[]) =>
          from(pythonMinimum, exportLock(uv, versions, [...options, ...more]));
        assert.equal(assembleLock(data, needs, pythonMinimum), exported('--no-dev'));
        assert.equal(assembleLock(data, [...needs, 'dev'], pythonMinimum), exported());
        assert.notEqual(exported(), exported('--no-dev'));
      });
    }
  }

  it('gives what uv exports for the release', () => {
    assert.equal(assembleLock(data, ['deploy'], '3.11'), exportLock(uv, versions, ['--only-group', 'deploy']));
  });
});
