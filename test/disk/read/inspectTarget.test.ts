import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { join, relative } from 'node:path';
import { UserError } from '../../../core/errors.ts';
import { ownPackage } from '../../../disk/package/ownPackage.ts';
import { inspectTarget } from '../../../disk/read/inspectTarget.ts';
import { runScript } from '../runScript.ts';
import { inTemporaryFolder, readTree, writeTree } from '../tree.ts';
import type { Sapling } from '../tree.ts';

interface Refusal {
  readonly title: string;
  readonly disk: Readonly<Record<string, Sapling>>;
  readonly target: string;
  readonly message: RegExp;
  readonly ordinary?: true;
}

const refusals: readonly Refusal[] = [
  { title: 'a file', disk: { shop: '' }, target: 'shop', message: /\/shop is a file, not a folder\. Name another/ },
  { title: 'a folder in a file', disk: { shop: '' }, target: 'shop/inner/deep', message: /\/shop is a file/ },
  { title: 'a link to a file', disk: { x: '', shop: { link: 'x' } }, target: 'shop', message: /\/shop is a file/ },
  {
    title: 'a dangling link',
    disk: { shop: { link: 'x' } },
    target: 'shop',
    message: /\/shop .*link that leads nowhere/,
  },
  { title: 'a folder in a dangling link', disk: { shop: { link: 'x' } }, target: 'shop/a', message: /leads nowhere/ },
  { title: 'a link to itself', disk: { shop: { link: 'shop' } }, target: 'shop', message: /leads back to itself/ },
  { title: 'our own package', disk: {}, target: 'package', message: /is inside this generator/ },
  { title: 'a new folder in our own package', disk: {}, target: 'package/a/b', message: /is inside this generator/ },
  {
    title: 'our package by a link',
    disk: { shop: { link: 'package' } },
    target: 'shop/a',
    message: /is inside this/,
  },
  {
    title: 'a folder that cannot be written',
    disk: { shop: { folder: true, mode: 0o555 } },
    target: 'shop',
    message: /Cannot write to .*\/shop \(EACCES\)\. Permission was denied\./,
    ordinary: true,
  },
  {
    title: 'a folder that cannot be read',
    disk: { shop: { folder: true, mode: 0o333 } },
    target: 'shop',
    message: /Cannot write to .*\/shop \(EACCES\)/,
    ordinary: true,
  },
  {
    title: 'a new folder where nothing can be made',
    disk: { shop: { folder: true, mode: 0o555 } },
    target: 'shop/a/b',
    message: /Cannot write to .*\/shop \(EACCES\)/,
    ordinary: true,
  },
  {
    title: 'a folder that cannot be entered',
    disk: { 'shop/a': { folder: true }, shop: { folder: true, mode: 0o000 } },
    target: 'shop/a',
    message: /Cannot read .*\/shop\/a \(EACCES\)/,
    ordinary: true,
  },
  {
    title: 'a name that is too long',
    disk: {},
    target: 'x'.repeat(300),
    message: /\(ENAMETOOLONG\)\. The path is too/,
  },
];

describe('inspectTarget', () => {
  for (const { title, disk, target, message, ordinary } of refusals) {
    it(`refuses ${title}`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { package: { folder: true }, ...disk });
        if (ordinary === true) {
          const { output } = await runScript('inspectAsUser.ts', join(folder, target), join(folder, 'package'));
          assert.match(output, /^UserError: /);
          assert.match(output, message);
          return;
        }
        const before = await readTree(folder);
        await assert.rejects(inspectTarget(join(folder, target), join(folder, 'package')), (error) => {
          assert(error instanceof UserError, String(error));
          assert.match(error.message, message);
          return error.exitCode === 2;
        });
        assert.deepEqual(await readTree(folder), before);
      }));
  }

  for (const name of ['', 'a\0b']) {
    it(`refuses the name ${JSON.stringify(name)}`, () =>
      assert.rejects(inspectTarget(name, '/'), (error) => error instanceof UserError && error.exitCode === 2));
  }

  it('takes a folder that is there', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { package: { folder: true }, 'shop/mine.txt': '' });
      const target = await inspectTarget(join(folder, 'shop'), join(folder, 'package'));
      assert.deepEqual(target, { folder: join(folder, 'shop'), exists: true });
    }));

  it('takes a relative one that is not there yet, and makes nothing', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { package: { folder: true } });
      const target = await inspectTarget(relative('.', join(folder, 'a/b/../c')), join(folder, 'package'));
      assert.deepEqual(target, { folder: join(folder, 'a/c'), exists: false });
      assert.deepEqual(Object.keys(await readTree(folder)), ['package']);
    }));

  it('takes a link to a folder, and gives the folder itself', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { package: { folder: true }, real: { folder: true }, shop: { link: 'real' } });
      const { folder: target } = await inspectTarget(join(folder, 'shop/new'), join(folder, 'package'));
      assert.equal(target, join(folder, 'real/new'));
    }));

  it('takes a folder whose name only begins like our package', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { package: { folder: true } });
      assert.equal((await inspectTarget(join(folder, 'package-2'), join(folder, 'package'))).exists, false);
    }));

  it('takes the folder that our package is installed in', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'node_modules/package': { folder: true } });
      assert.equal((await inspectTarget(folder, join(folder, 'node_modules/package'))).exists, true);
      assert.equal((await promises.stat(folder)).isDirectory(), true);
    }));

  it('refuses this very package', () =>
    assert.rejects(inspectTarget(join(ownPackage().root, 'new'), ownPackage().root), /is inside this generator/));
});
