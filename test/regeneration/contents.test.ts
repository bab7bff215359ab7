import assert from 'node:assert/strict';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import type { EmittedFile } from '../../core/emit/types.ts';
import type { Tree } from '../disk/tree.ts';
import { edits } from './edits.ts';
import { changing, edit, freshTree, newRepository, newer, put, read, regenerate, run, treeOf } from './support.ts';
import { contentOf, edited, entryOf, remembering, replace, withEntries, withFiles } from './trees.ts';
import type { Edits } from './trees.ts';

const larger = { vcpu: 1 };
const sized = ['gunicorn.conf.py', 'deploy/ecs/web.json', 'deploy/sizing.json', 'README.md'] as const;
const toCrlf = (text: string): string => text.replaceAll(/\r?\n/gu, '\r\n');
const baselinePath = '.django-fargate/baseline.json';
const byteOrderMark = '\u00EF\u00BB\u00BF';

describe('what stands in the files', function () {
  this.timeout(120_000);
  let folder: string;

  beforeEach(async () => {
    folder = await newRepository();
  });

  describe('case 22: binary', () => {
    const file = 'django_fargate/certs/rds-global-bundle.pem';
    const theirs: Edits = { [file]: (text) => `${text}theirs\u0000` };
    const mine: Edits = { [file]: () => '\u0000\u00FFmine' };

    it('replaced by both: kept, a conflict', async () => {
      const release = await newer('0.2.0', changing(theirs));
      edit(folder, mine);
      const { message } = await regenerate(folder, { release }, { code: 3 });
      assert.match(
        message,
        /^ {2}django_fargate\/certs\/rds-global-bundle\.pem: is not text, and both you and the generator changed it$/mu,
      );
      const markers = await regenerate(folder, { release, flags: { 'on-conflict': 'markers' } }, { code: 3 });
      assert.match(markers.message, /rds-global-bundle\.pem/u);
    });

    it('the generator’s lies beside it when asked for', async () => {
      const release = await newer('0.2.0', changing(theirs));
      edit(folder, mine);
      const fresh = await freshTree({}, release);
      const aside = `.django-fargate/conflicts/${file}`;
      const folders = ['', '/django_fargate', '/django_fargate/certs'].map(
        (name) => `.django-fargate/conflicts${name}`,
      );
      const tree = withFiles(remembering(edited(fresh, mine), await freshTree(), file), {
        [aside]: contentOf(fresh, file),
        '.django-fargate/conflicts/.gitignore': '*\n',
      });
      const made = Object.fromEntries(folders.map((name) => [name, { type: 'folder', mode: '0755' }])) as Tree;
      await regenerate(folder, { release, flags: { 'on-conflict': 'sidecar' } }, { tree: { ...tree, ...made } });
    });

    it('replaced by one side: that one stands there', async () => {
      const release = await newer('0.2.0', changing(theirs));
      await regenerate(folder, { release }, { tree: await freshTree({}, release) });
      edit(folder, mine);
      await regenerate(folder, { release, flags: larger }, { tree: edited(await freshTree(larger, release), mine) });
    });
  });

  describe('case 23: no text any more', () => {
    for (const [name, bytes] of [
      ['latin-1', '# Gr\u00FC\u00DFe\n'],
      ['a NUL', '# \u0000\n'],
      ['half a character', '# \u00E2\u0082\n'],
    ] as const) {
      it(`${name}: a conflict where the generator has a change, else kept, and never replaced`, async () => {
        const own: Edits = { 'gunicorn.conf.py': (text) => text + bytes, Makefile: (text) => bytes + text };
        edit(folder, own);
        const { message } = await regenerate(folder, { flags: larger }, { code: 3 });
        assert.match(
          message,
          /^1 path is in conflict .*\n {2}gunicorn\.conf\.py: is not text, and both you and the generator changed it$/mu,
        );
        const [before, fresh] = [await freshTree(), await freshTree(larger)];
        const kept = { ...own, 'gunicorn.conf.py': () => contentOf(before, 'gunicorn.conf.py') + bytes };
        const tree = remembering(edited(fresh, kept), before, 'gunicorn.conf.py');
        await regenerate(folder, { flags: { ...larger, 'on-conflict': 'mine' } }, { tree });
      });
    }
  });

  describe('case 24: CRLF', () => {
    /** As a checkout with `core.autocrlf` leaves it: every text file, the baseline and the answers too. */
    const everywhere = (tree: Tree): Tree => {
      const texts = Object.keys(tree).filter((file) => tree[file]?.type === 'file');
      return edited(tree, Object.fromEntries(texts.map((file) => [file, toCrlf])));
    };
    const write = (tree: Tree): void => {
      for (const [file, entry] of Object.entries(tree)) if (entry.type === 'file') put(folder, file, entry.content);
    };

    it('in edited files: merged, CRLF stays, and no line is taken for an edit', async () => {
      const own: Edits = Object.fromEntries(
        Object.entries(edits).map(([file, change]) => [file, (text) => toCrlf(change(text))]),
      );
      edit(folder, own);
      const flags = { ...larger, 'rds-class': 'db.m7g.large' };
      const { stdout } = await regenerate(folder, { flags }, { tree: edited(await freshTree(flags), own) });
      assert.match(stdout, /^ {2}M gunicorn\.conf\.py {2}merge: \d hunks of the generator; your 4 lines kept$/mu);
    });

    it('everywhere: what nobody edited is still nobody’s edit', async () => {
      const before = await freshTree();
      write(everywhere(before));
      const remembered = { [baselinePath]: contentOf(before, baselinePath) };
      await regenerate(folder, {}, { tree: withFiles(everywhere(before), remembered) });
      edit(folder, { Makefile: (text) => `${text}# mine\r\n` });
      const lf = await freshTree(larger);
      const crlf = edited(everywhere(lf), { Makefile: (text) => `${text}# mine\r\n` });
      const tree = withFiles(crlf, { [baselinePath]: contentOf(lf, baselinePath) });
      const { stdout } = await regenerate(folder, { flags: larger }, { tree });
      assert.doesNotMatch(stdout, /to merge|in conflict/u);
    });

    it('everywhere: locks are replaced, and what goes is deleted, as nobody edited them', async () => {
      write(everywhere(await freshTree()));
      const flags = { broker: 'sqs', static: 's3' };
      const { stdout, code } = await run(folder, { flags });
      assert.equal(code, 0, stdout);
      assert.doesNotMatch(stdout, /you edited it|to merge|kept as yours|lines? kept/u);
      for (const lock of ['requirements.txt', 'requirements-dev.txt']) {
        assert.equal(read(folder, lock), toCrlf(contentOf(await freshTree(flags), lock)));
      }
      const back = await run(folder, { flags: { broker: 'none', static: 'whitenoise' } });
      assert.equal(back.code, 0, back.stdout);
      const left = await treeOf(folder);
      const before = everywhere(await freshTree());
      assert.deepEqual(Object.keys(left).toSorted(), Object.keys(before).toSorted());
      for (const lock of ['requirements.txt', 'requirements-dev.txt']) {
        assert.equal(contentOf(left, lock), contentOf(before, lock));
      }
    });

    it('in some lines only: each keeps its own', async () => {
      const own: Edits = { 'gunicorn.conf.py': replace('preload_app = True\n', 'preload_app = True\r\n') };
      edit(folder, own);
      await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), own) });
    });
  });

  it('case 26: a byte order mark stays', async () => {
    const own: Edits = Object.fromEntries(sized.map((file) => [file, (text) => byteOrderMark + text]));
    edit(folder, own);
    await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), own) });
  });

  describe('case 27: the final newline', () => {
    const without = (text: string): string => text.replace(/\n+$/u, '');

    it('taken away by the user stays away, and is no conflict', async () => {
      const own: Edits = Object.fromEntries(sized.map((file) => [file, without]));
      edit(folder, own);
      await regenerate(folder, { flags: larger }, { tree: edited(await freshTree(larger), own) });
    });

    it('added by the generator is added, with the edits kept', async () => {
      const bare = Object.fromEntries(Object.keys(edits).map((file) => [file, without]));
      const older = await newer('0.2.0', changing(bare));
      await regenerate(folder, { release: older }, { tree: await freshTree({}, older) });
      const { Makefile: target = without, 'pyproject.toml': rule = without } = edits;
      const own: Edits = { Makefile: target, 'pyproject.toml': rule };
      edit(folder, own);
      const newest = await newer('0.3.0', (files) => files);
      await regenerate(folder, { release: newest }, { tree: edited(await freshTree({}, newest), own) });
    });
  });

  describe('case 28: the executable bit', () => {
    const [hooked, script] = ['gunicorn.conf.py', 'manage.py'];
    const withMode = (tree: Tree, file: string, octal: string): Tree => ({
      ...tree,
      [file]: { ...tree[file], mode: octal } as Tree[string],
    });
    const executable =
      (file: string, is: boolean) =>
      (files: readonly EmittedFile[]): readonly EmittedFile[] =>
        files.map((rendered) => (rendered.path === file ? { ...rendered, executable: is } : rendered));

    it('set by the user stays, also when the content changes', async () => {
      chmodSync(path.join(folder, hooked), 0o750);
      await regenerate(folder, { flags: larger }, { tree: withMode(await freshTree(larger), hooked, '0750') });
    });

    it('taken away by the user stays away', async () => {
      chmodSync(path.join(folder, script), 0o644);
      const release = await newer('0.2.0', changing({ [script]: (text) => `${text}# 2\n` }));
      await regenerate(folder, { release }, { tree: withMode(await freshTree({}, release), script, '0644') });
    });

    it('set by the generator is set, also when the content is the same, edited or not', async () => {
      chmodSync(path.join(folder, 'Makefile'), 0o640);
      const own: Edits = { Makefile: (text) => `${text}# mine\n` };
      edit(folder, own);
      const release = await newer('0.2.0', (files) => executable('Makefile', true)(executable(hooked, true)(files)));
      const fresh = withMode(edited(await freshTree({}, release), own), 'Makefile', '0750');
      const entry = { ...entryOf(await freshTree(), 'Makefile'), exec: true };
      assert.deepEqual(fresh[hooked]?.type === 'file' && fresh[hooked].mode, '0755');
      await regenerate(folder, { release }, { tree: withEntries(fresh, { Makefile: entry }) });
    });

    it('taken away by the generator goes, and set by both is no conflict', async () => {
      chmodSync(path.join(folder, hooked), 0o755);
      const release = await newer('0.2.0', (files) => executable(script, false)(executable(hooked, true)(files)));
      const fresh = await freshTree({}, release);
      assert.deepEqual(fresh[script]?.type === 'file' && fresh[script].mode, '0644');
      await regenerate(folder, { release }, { tree: fresh });
    });
  });
});
