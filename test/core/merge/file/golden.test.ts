import assert from 'node:assert/strict';
import path from 'node:path';
import * as fc from 'fast-check';
import { parse } from 'jsonc-parser';
import { mergeFile } from '../../../../core/merge/file/mergeFile.ts';
import { renderCase } from '../../../support/golden/golden.ts';
import { baselineFile } from '../../../support/golden/keep.ts';

const golden = { default: await renderCase('default'), large: await renderCase('large') };
const read = (example: keyof typeof golden, file: string): string => golden[example].get(file) ?? '';

/** What the same answers but for the sizes give; both have the project `shop`. */
const paths = [...golden.default.keys()].filter((file) => golden.large.has(file) && file !== baselineFile);
const changed = paths.filter((file) => read('default', file) !== read('large', file));

function merge(file: string, yours: string): string | undefined {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const [last, next] = [encode(read('default', file)), encode(read('large', file))];
  const result = mergeFile({ path: file, last, yours: encode(yours), next });
  return result.kind === 'merged' ? new TextDecoder().decode(result.bytes) : undefined;
}

describe('core/merge, whole golden repositories, from the default plan to the large one', function () {
  this.timeout(120_000);

  it('has files to merge of every type', () => {
    const types = new Set(changed.map((file) => path.extname(file)));
    for (const type of ['', '.json', '.yaml', '.toml', '.py', '.md']) assert(types.has(type), `none ends in ${type}`);
  });

  it('takes the new version of whatever the user left alone, also with other line ends', () => {
    for (const file of changed) {
      assert.equal(merge(file, read('default', file)), read('large', file), file);
      const crlf = (text: string): string => text.replaceAll('\n', '\r\n');
      assert.equal(merge(file, crlf(read('default', file))), crlf(read('large', file)), file);
    }
  });

  it('keeps a comment of the user wherever it stands, and nothing else is different', () => {
    let [merged, conflicts] = [0, 0];
    const property = fc.property(fc.constantFrom(...changed), fc.nat(), (file, at) => {
      const lines = read('default', file).split('\n');
      const comment = file.endsWith('.json') ? '// mine' : '# mine';
      const result = merge(file, lines.toSpliced(at % lines.length, 0, comment).join('\n'));
      if (result === undefined) conflicts += 1;
      else {
        merged += 1;
        const own = result.split('\n');
        assert(own.includes(comment), file);
        const [rest, expected] = [own.filter((line) => line !== comment).join('\n'), read('large', file)];
        // Where values are set into the user's JSON, they are laid out as the rest of it is.
        if (file.endsWith('.json')) assert.deepEqual(parse(rest) as unknown, parse(expected) as unknown, file);
        else assert.equal(rest, expected, file);
      }
    });
    fc.assert(property, { numRuns: 150 });
    assert(merged > 4 * conflicts, `${merged} merged, ${conflicts} conflicts`);
  });

  /** What users do to these files, and what must stand in the result. */
  const edits: readonly (readonly [string, string, string])[] = [
    ['deploy/ecs/web.json', '"environment": [\n', '"environment": [\n        { "name": "MINE", "value": "1" },\n'],
    ['deploy/ecs/web.json', '"value": "5432" },\n', '"value": "5432" }, { "name": "MINE", "value": "1" },\n'],
    ['deploy/ecs/web.json', '"softLimit": 65535', '"softLimit": 1024'],
    ['deploy/ecs/web.json', '"family": "shop-web",\n', '"family": "shop-web",\n  "pidMode": "task",\n'],
    ['compose.yaml', 'volumes:\n  db:\n', '  redis:\n    image: redis:8\n\nvolumes:\n  db:\n  redis:\n'],
    ['compose.yaml', '    retries: 3\n', '    retries: 30 # slow laptop\n'],
    ['compose.yaml', 'POSTGRES_PASSWORD: local-only\n', 'POSTGRES_PASSWORD: other\n      TZ: UTC\n'],
    ['pyproject.toml', 'line-length = 100\n', 'line-length = 88\n'],
    ['Makefile', '.PHONY', '# next\n.PHONY'],
  ];
  for (const [file, from, to] of edits) {
    it(`${file}: ${JSON.stringify(to)}`, () => {
      const [last, next] = [read('default', file), read('large', file)];
      assert(last.includes(from), 'nothing to edit');
      const result = merge(file, last.replace(from, to));
      assert.equal(result, next.replace(from, to));
    });
  }
});
