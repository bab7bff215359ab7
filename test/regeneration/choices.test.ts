import assert from 'node:assert/strict';
import type { Tree } from '../disk/tree.ts';
import { edits, threads } from './edits.ts';
import { edit, freshTree, newRepository, put, read, regenerate, run } from './support.ts';
import { contentOf, edited, remembering, replace, withFiles } from './trees.ts';
import type { Edits } from './trees.ts';

const larger = { vcpu: 1 };
const [text, json] = ['gunicorn.conf.py', 'deploy/ecs/web.json'];
const mine: Edits = { ...edits, [text]: threads, [json]: replace('"cpu": "512"', '"cpu": "2048"') };
const conflicts = '.django-fargate/conflicts';

/** Files in conflict as the user has them, everything else brought up to date. */
async function keptTree(...files: readonly string[]): Promise<Tree> {
  const [before, fresh] = [edited(await freshTree(), mine), await freshTree(larger)];
  return edited(fresh, { ...mine, ...Object.fromEntries(files.map((file) => [file, () => contentOf(before, file)])) });
}

/** The new text, with both versions of the one place of conflict in it. */
async function textWithMarkers(): Promise<string> {
  const [last, fresh] = [contentOf(await freshTree(), text), contentOf(await freshTree(larger), text)];
  const place = (content: string): string => /# clamp\(.*\nthreads = .*\n/u.exec(content)?.[0] ?? '';
  const versions = `${place(threads(last))}||||||| last\n${place(last)}=======\n${place(fresh)}`;
  return fresh.replace(place(fresh), () => `<<<<<<< yours\n${versions}>>>>>>> next\n`);
}

describe('--on-conflict', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
    edit(folder, mine);
  });

  const onConflict = (choice: string) => ({ flags: { ...larger, 'on-conflict': choice } });

  it('abort: the same as nothing', async () => {
    const { message } = await regenerate(folder, onConflict('abort'), { code: 3 });
    assert.match(message, /^2 paths are in conflict/u);
  });

  it('a word that is none of them is refused', async () => {
    const { message } = await regenerate(folder, onConflict('ours'), { code: 2 });
    assert.match(message, /--on-conflict ours: .*allowed: abort, mine, theirs, sidecar, markers/u);
  });

  it('mine: everything else is brought up to date; the conflicts stay open', async () => {
    const tree = remembering(await keptTree(text, json), await freshTree(), text, json);
    await regenerate(folder, onConflict('mine'), { tree });
    const { message } = await regenerate(folder, {}, { code: 3 });
    assert.match(message, /^2 paths are in conflict/u);
  });

  it('theirs: the generator’s stands there', async () => {
    const fresh = await freshTree(larger);
    const taken = { [text]: (content: string) => content, [json]: (content: string) => content };
    await regenerate(folder, onConflict('theirs'), { tree: edited(fresh, { ...mine, ...taken }) });
  });

  it('sidecar: both stand side by side, and the working files stay valid', async () => {
    const [before, fresh] = [await freshTree(), await freshTree(larger)];
    const kept = remembering(await keptTree(text, json), before, text, json);
    const aside = withFiles(kept, {
      [`${conflicts}/.gitignore`]: '*\n',
      [`${conflicts}/${text}`]: contentOf(fresh, text),
      [`${conflicts}/${text}.markers`]: await textWithMarkers(),
      [`${conflicts}/${json}`]: contentOf(fresh, json),
    });
    const folders = [conflicts, `${conflicts}/deploy`, `${conflicts}/deploy/ecs`];
    const entries = folders.map((path) => [path, { type: 'folder', mode: '0755' }] as const);
    await regenerate(folder, onConflict('sidecar'), { tree: { ...aside, ...Object.fromEntries(entries) } });
    const { message } = await regenerate(folder, {}, { code: 3 });
    assert.match(message, /^2 paths are in conflict/u);
  });

  it('markers: only where the file can bear them, else nothing is written at all', async () => {
    const { message } = await regenerate(folder, onConflict('markers'), { code: 3 });
    assert.match(message, /^1 path is in conflict in .*; nothing was written:\n {2}deploy\/ecs\/web\.json\n/u);
  });

  it('markers: the next run refuses to go on until they are gone', async () => {
    put(folder, json, contentOf(await freshTree(), json));
    assert.equal((await run(folder, onConflict('markers'))).code, 0);
    assert.equal(read(folder, text), await textWithMarkers());
    const { message } = await regenerate(folder, {}, { code: 4 });
    assert.match(
      message,
      /^Conflict markers of an earlier run remain; nothing was written:\n {2}gunicorn\.conf\.py\n/u,
    );
    // Half resolved is not resolved.
    edit(folder, { [text]: replace('<<<<<<< yours\n', '') });
    await regenerate(folder, onConflict('theirs'), { code: 4 });
    const fresh = await freshTree(larger);
    put(folder, text, threads(contentOf(fresh, text).replace(/3\)$/mu, '2)')));
    const own = { ...mine, [json]: (content: string) => content };
    await regenerate(folder, {}, { tree: edited(fresh, { ...own, [text]: () => read(folder, text) }) });
  });
});
