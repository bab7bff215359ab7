import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mergeFile } from '../../../../core/merge/file/mergeFile.ts';
import { stringLines } from '../../../../core/formats/python/stringLines.ts';

type Content = readonly [string, string, string];

/** A module with a string of three lines. */
function around(opening: string, [first, inner, last]: Content): string {
  return `A = 1\nQ = ${opening}${first}\n${inner}\n${last}${opening.slice(-3)}\nB = 2\n`;
}

function merge(last: string, yours: string, next: string): ReturnType<typeof mergeFile> {
  const encode = (text: string): Uint8Array => new TextEncoder().encode(text);
  return mergeFile({ path: 'shop/queries.py', last: encode(last), yours: encode(yours), next: encode(next) });
}

describe('core/formats/python/stringLines', () => {
  it('are those of every string that has a line break', () => {
    const text = 'A = "a"\nB = """b"""\nC = f"""\n{c}\n"""\nD = 1\nE = [\n"e \\\ne", """\nf"""]\nG = (\n1)\n';
    for (const written of [text, `\uFEFF${text}`, text.replaceAll('\n', '\r\n')]) {
      assert.deepEqual([...stringLines(written)], [2, 3, 4, 7, 8, 9]);
    }
  });

  const content: Content = ['a  b', "it's  c", 'd, )'];
  const changes = [
    ['on its first line', 'a  b', 'a b'],
    ['in its middle', "it's  c", "it's c"],
    ['on its last line', 'd, )', 'd )'],
  ] as const;
  for (const opening of ['"""', "'''", 'f"""', "rb'''"]) {
    const text = around(opening, content);
    for (const [where, before, after] of changes) {
      it(`${opening} ${where}: blanks are no layout`, () => {
        for (const mark of ['', '\uFEFF']) {
          const [last, own] = [mark + text, mark + text.replace(before, after)];
          const other = mark + text.replace(before, `of next ${before}`);
          assert.equal(merge(last, own, other).kind, 'conflict');
          assert.equal(merge(last, other, own).kind, 'conflict');
        }
      });
    }
    it(`${opening}: beside it they are`, () => {
      const result = merge(text, text.replace('B = 2', 'B=2'), text.replace('B = 2', 'B = 3'));
      assert(result.kind === 'merged', JSON.stringify(result));
      assert.match(new TextDecoder().decode(result.bytes), /^B = 3$/mu);
    });
  }

  it('no edit inside a string is lost, whatever its blanks and marks', () => {
    const line = fc.stringMatching(/^[a-c ,()#]{1,8}$/u);
    fc.assert(
      fc.property(fc.tuple(line, line, line), line, fc.nat(2), (last, changed, at) => {
        const next = last.with(at, `${last[at]} next`) as [string, string, string];
        const yours = last.with(at, changed) as [string, string, string];
        fc.pre(changed !== last[at] && changed !== next[at]);
        const texts = [last, yours, next].map((one) => around('"""', one)) as [string, string, string];
        assert.equal(merge(...texts).kind, 'conflict');
      }),
      { numRuns: 100 },
    );
  });
});
