import assert from 'node:assert/strict';
import { fileURLToPath } from 'node:url';
import { InternalError } from '../../../core/errors.ts';
import { readTemplates } from '../../../disk/package/readTemplates.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';

describe('readTemplates', () => {
  it('reads every file, whatever its name, ordered by path', () =>
    inTemporaryFolder(async (folder) => {
      const bytes = Uint8Array.of(0, 0xff, 0x0a);
      await writeTree(folder, {
        'templates/b.py': 'b',
        'templates/a/.hidden.ejs': '',
        'templates/a/b/c.bin': bytes,
        'templates/Z.md': 'é',
        'templates/empty/x': { folder: true },
        'templates/z.py': '',
        'runtime/django_fargate/a.py': 'a',
      });
      const templates = await readTemplates(folder);
      assert.deepEqual(
        [...templates.keys()],
        ['Z.md', 'a/.hidden.ejs', 'a/b/c.bin', 'b.py', 'runtime/django_fargate/a.py', 'z.py'],
      );
      assert.deepEqual(Buffer.from(templates.get('a/b/c.bin') ?? []), Buffer.from(bytes));
      assert.equal(Buffer.from(templates.get('Z.md') ?? []).toString(), 'é');
    }));

  it('reads of the runtime what is emitted: no bytecode, no test', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, {
        'templates/x': '',
        'runtime/pyproject.toml': '',
        'runtime/tests/test_a.py': '',
        'runtime/django_fargate/a/b.py': 'b',
        'runtime/django_fargate/a/__pycache__/b.cpython-313.pyc': '',
        'runtime/django_fargate/c.pyc': '',
      });
      assert.deepEqual([...(await readTemplates(folder)).keys()], ['runtime/django_fargate/a/b.py', 'x']);
    }));

  it('finds the package’s own, wherever it is run from', async () => {
    const filesOf = async (folder: string, prefix: string) =>
      Object.entries(await readTree(fileURLToPath(new URL(`../../../${folder}`, import.meta.url))))
        .filter(([path, { type }]) => type === 'file' && !path.endsWith('.pyc'))
        .map(([path, entry]) => [`${prefix}${path}`, entry] as const);
    const files = await filesOf('templates', '');
    const runtime = await filesOf('runtime/django_fargate', 'runtime/django_fargate/');
    assert(files.length > 0 && runtime.length > 0);
    const read = [...(await readTemplates())].map(([path, bytes]) => [path, Buffer.from(bytes).toString('latin1')]);
    assert.deepEqual(
      Object.fromEntries(read),
      Object.fromEntries(
        [...files, ...runtime].map(([path, entry]) => [path, 'content' in entry ? entry.content : '']),
      ),
    );
  });

  it('calls a link among them a bug', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'templates/a/b': { link: '/etc/passwd' } });
      await assert.rejects(
        readTemplates(folder),
        (error) => error instanceof InternalError && /a\/b/.test(error.message),
      );
    }));
});
