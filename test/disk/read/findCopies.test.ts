import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findCopies } from '../../../disk/read/findCopies.ts';
import { scratch } from '../../support/generate.ts';

function put(files: Readonly<Record<string, string>>): string {
  const folder = scratch();
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(path.dirname(path.join(folder, file)), { recursive: true });
    writeFileSync(path.join(folder, file), content);
  }
  return folder;
}

const wanted = new Map([['deploy/README.md', Buffer.from('runbook\n')]]);

describe('findCopies', () => {
  it('finds where a file may have been moved to', async () => {
    const folder = put({ 'docs/runbook.md': 'runbook\n', 'docs/other.md': 'runbooks' });
    assert.deepEqual([...(await findCopies(folder, wanted, new Set()))], [['deploy/README.md', 'docs/runbook.md']]);
  });

  it('tells nothing where several places would do, or none', async () => {
    for (const files of [{ a: 'runbook\n', b: 'runbook\n' }, { a: 'other' }]) {
      assert.equal((await findCopies(put(files), wanted, new Set())).size, 0);
    }
  });

  it('looks neither at known paths nor into other programs’ folders, and follows no link', async () => {
    const folder = put({ 'known/a': 'runbook\n', '.git/a': 'runbook\n', 'node_modules/a': 'runbook\n' });
    const outside = put({ a: 'runbook\n' });
    symlinkSync(outside, path.join(folder, 'link'));
    symlinkSync(path.join(outside, 'a'), path.join(folder, 'file'));
    assert.equal((await findCopies(folder, wanted, new Set(['known/a']))).size, 0);
  });

  it('minds no folder that is not there', async () => {
    assert.equal((await findCopies(path.join(scratch(), 'none'), wanted, new Set())).size, 0);
  });
});
