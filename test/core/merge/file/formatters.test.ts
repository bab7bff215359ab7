import assert from 'node:assert/strict';
import path from 'node:path';
import { format as oxfmt } from 'oxfmt';
import { parseDocument } from 'yaml';
import { mergeFile } from '../../../../core/merge/file/mergeFile.ts';
import { renderCase } from '../../../support/golden/golden.ts';

const golden = { default: await renderCase('default'), large: await renderCase('large') };
const read = (example: keyof typeof golden, file: string): string => golden[example].get(file) ?? '';

type Formatter = (text: string, file: string) => string | Promise<string>;

/** oxfmt prints YAML, Markdown and JSON with prettier's own printers. */
const prettier =
  (printWidth: number): Formatter =>
  async (text, file) => {
    const { code, errors } = await oxfmt(path.basename(file), text, { printWidth, singleQuote: printWidth < 100 });
    assert.deepEqual(errors, [], file);
    return code;
  };

/** As yamlfmt and others: lists at the indentation of their key, no blank lines, scalars quoted and folded anew. */
const yamlFormatter: Formatter = (text) =>
  parseDocument(text)
    .toString({ indent: 4, indentSeq: false, lineWidth: 60, singleQuote: true })
    .replaceAll(/\n{2,}(?= {0,4}[^ ])/g, '\n');

const formatters: Readonly<Record<string, Formatter>> = {
  'prettier, 80 columns': prettier(80),
  'prettier, 120 columns': prettier(120),
  'a formatter of YAML': yamlFormatter,
};

/** What the same answers but for the sizes give. */
const changed = [...golden.default.keys()].filter(
  (file) =>
    /\.(?:ya?ml|md|json)$/.test(file) && golden.large.has(file) && read('default', file) !== read('large', file),
);

async function merge(file: string, yours: string): Promise<string> {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  const [last, next] = [encode(read('default', file)), encode(read('large', file))];
  const result = mergeFile({ path: file, last, yours: encode(yours), next });
  assert(result.kind === 'merged', `${file}: ${JSON.stringify(result, undefined, 1)}`);
  return new TextDecoder().decode(result.bytes);
}

describe('core/merge, after a formatter ran over a golden repository: values and their reasons are the new ones', function () {
  this.timeout(120_000);
  for (const [name, formatter] of Object.entries(formatters)) {
    for (const file of changed) {
      if (formatter === yamlFormatter && !/\.ya?ml$/.test(file)) continue;
      it(`${name}: ${file}`, async () => {
        const result = await merge(file, await formatter(read('default', file), file));
        assert.equal(await formatter(result, file), await formatter(read('large', file), file));
      });
    }
  }
});
