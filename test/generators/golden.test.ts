import assert from 'node:assert/strict';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { goldenCases, keptName, readGolden, renderGolden } from '../support/golden.ts';
import { root } from '../support/paths.ts';
import { filesIn } from '../support/tree.ts';

const mend = 'when that is meant, "npm run golden" writes it';

describe('the golden repositories', () => {
  for (const example of goldenCases) {
    describe(example.name, () => {
      const golden = readGolden(example);
      let now: ReadonlyMap<string, string> = new Map();

      before(async () => {
        now = await renderGolden(example);
      });

      it('hold the files that are emitted', () => {
        assert.ok(golden.size > 0, `test/golden/${example.name} is empty: "npm run golden" writes it`);
        assert.deepEqual([...now.keys()], [...golden.keys()].toSorted());
      });

      for (const [file, text] of golden) {
        it(file, () => {
          assert.equal(now.get(file), text, `${file} is emitted otherwise now; ${mend}`);
        });
      }

      it('hold the hash of what they leave out, and no text twice', () => {
        const { files } = JSON.parse(golden.get('.django-fargate/baseline.json') ?? '{}') as {
          files: Record<string, { sha256: string; version: string; text?: string }>;
        };
        for (const file of ['requirements.txt', 'requirements-dev.txt']) {
          assert.ok(!golden.has(file));
          assert.match(files[file]?.sha256 ?? '', /^[0-9a-f]{64}$/u);
        }
        assert.ok(Object.values(files).every((entry) => entry.text === undefined && entry.version === 'VERSION'));
      });
    });
  }

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
