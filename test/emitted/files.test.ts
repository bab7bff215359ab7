import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parseAllDocuments } from 'yaml';
import { cloudFormationTags } from '../support/cloudFormation.ts';
import { emittedCases, pipelineFiles, projectOf, readEmitted, repositoryOf } from '../support/emit.ts';
import { filesIn } from '../support/tree.ts';

const options = { customTags: [...cloudFormationTags], merge: true, uniqueKeys: true };

/** Parsers by file name; Python is parsed by Python, in python.test.ts. */
const parsers: readonly (readonly [name: RegExp, parse: (text: string) => void])[] = [
  [/\.json$|\.yo-rc\.json$/u, (text) => void JSON.parse(text)],
  [/\.toml$/u, (text) => void parseToml(text)],
  [
    /\.ya?ml$/u,
    (text) => {
      for (const document of parseAllDocuments(text, options)) {
        assert.deepEqual([...document.errors, ...document.warnings], []);
      }
    },
  ],
];

describe('the emitted files of a pipeline', function () {
  this.timeout(120_000);

  for (const example of emittedCases) {
    it(`${example.name}: only the chosen provider's`, async () => {
      const repository = await repositoryOf(example);
      assert.deepEqual(
        pipelineFiles.filter((file) => existsSync(path.join(repository, file))),
        example.ci,
      );
    });
  }
});

describe('the emitted data files', function () {
  this.timeout(120_000);

  for (const example of emittedCases) {
    it(`${example.name}: each parses`, async () => {
      const repository = await repositoryOf(example);
      const seen = new Set<RegExp>();
      for (const file of filesIn(repository)) {
        for (const [name, parse] of parsers.filter(([pattern]) => pattern.test(file))) {
          seen.add(name);
          assert.doesNotThrow(() => parse(readEmitted(repository, file)), file);
        }
      }
      assert.equal(seen.size, parsers.length, 'a kind of file is missing');
    });
  }

  it('would not, were they broken', () => {
    const broken = ['{"a": 1,}', 'a = ', 'a: 1\na: 2\n'];
    for (const [i, [, parse]] of parsers.entries()) {
      assert.throws(() => parse(broken[i] ?? ''));
    }
  });
});

describe('the files that an emitted text names', function () {
  this.timeout(120_000);
  const named = /(?<![\w./$}-])(?:[a-z_][\w-]*\/)+[a-z_\d][\w-]*\.(?:py|md|json|yaml|ini|txt)\b/gu;

  for (const example of emittedCases) {
    it(`${example.name}: are there`, async () => {
      const repository = await repositoryOf(example);
      const texts = filesIn(repository).filter((file) => /\.(?:py|md|toml|ya?ml|example)$|file$/u.test(file));
      const missing = texts.flatMap((file) => {
        const folders = ['.', projectOf(repository), path.dirname(file)];
        return [...readEmitted(repository, file).matchAll(named)]
          .filter(([name]) => !folders.some((folder) => existsSync(path.join(repository, folder, name))))
          .map(([name]) => `${file}: ${name}`);
      });
      assert.deepEqual(missing, []);
    });
  }
});
