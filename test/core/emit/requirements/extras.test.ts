import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parse } from 'smol-toml';
import { extras } from '../../../../core/emit/requirements/extras.ts';
import { root } from '../../../support/paths.ts';

describe('the extras of the requirements', () => {
  it('are those that pyproject.toml declares', () => {
    const manifest = parse(readFileSync(path.join(root, 'templates/versions/pyproject.toml'), 'utf8'));
    const { 'optional-dependencies': optional } = manifest['project'] as Record<string, object>;
    assert.deepEqual(Object.keys(extras).toSorted(), Object.keys(optional ?? {}).toSorted());
  });
});
