import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runPicture } from '../../scripts/lib/runPicture.ts';
import { root } from '../support/paths.ts';

describe('docs/run.svg', () => {
  it('shows what the generator prints today; "npm run picture" draws it', () => {
    assert.equal(readFileSync(path.join(root, 'docs', 'run.svg'), 'utf8'), runPicture());
  });
});
