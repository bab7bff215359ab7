import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { goldenCases } from '../support/golden/cases.ts';
import { keptName, readGolden, renderGolden } from '../support/golden/golden.ts';
import { baselineFile, isLeftOut, isRuntime, keptOf, differencesOf, type Kept } from '../support/golden/keep.ts';
import { renderRepository, type Repository } from '../support/golden/render.ts';
import { root } from '../support/paths.ts';
import { filesIn } from '../support/tree.ts';

const mend = 'when that is meant, "npm run golden" writes it';

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');

describe('the golden repositories', () => {
  for (const example of goldenCases) {
    describe(example.name, () => {
      const golden = readGolden(example);
      let now: ReadonlyMap<string, string> = new Map();
      let repository: Repository = new Map();

      before(async () => {
        now = await renderGolden(example);
        repository = await renderRepository(example.flags);
      });

      it('hold the files that are emitted', () => {
        assert.ok(golden.size > 0, `test/golden/${example.name} is empty: "npm run golden" writes it`);
        assert.deepEqual([...now.keys()].toSorted(), [...golden.keys()].toSorted());
      });

      for (const [file, text] of golden) {
        it(file, () => {
          assert.equal(now.get(file), text, `${file} is emitted otherwise now; ${mend}`);
        });
      }

      it('record the hash and the text of what was written', () => {
        const { files } = JSON.parse(String(repository.get(baselineFile))) as {
          files: Record<string, { sha256: string; text?: string; policy: string }>;
        };
        const expected = [...repository.keys()].filter((file) => file !== baselineFile && file !== '.yo-rc.json');
        assert.deepEqual(Object.keys(files).toSorted(), expected.toSorted());
        for (const [file, entry] of Object.entries(files)) {
          const bytes = repository.get(file) ?? Buffer.from('');
          assert.equal(entry.sha256, sha256(bytes), file);
          if (entry.text !== undefined) assert.equal(entry.text, bytes.toString('utf8'), file);
        }
      });

      it('hold the hash of what they leave out, but of the runtime, which is written as it is here', () => {
        const runtime = path.join(root, 'runtime');
        const written = [...repository.keys()].filter(isRuntime);
        const files = existsSync(path.join(runtime, 'django_fargate'))
          ? filesIn(path.join(runtime, 'django_fargate'))
          : [];
        const own = files.map((file) => `django_fargate/${file}`).filter((file) => !file.includes('__pycache__'));
        assert.deepEqual(written, own.toSorted());
        for (const file of written) {
          assert.ok(repository.get(file)?.equals(readFileSync(path.join(runtime, file))), file);
        }
        const leftOut = [...repository.keys()].filter((file) => isLeftOut(file) && !isRuntime(file));
        assert.ok(leftOut.length >= 2);
        const { files: kept } = JSON.parse(now.get(baselineFile) ?? '{"files":{}}') as {
          files: Record<string, { sha256?: string }>;
        };
        if (example.from !== undefined) return;
        for (const [file, entry] of Object.entries(kept)) {
          const expected = leftOut.includes(file) ? sha256(repository.get(file) ?? Buffer.from('')) : undefined;
          assert.equal(entry.sha256, expected, file);
        }
      });
    });
  }

  it('differ by the name alone when the project has another name', async () => {
    const named = keptOf(await renderRepository({ 'project-name': 'corner_shop' }));
    /** Without what the length of a name moves: the ends of wrapped lines and the columns of tables. */
    const words = (text: string): string =>
      text
        .replaceAll(/corner[_-]shop/gu, 'shop')
        .replaceAll(/[#\s]+|-{3,}/gu, ' ')
        .replaceAll(/\| +/gu, '| ');
    const expected = keptOf(await renderRepository({}));
    assert.deepEqual(
      [...named.keys()].map((file) => file.replace('corner_shop', 'shop')).toSorted(),
      [...expected.keys()].toSorted(),
    );
    for (const [file, text] of named) {
      if (file === baselineFile) continue;
      assert.equal(words(text), words(expected.get(file.replace('corner_shop', 'shop')) ?? ''), file);
    }
  });

  it('change in one place with a sentence that all hold, and show whatever only one holds', async () => {
    const [from, now] = [await renderRepository({}), await renderRepository({ vcpu: '4' })].map(keptOf);
    assert.ok(from !== undefined && now !== undefined);
    const replace = (files: Kept, was: RegExp | string, is: string): Kept => {
      const changed = new Map([...files].map(([file, text]) => [file, text.replaceAll(was, is)]));
      assert.notDeepEqual(changed, files, `${was} is nowhere`);
      return changed;
    };
    const kept = differencesOf(from, now);
    // The end of a reason whose numbers differ; it is wrapped in one file and a row of a table in another.
    const [was, is] = [/never(\s+# |\s+)cpu_count\(\)/gu, 'and never$1the number of CPUs that Python sees'] as const;
    assert.deepEqual(differencesOf(replace(from, was, is), replace(now, was, is)), kept);
    assert.notDeepEqual(differencesOf(from, replace(now, was, is)), kept);
    assert.notDeepEqual(differencesOf(from, replace(now, 'SLOTS = ', 'SLOTS  = ')), kept);
    assert.notDeepEqual(differencesOf(from, replace(now, '    raise ', '        raise ')), kept);
  });

  it('are the ones of the list, and hide nothing from git', () => {
    const folder = path.join(root, 'test', 'golden');
    assert.deepEqual(readdirSync(folder).toSorted(), goldenCases.map(({ name }) => name).toSorted());
    for (const file of filesIn(folder)) {
      assert.ok(
        file.split('/').every((segment) => !segment.startsWith('.')),
        `${file} could take effect here`,
      );
    }
    assert.equal(keptName('.github/workflows/.x'), 'dot-github/workflows/dot-x');
  });
});
