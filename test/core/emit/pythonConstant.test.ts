import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { pythonConstant } from '../../../core/emit/pythonConstant.ts';

const label = (letter: string, length: number): string => letter.repeat(length);

describe('pythonConstant', () => {
  it('is one line where that has 100 columns or fewer', () => {
    assert.deepEqual(pythonConstant('DOMAIN', ''), ['DOMAIN = ""']);
    const longest = `${label('a', 63)}.${label('b', 25)}`;
    assert.deepEqual(pythonConstant('DOMAIN', longest), [`DOMAIN = "${longest}"`]);
    assert.equal(`DOMAIN = "${longest}"`.length, 100);
  });

  it('is cut behind dots where it is longer, as few times as possible', () => {
    const [a, b, c] = [label('a', 63), label('b', 63), label('c', 20)];
    assert.deepEqual(pythonConstant('DOMAIN', `${a}.${b}.${c}`), ['DOMAIN = (', `    "${a}."`, `    "${b}.${c}"`, ')']);
  });

  it('keeps the domain and 100 columns, whatever the domain', () => {
    const labels = fc.array(fc.stringMatching(/^[a-z0-9]{1,63}$/), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(labels, (some) => {
        const lines = pythonConstant('DOMAIN', some.join('.'));
        assert.ok(lines.every((line) => line.length <= 100));
        const pieces = lines.flatMap((line) => /"(.*)"/.exec(line)?.[1] ?? []);
        assert.equal(pieces.join(''), some.join('.'));
      }),
    );
  });
});
