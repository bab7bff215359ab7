import assert from 'node:assert/strict';
import { chmodSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import type { EmittedFile } from '../../core/emit/types.ts';
import type { Release } from '../../generators/release.ts';
import type { Tree } from '../disk/tree.ts';
import { edits, threads } from './edits.ts';
import { changing, edit, freshTree, newRepository, newer, put, regenerate } from './support.ts';
import { contentOf, edited, entryOf, remembering, replace, withEntries, withFiles } from './trees.ts';
import type { Edits } from './trees.ts';

const larger = { vcpu: 1 };
const [from, to] = ['gunicorn.conf.py', 'deploy/gunicorn.py'];

const renaming =
  (...pairs: readonly (readonly [string, string])[]) =>
  (files: readonly EmittedFile[]): readonly EmittedFile[] =>
    files.map((file) => ({ ...file, path: pairs.find(([old]) => old === file.path)?.[1] ?? file.path }));

/** A version that writes the file under another path, and changes it. */
function renamed(version = '0.2.0', change: Edits = {}, target: string = to): Promise<Release> {
  const render = (files: readonly EmittedFile[]) => renaming([from, target])(changing(change)(files));
  return newer(version, render, { renames: [{ from, to: target, since: version }] });
}

describe('files that are renamed by the generator', function () {
  this.timeout(120_000);
  const { [from]: hook = (text: string) => text, ...others } = edits;
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
  });

  /** Edited and not changed by the newer version: remembered as the older one wrote it, under the new name. */
  const remembered = async (tree: Tree, target: string): Promise<Tree> =>
    withEntries(tree, { [target]: entryOf(await freshTree(), from) });

  it('case 19: unedited: at the new path, and not at the old one', async () => {
    const release = await renamed();
    const { stdout } = await regenerate(folder, { release }, { tree: await freshTree({}, release) });
    assert.match(stdout, /^ {2}~ deploy\/gunicorn\.py {2}was gunicorn\.conf\.py$/mu);
  });

  it('case 19: the edits go along, whether the generator changed the file or not', async () => {
    edit(folder, { [from]: hook });
    const release = await renamed();
    const moved = edited(await freshTree({}, release), { [to]: hook });
    await regenerate(folder, { release }, { tree: await remembered(moved, to) });
    const next = await renamed('0.3.0', { [from]: replace('preload_app = True', 'preload_app = False') });
    await regenerate(folder, { release: next }, { tree: edited(await freshTree({}, next), { [to]: hook }) });
  });

  it('case 19: with a resize in the same run', async () => {
    edit(folder, { ...others, [from]: hook });
    const release = await renamed();
    const tree = edited(await freshTree(larger, release), { ...others, [to]: hook });
    const own = Object.keys(others).filter((file) => !['compose.yaml', 'deploy/ecs/web.json'].includes(file));
    await regenerate(folder, { release, flags: larger }, { tree: remembering(tree, await freshTree(), ...own) });
  });

  describe('case 19: the edits contradict', () => {
    const four = replace('"GUNICORN_THREADS", 2', '"GUNICORN_THREADS", 4');
    let release: Release;
    let fresh: Tree;
    let mine: string;

    beforeEach(async () => {
      edit(folder, { [from]: threads });
      release = await renamed('0.2.0', { [from]: four });
      fresh = await freshTree({}, release);
      mine = threads(contentOf(await freshTree(), from));
    });

    it('a conflict, and the file stays where it is', async () => {
      const { message } = await regenerate(folder, { release }, { code: 3 });
      assert.match(message, /^ {2}gunicorn\.conf\.py\n {6}line 37: last .*2\), yours .*8\), next .*4\)$/mu);
    });

    it('--on-conflict=mine leaves it there, and asks again', async () => {
      const kept = withFiles(fresh, { [to]: undefined, [from]: mine });
      const tree = withEntries(kept, { [to]: undefined, [from]: entryOf(await freshTree(), from) });
      await regenerate(folder, { release, flags: { 'on-conflict': 'mine' } }, { tree });
      await regenerate(folder, { release }, { code: 3 });
    });

    it('--on-conflict=theirs stands at the new path', async () => {
      await regenerate(folder, { release, flags: { 'on-conflict': 'theirs' } }, { tree: fresh });
    });

    it('mine for good goes to the new path', async () => {
      const tree = withFiles(fresh, { [to]: mine });
      await regenerate(folder, { release, answers: { conflict: 'mine for good' } }, { tree });
    });
  });

  it('case 19: something stands at the new path: a conflict, and both are kept', async () => {
    edit(folder, { [from]: hook });
    put(folder, to, 'mine\n');
    const release = await renamed();
    const { message } = await regenerate(folder, { release }, { code: 3 });
    assert.match(message, /^ {2}deploy\/gunicorn\.py: exists with different content$/mu);
  });

  it('case 19: renamed twice by versions that were skipped: followed to the last path', async () => {
    edit(folder, { [from]: hook });
    const last = 'config/gunicorn.py';
    const renames = [
      { from, to, since: '0.2.0' },
      { from: to, to: last, since: '0.3.0' },
    ];
    const release = await newer('0.3.0', renaming([from, last]), { renames });
    const moved = edited(await freshTree({}, release), { [last]: hook });
    await regenerate(folder, { release }, { tree: await remembered(moved, last) });
  });

  it('case 19: deleted by the user: stays deleted under its new name', async () => {
    rmSync(path.join(folder, from));
    const release = await renamed();
    const tree = withFiles(await freshTree({}, release), { [to]: undefined });
    const gone = { ...entryOf(await freshTree(), from), state: 'deleted-by-user' } as const;
    await regenerate(folder, { release }, { tree: withEntries(tree, { [to]: gone }) });
    await regenerate(folder, { release, flags: { restore: to } }, { tree: await freshTree({}, release) });
  });

  it('case 19: a mode of the user’s own goes along', async () => {
    chmodSync(path.join(folder, from), 0o640);
    const release = await renamed();
    const fresh = await freshTree({}, release);
    const tree = { ...fresh, [to]: { ...fresh[to], mode: '0640' } } as Tree;
    await regenerate(folder, { release }, { tree });
  });
});

describe('case 20: files that the user moves', function () {
  this.timeout(120_000);
  const [file, place] = ['deploy/ecs/web.json', 'deploy/web.json'];
  const paths: Edits = {
    '.yo-rc.json': replace('"projectName"', `"paths": {\n      "${file}": "${place}"\n    },\n    "projectName"`),
  };
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
    renameSync(path.join(folder, file), path.join(folder, place));
  });

  it('is not made again, and a hint says how to have it followed', async () => {
    const [before, fresh] = [await freshTree(), await freshTree(larger)];
    const moved = withFiles(fresh, { [file]: undefined, [place]: contentOf(before, file) });
    const gone = { ...entryOf(before, file), state: 'deleted-by-user' } as const;
    const { stdout } = await regenerate(folder, { flags: larger }, { tree: withEntries(moved, { [file]: gone }) });
    const hint = `looks moved to ${place}; to update it there, add {"paths":{"${file}":"${place}"}} to our part of .yo-rc.json`;
    assert(stdout.includes(`  x ${file}  stays deleted: ${hint}\n`), stdout);
  });

  it('is brought up to date at its new place, with its edits, when .yo-rc.json says so', async () => {
    const own: Edits = { [place]: edits[file] ?? assert.fail() };
    edit(folder, { ...own, ...paths });
    const fresh = await freshTree(larger);
    const moved = withFiles(fresh, { [file]: undefined, [place]: contentOf(fresh, file) });
    const { stdout } = await regenerate(folder, { flags: larger }, { tree: edited(moved, { ...own, ...paths }) });
    assert.match(stdout, /^ {2}M deploy\/web\.json {2}merge: 2 hunks/mu);
  });

  it('is followed also when the generator renames it', async () => {
    edit(folder, paths);
    const target = 'deploy/ecs/service.json';
    const renames = [{ from: file, to: target, since: '0.2.0' }];
    const release = await newer('0.2.0', renaming([file, target]), { renames });
    const fresh = await freshTree(larger, release);
    const moved = withFiles(fresh, { [target]: undefined, [place]: contentOf(fresh, target) });
    await regenerate(folder, { release, flags: larger }, { tree: edited(moved, paths) });
  });

  it('what .yo-rc.json calls unmanaged is not touched, whatever the generator does', async () => {
    renameSync(path.join(folder, place), path.join(folder, file));
    const own: Edits = {
      '.yo-rc.json': replace('"projectName"', '"unmanaged": ["deploy/ecs/**", "gunicorn*"],\n    "projectName"'),
      [file]: (text) => `${text}mine`,
    };
    edit(folder, own);
    const frozen = Object.keys(await freshTree()).filter((name) => /^(?:deploy\/ecs\/|gunicorn)/u.test(name));
    const dropping = await newer('0.2.0', (files) => files.filter((rendered) => !frozen.includes(rendered.path)));
    const before = await freshTree();
    const old = Object.fromEntries(frozen.map((name) => [name, contentOf(before, name)]));
    for (const release of [undefined, dropping]) {
      const fresh = { ...(await freshTree(larger, release)), 'deploy/ecs': before['deploy/ecs'] ?? assert.fail() };
      const tree = remembering(edited(withFiles(fresh, old), own), before, ...frozen);
      await regenerate(folder, { flags: larger, ...(release && { release }) }, { tree });
    }
  });
});
