import assert from 'node:assert/strict';
import { promises } from 'node:fs';
import { join } from 'node:path';
import * as fc from 'fast-check';
import { UserError } from '../../../core/errors.ts';
import { jsonFault } from '../../../disk/read/jsonFault.ts';
import { largestJsonBytes, readJsonFile, readJsonFileSync } from '../../../disk/read/readJson.ts';
import { asOrdinaryUser } from '../ordinaryUser.ts';
import { inTemporaryFolder, writeTree } from '../tree.ts';
import type { Sapling } from '../tree.ts';

const refused: readonly (readonly [title: string, file: Sapling, message: RegExp])[] = [
  ['a bare word', '{\n  "vcpu": abc\n}\n', /answers\.json is not JSON: line 2, column 11: expected a value, found "a"/],
  ['a trailing comma', '{"vcpu": 1,}', /line 1, column 12: expected a name in double quotes, found "}"/],
  ['an end that is missing', '{"vcpu": [1', /line 1, column 12: expected "," or "\]", found the end/],
  ['a comment', '{\r\n// vcpu\r\n}', /line 2, column 1: expected a name in double quotes, found "\/"/],
  ['single quotes', "{'vcpu': 1}", /line 1, column 2: expected a name/],
  ['two values', '{} {}', /line 1, column 4: expected nothing more, found "{"/],
  [
    'a line break in a text',
    '{"a": "x\ny"}',
    /line 1, column 9: expected the rest of a text in double quotes, found "\\n"/,
  ],
  ['an emoji', '[\u{1F600}]', /column 2: expected a value, found "\u{1F600}"/u],
  ['no content', '', /is empty, not JSON\. Write \{\} into it/],
  ['only blanks', ' \n', /is empty, not JSON/],
  ['markers of a merge', '{\n<<<<<<< HEAD\n"a": 1\n=======\n"a": 2\n>>>>>>> x\n}', /unfinished merge \(line 2\)/],
  ['latin-1', Uint8Array.of(0x22, 0xe9, 0x22), /is not UTF-8 text/],
  ['UTF-16', Uint8Array.of(0xff, 0xfe, 0x7b, 0x00), /is not UTF-8 text/],
  ['a folder', { folder: true }, /is not a regular file/],
  ['a device', { link: '/dev/zero' }, /is not a regular file/],
  ['a link to itself', { link: 'answers.json' }, /Cannot read .*answers\.json \(ELOOP\)/],
];

describe('readJsonFile', () => {
  for (const [title, file, message] of refused) {
    it(`refuses ${title}`, () =>
      inTemporaryFolder(async (folder) => {
        await writeTree(folder, { 'answers.json': file });
        await assert.rejects(readJsonFile(join(folder, 'answers.json')), (error) => {
          assert(error instanceof UserError, String(error));
          assert.match(error.message, message);
          assert(error.message.includes(join(folder, 'answers.json')));
          return error.exitCode === 2;
        });
      }));
  }

  it('gives undefined for what is not there', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { file: '' });
      assert.equal(await readJsonFile(join(folder, 'answers.json')), undefined);
      assert.equal(readJsonFileSync(join(folder, 'file/answers.json')), undefined);
    }));

  it('gives the value, also after a byte order mark', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a.json': '\uFEFF{"a": [1, "é"]}\r\n', 'b.json': 'null' });
      assert.deepEqual(await readJsonFile(join(folder, 'a.json')), { a: [1, 'é'] });
      assert.equal(readJsonFileSync(join(folder, 'b.json')), null);
    }));

  it('refuses a file that is too large without reading it', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a.json': '' });
      await promises.truncate(join(folder, 'a.json'), largestJsonBytes + 1);
      await assert.rejects(readJsonFile(join(folder, 'a.json')), /larger than 4 MiB \(4194305 bytes\)/);
    }));

  it('tells an ordinary user what cannot be read', () =>
    inTemporaryFolder(async (folder) => {
      await writeTree(folder, { 'a.json': { content: '{}', mode: 0o000 } });
      await asOrdinaryUser(() =>
        assert.rejects(readJsonFile(join(folder, 'a.json')), /Cannot read .*a\.json \(EACCES\)/),
      );
    }));
});

describe('jsonFault', () => {
  const parses = (text: string): boolean => {
    try {
      JSON.parse(text);
      return true;
    } catch {
      return false;
    }
  };

  it('agrees with JSON.parse on what is whole and what is not', () => {
    const damaged = fc
      .tuple(
        fc.json(),
        fc.nat(),
        fc.constantFrom('', ',', '}', ']', '"', '\\', 'x', '1', '-', '.', 'e', '0', '\n', '\u0000', ' '),
        fc.nat(2),
      )
      .map(([text, at, piece, length]) => {
        const start = at % (text.length + 1);
        return text.slice(0, start) + piece + text.slice(start + length);
      });
    fc.assert(
      fc.property(damaged, (text) => {
        const { offset, expected } = jsonFault(text);
        const isWhole = offset === text.length && expected === 'nothing more';
        assert.equal(isWhole, parses(text), `${offset}: ${expected}`);
      }),
      { numRuns: 3000 },
    );
  });

  it('names the first place at which no JSON can go on', () => {
    const brokenAt = (text: string): number => jsonFault(text).offset;
    assert.deepEqual(
      ['{"a" 1}', '[1 2]', '[01]', '[1.]', '["\\x"]', '["a', '{"a":}', '[,1]', ']', '{]'].map(brokenAt),
      [5, 3, 1, 1, 2, 3, 5, 1, 0, 1],
    );
  });

  it('stands any depth and any length', () => {
    assert.equal(jsonFault('['.repeat(200_000)).offset, 200_000);
    assert.equal(jsonFault(`"${'a\\n'.repeat(500_000)}`).offset, 1_500_001);
  });
});
