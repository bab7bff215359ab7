import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import path from 'node:path';
import type { EmittedFile, Policy } from '../../core/emit/types.ts';
import type { Release } from '../../generators/release.ts';
import type { Tree } from '../disk/tree.ts';
import { edits } from './edits.ts';
import { changing, edit, freshTree, newRepository, newer, put, regenerate, run, treeOf } from './support.ts';
import { contentOf, edited, entryOf, remembering, replace, withEntries, withFiles } from './trees.ts';
import type { Edits } from './trees.ts';

const larger = { vcpu: 1 };
const gone = { state: 'deleted-by-user' } as const;

const without =
  (...paths: readonly string[]) =>
  (files: readonly EmittedFile[]): readonly EmittedFile[] =>
    files.filter((file) => !paths.includes(file.path));

const adding =
  (file: string, content: string, policy: Policy = 'merge') =>
  (files: readonly EmittedFile[]): readonly EmittedFile[] => [
    ...files,
    { path: file, bytes: Buffer.from(content), executable: false, policy },
  ];

describe('files that come and go', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
    edit(folder, edits);
  });

  const remove = (...files: readonly string[]): void => {
    for (const file of files) rmSync(path.join(folder, file));
  };

  it('case 15: deleted by the user stays deleted, changed by the generator or not', async () => {
    const [same, changed] = ['.editorconfig', 'deploy/ecs/ops.json'];
    remove(same, changed);
    const before = await freshTree();
    const treeAt = async (flags: object): Promise<Tree> =>
      withEntries(
        withFiles(edited(await freshTree({ ...flags }), edits), { [same]: undefined, [changed]: undefined }),
        {
          [same]: { ...entryOf(before, same), ...gone },
          [changed]: { ...entryOf(before, changed), ...gone },
        },
      );
    const { stdout } = await regenerate(folder, { flags: larger }, { tree: await treeAt(larger) });
    assert.match(stdout, /^ {2}x \.editorconfig {2}stays deleted: you deleted it$/mu);
    const hint = 'stays deleted: you deleted it; --restore deploy/ecs/ops.json restores the new one';
    assert(stdout.includes(`  x deploy/ecs/ops.json  ${hint}\n`));
    await regenerate(folder, { flags: { vcpu: 2 } }, { tree: await treeAt({ vcpu: 2 }) });
  });

  it('case 15: --restore brings it back as it is rendered now', async () => {
    remove('deploy/ecs/ops.json');
    await run(folder, { flags: larger });
    const { stdout } = await regenerate(
      folder,
      { flags: { restore: 'deploy/ecs/ops.json' } },
      { tree: edited(await freshTree(larger), edits) },
    );
    assert.match(stdout, /^ {2}\+ deploy\/ecs\/ops\.json {2}restore: you had deleted it$/mu);
  });

  it('case 15: --restore of what the generator does not know names what was deleted', async () => {
    remove('deploy/ecs/ops.json');
    await run(folder, { flags: larger });
    const { message } = await regenerate(folder, { flags: { restore: 'ops.json' } }, { code: 2 });
    assert.match(message, /--restore ops\.json: not a file of this generator\. Deleted: deploy\/ecs\/ops\.json\./u);
  });

  /** Files that were edited, and that the newer version does not change, are remembered as the older one wrote them. */
  const upgraded = async (release: Release, own: Edits = edits): Promise<Tree> =>
    remembering(edited(await freshTree({}, release), own), await freshTree(), ...Object.keys(own));

  it('case 16: dropped by the generator, unedited: deleted, with the folders that it leaves empty', async () => {
    const whole = Object.keys(await freshTree()).filter((file) => file.startsWith('django_fargate/postgresql/'));
    const release = await newer('0.2.0', without('deploy/ecs/ops.json', ...whole));
    const { stdout } = await regenerate(folder, { release }, { tree: await upgraded(release) });
    assert.match(stdout, /^ {2}- deploy\/ecs\/ops\.json {2}delete: .*you had not changed it$/mu);
    assert(!('django_fargate/postgresql' in (await treeOf(folder))));
  });

  it('case 17: dropped by the generator, edited: kept, and the user’s from now on', async () => {
    const file = 'compose.yaml';
    const release = await newer('0.2.0', without(file));
    const { [file]: own, ...others } = edits;
    const before = edited(await freshTree(), edits);
    const released = { ...entryOf(before, file), state: 'released' } as const;
    const dropped = withFiles(await upgraded(release, others), { [file]: contentOf(before, file) });
    const { stdout } = await regenerate(folder, { release }, { tree: withEntries(dropped, { [file]: released }) });
    assert.match(stdout, /^ {2}k compose\.yaml {2}kept: the generator no longer writes it; it is yours now$/mu);
    // When a later version writes it again, the edits still count from what they were made in.
    const back = await newer('0.3.0', changing({ [file]: replace('image: postgres:17', 'image: postgres:18') }));
    const merged = edited(await upgraded(back, others), { [file]: own ?? assert.fail() });
    await regenerate(folder, { release: back }, { tree: merged });
  });

  it('case 18: a new path where the user has a file: a conflict, and adopted where it is the same', async () => {
    const file = 'docs/on-call.md';
    const release = await newer('0.2.0', adding(file, 'Call us.\n'));
    put(folder, file, 'Call Ada.\n');
    const { message } = await regenerate(folder, { release }, { code: 3 });
    assert.match(message, /^ {2}docs\/on-call\.md: exists with different content$/mu);
    put(folder, file, 'Call us.\r\n');
    const tree = withFiles(await upgraded(release), { [file]: 'Call us.\r\n' });
    const entry = { ...entryOf(tree, file), adopted: true as const };
    await regenerate(folder, { release }, { tree: withEntries(tree, { [file]: entry }) });
  });

  it('the user’s once edited: neither changed nor written again, and never in conflict; until then brought up to date', async () => {
    const [urls, local] = ['shop/urls.py', 'shop/settings/local.py'];
    const more: Edits = { [urls]: (text) => `${text}# 2\n`, [local]: (text) => `# 2\n${text}` };
    const release = await newer('0.2.0', changing(more));
    const before = await treeOf(folder);
    const own: Edits = { [urls]: (text) => `${text}\nurlpatterns += []\n` };
    edit(folder, own);
    const fresh = await upgraded(release, edits);
    const tree = withFiles(fresh, { [urls]: own[urls]?.(contentOf(before, urls)) });
    await regenerate(folder, { release }, { tree: remembering(tree, before, urls) });
    assert.match(contentOf(tree, local), /^# 2\n/u);
  });

  it('the user’s once edited: stays deleted', async () => {
    const local = 'shop/settings/local.py';
    const release = await newer('0.2.0', changing({ [local]: (text) => `# 2\n${text}` }));
    remove(local);
    const deleted = { ...entryOf(await freshTree(), local), ...gone };
    const tree = withFiles(await upgraded(release, edits), { [local]: undefined });
    await regenerate(folder, { release }, { tree: withEntries(tree, { [local]: deleted }) });
  });
});
