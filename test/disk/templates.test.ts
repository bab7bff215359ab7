import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { InternalError } from '../../core/errors.ts';
import { readTemplates } from '../../disk/templates.ts';
import { inTemporaryFolder, readTree, writeTree } from './tree.ts';

describe('readTemplates', () => {
  it('reads every file, whatever its name, ordered by path', () =>
    inTemporaryFolder(async (folder) => {
      const bytes = Uint8Array.of(0, 0xff, 0x0a);
      await writeTree(folder, {
        'b.py': 'b',
        'a/.hidden.ejs': '',
        'a/b/c.bin': bytes,
        'Z.md': 'é',
        'empty/x': { folder: true },
      });
      const templates = await readTemplates(folder);
      assert.deepEqual([...templates.keys()], ['Z.md', 'a/.hidden.ejs', 'a/b/c.bin', 'b.py']);
      assert.deepEqual(Buffer.from(templates.get('a/b/c.bin') ?? []), Buffer.from(bytes));
      assert.equal(Buffer.from(templates.get('Z.md') ?? []).toString(), 'é');
    }));

  it('finds the package’s own, wherever it is run from', async () => {
    const own = await readTree(fileURLToPath(new URL('../../templates', import.meta.url)));
    const files = Object.entries(own).filter(([, { type }]) => type === 'file');
    assert(files.length > 0);
    const read = [...(await readTemplates())].map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]);
    assert.deepEqual(
      Object.fromEntries(read),
      Object.fromEntries(files.map(([path, entry]) => [path, 'content' in entry ? entry.content : ''])),
    );
  });

  it('calls a link among them a bug', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a/b': { link: '/etc/passwd' } });
      await assert.rejects(
        readTemplates(folder),
        (error) => error instanceof InternalError && /a\/b/.test(error.message),
      );
    }));
});
