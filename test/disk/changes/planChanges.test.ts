import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { promises } from 'node:fs';
import { join } from 'node:path';
import { InternalError, UserError } from '../../../core/errors.ts';
import { planChanges } from '../../../disk/changes/planChanges.ts';
import type { Planned } from '../../../disk/changes/planned.ts';
import { comparableBytes } from '../../../disk/files/observe.ts';
import { faultyFileSystem } from '../faultyFileSystem.ts';
import { asOrdinaryUser } from '../ordinaryUser.ts';
import { planned } from '../planned.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import type { Sapling } from '../tree.ts';

interface Case {
  readonly title: string;
  readonly disk: Readonly<Record<string, Sapling>>;
  readonly file: Planned;
  readonly kind: string;
  readonly reason?: RegExp;
}

const text = 'ours\n';
const plain = planned('shop/urls.py', text);
const replacing = planned('.yo-rc.json', text, { replaces: Buffer.from('old\n') });
const removal: Planned = { path: 'shop/old.py', removes: Buffer.from(text) };
const cases: readonly Case[] = [
  { title: 'nothing there', disk: {}, file: plain, kind: 'create' },
  { title: 'its folder there', disk: { 'shop/mine.py': '' }, file: plain, kind: 'create' },
  { title: 'the same there', disk: { 'shop/urls.py': text }, file: plain, kind: 'same' },
  {
    title: 'other content',
    disk: { 'shop/urls.py': 'mine\n' },
    file: plain,
    kind: 'conflict',
    reason: /different content/,
  },
  { title: 'other line endings', disk: { 'shop/urls.py': 'ours\r\n' }, file: plain, kind: 'conflict' },
  { title: 'a byte order mark', disk: { 'shop/urls.py': `\uFEFF${text}` }, file: plain, kind: 'conflict' },
  { title: 'an empty file', disk: { 'shop/urls.py': '' }, file: plain, kind: 'conflict' },
  {
    title: 'latin-1 where we have U+FFFD',
    disk: { 'shop/urls.py': Uint8Array.of(0xe9) },
    file: planned('shop/urls.py', '\uFFFD'),
    kind: 'conflict',
  },
  { title: 'what it replaces', disk: { '.yo-rc.json': 'old\n' }, file: replacing, kind: 'replace' },
  { title: 'what it replaces, replaced', disk: { '.yo-rc.json': text }, file: replacing, kind: 'same' },
  { title: 'not what it replaces', disk: { '.yo-rc.json': 'mine\n' }, file: replacing, kind: 'conflict' },
  { title: 'nothing to replace', disk: {}, file: replacing, kind: 'conflict', reason: /is now gone/ },
  {
    title: 'the content but not the mode',
    disk: { '.yo-rc.json': { content: text, mode: 0o644 } },
    file: { ...replacing, replaces: replacing.bytes, mode: 0o755 },
    kind: 'chmod',
  },
  {
    title: 'the content and the mode',
    disk: { '.yo-rc.json': { content: text, mode: 0o755 } },
    file: { ...replacing, replaces: replacing.bytes, mode: 0o755 },
    kind: 'same',
  },
  {
    title: 'the content but not the mode, where nothing may be replaced',
    disk: { 'shop/urls.py': { content: text, mode: 0o644 } },
    file: { ...plain, mode: 0o755 },
    kind: 'same',
  },
  {
    title: 'the content but not the mode, where something else may be replaced',
    disk: { '.yo-rc.json': { content: text, mode: 0o644 } },
    file: { ...replacing, mode: 0o755 },
    kind: 'same',
  },
  { title: 'what is to be removed', disk: { 'shop/old.py': text }, file: removal, kind: 'remove' },
  { title: 'nothing to be removed', disk: {}, file: removal, kind: 'same' },
  { title: 'nothing to be removed, nor its folder', disk: { shop: { folder: true } }, file: removal, kind: 'same' },
  {
    title: 'not what is to be removed',
    disk: { 'shop/old.py': 'mine\n' },
    file: removal,
    kind: 'conflict',
    reason: /^exists with different content/,
  },
  {
    title: 'a folder where a file is to be removed',
    disk: { 'shop/old.py': { folder: true } },
    file: removal,
    kind: 'special',
    reason: /is a folder/,
  },
  {
    title: 'a link to what is to be removed',
    disk: { 'mine.py': text, 'shop/old.py': { link: '../mine.py' } },
    file: removal,
    kind: 'special',
    reason: /is a symbolic link/,
  },
  {
    title: 'what is to be removed behind a link',
    disk: { 'elsewhere/old.py': text, shop: { link: 'elsewhere' } },
    file: removal,
    kind: 'special',
    reason: /the folder shop is a symbolic link/,
  },
  {
    title: 'a folder',
    disk: { 'shop/urls.py': { folder: true } },
    file: plain,
    kind: 'special',
    reason: /is a folder/,
  },
  {
    title: 'a link to the same content',
    disk: { 'mine.py': text, 'shop/urls.py': { link: '../mine.py' } },
    file: plain,
    kind: 'special',
    reason: /^is a symbolic link/,
  },
  { title: 'a dangling link', disk: { 'shop/urls.py': { link: 'x' } }, file: plain, kind: 'special', reason: /link/ },
  {
    title: 'a folder that is a link',
    disk: { elsewhere: { folder: true }, shop: { link: 'elsewhere' } },
    file: plain,
    kind: 'special',
    reason: /the folder shop is a symbolic link/,
  },
  { title: 'a file for a folder', disk: { shop: '' }, file: plain, kind: 'special', reason: /shop is not a folder/ },
  {
    title: 'another case',
    disk: { 'README.MD': text },
    file: planned('README.md', text),
    kind: 'special',
    reason: /differs only in case from README\.MD/,
  },
  {
    title: 'a folder in another case',
    disk: { 'Shop/mine.py': text },
    file: plain,
    kind: 'special',
    reason: /only in case from Shop/,
  },
  { title: 'both cases', disk: { 'README.MD': '', 'README.md': text }, file: planned('README.md', text), kind: 'same' },
  {
    title: 'a decomposed accent',
    disk: { 'cafe\u0301': '' },
    file: planned('caf\u00e9', ''),
    kind: 'special',
    reason: /only in case/,
  },
  ...[
    '../mine',
    'a/../../mine',
    '/etc/passwd',
    'C:/x',
    'a\\..\\b',
    'a//b',
    './a',
    'a/',
    '',
    '.git/hooks/x',
    'a/.GIT/x',
    'a\0b',
  ].map((path) => ({
    title: `the path ${JSON.stringify(path)}`,
    disk: {},
    file: planned(path, text),
    kind: 'special',
    reason: /./,
  })),
];

describe('planChanges', () => {
  for (const { title, disk, file, kind, reason } of cases) {
    it(`${title}: ${kind}`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, disk);
        const before = await readTree(folder);
        const [change] = await planChanges(folder, [file]);
        assert.equal(change?.kind, kind, change?.reason);
        assert.match(change.reason, reason ?? (kind === 'conflict' ? /./ : /^$/));
        assert.deepEqual(await readTree(folder), before);
      }));
  }

  it('never opens a named pipe, which would wait for ever', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { shop: { folder: true } });
      execFileSync('mkfifo', [join(folder, 'shop/urls.py')]);
      const [change] = await planChanges(folder, [plain]);
      assert.deepEqual([change?.kind, change?.reason], ['special', 'is not a regular file']);
    }));

  it('leaves a huge file alone without reading it', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'shop/urls.py': '' });
      await promises.truncate(join(folder, 'shop/urls.py'), comparableBytes + 1);
      const { fs, calls } = faultyFileSystem({});
      const [change] = await planChanges(folder, [plain], fs);
      assert.deepEqual([change?.kind, change?.reason], ['special', 'is larger than 64 MiB']);
      assert.deepEqual(
        calls.filter((call) => call.startsWith('readFile')),
        [],
      );
    }));

  it('does not follow a link that takes the place of a file at the last instant', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'mine.py': text, 'shop/urls.py': text });
      const { fs } = faultyFileSystem({
        before: async (call) => {
          if (!call.startsWith('readFile')) return;
          await promises.unlink(join(folder, 'shop/urls.py'));
          await promises.symlink('../mine.py', join(folder, 'shop/urls.py'));
        },
      });
      const [change] = await planChanges(folder, [plain], fs);
      assert.deepEqual([change?.kind, change?.reason], ['special', 'is a symbolic link']);
    }));

  it('reports what an ordinary user cannot read', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, {
        'shop/urls.py': { content: text, mode: 0o000 },
        'closed/inner.py': text,
        closed: { folder: true, mode: 0o000 },
      });
      const changes = await asOrdinaryUser(() => planChanges(folder, [plain, planned('closed/inner.py', text)]));
      assert.deepEqual(
        changes.map(({ path, kind, reason }) => [path, kind, reason]),
        [
          ['closed/inner.py', 'special', `the folder ${folder}/closed cannot be read`],
          ['shop/urls.py', 'special', 'cannot be read'],
        ],
      );
    }));

  it('reports another executable bit, but takes the file as it is', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, {
        'manage.py': text,
        'run.sh': { content: text, mode: 0o700 },
        'x.py': { content: text, mode: 0o600 },
      });
      const changes = await planChanges(folder, [
        planned('manage.py', text, { executable: true }),
        planned('run.sh', text, { executable: true }),
        planned('x.py', text),
      ]);
      assert.deepEqual(
        changes.map(({ path, kind, executableDiffers, mode }) => [path, kind, executableDiffers, mode]),
        [
          ['manage.py', 'same', true, 0o644],
          ['run.sh', 'same', false, 0o700],
          ['x.py', 'same', false, 0o600],
        ],
      );
    }));

  it('orders by path and lists each folder once', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'shop/mine.py': '' });
      const { fs, calls } = faultyFileSystem({});
      const changes = await planChanges(
        folder,
        ['shop/b.py', 'a.py', 'shop/a.py'].map((path) => planned(path, text)),
        fs,
      );
      assert.deepEqual(
        changes.map(({ path }) => path),
        ['a.py', 'shop/a.py', 'shop/b.py'],
      );
      const listed = calls.filter((call) => call.startsWith('readdir'));
      assert.equal(listed.filter((call) => call.endsWith('/shop')).length, 1);
    }));

  it('plans for a folder that is not there', () =>
    inTemporaryFolder(async (folder) => {
      const [change] = await planChanges(join(folder, 'deep/shop'), [plain]);
      assert.equal(change?.kind, 'create');
      assert.deepEqual(await readTree(folder), {});
    }));

  it('calls two files at one path, or one below the other, a bug', async () => {
    const plan = (...paths: string[]) =>
      planChanges(
        '/nowhere',
        paths.map((path) => planned(path, text)),
      );
    await assert.rejects(plan('a/b', 'a/b'), InternalError);
    await assert.rejects(plan('a/B', 'A/b'), InternalError);
    await assert.rejects(plan('a', 'A/b'), InternalError);
    await assert.rejects(plan('A/b', 'a'), InternalError);
    await assert.rejects(plan('A/b', 'a/c'), InternalError);
    await assert.rejects(plan('.django-fargate'), InternalError);
    await assert.rejects(plan('.django-fargate/lock'), InternalError);
    await assert.rejects(plan('.django-fargate/backup'), InternalError);
    await assert.rejects(plan('.django-fargate/backup/1/run.json'), InternalError);
  });

  it('explains a disk that fails', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'shop/urls.py': text });
      const { fs } = faultyFileSystem({ when: (call) => call.startsWith('readFile'), code: 'EIO' });
      await assert.rejects(planChanges(folder, [plain], fs), (error) => {
        assert(error instanceof UserError);
        assert.match(error.message, /^Cannot read .*shop\/urls\.py \(EIO\)\. Check the disk/);
        return error.exitCode === 2;
      });
    }));
});
