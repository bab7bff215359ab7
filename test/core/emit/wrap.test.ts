import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { wrap } from '../../../core/emit/wrap.ts';

const sentence = fc
  .array(fc.stringMatching(/^[a-z0-9()=.,]{1,20}$/), { minLength: 1, maxLength: 40 })
  .map((words) => words.join(' '));

describe('core/emit/wrap', () => {
  const cases: readonly (readonly [string, number, readonly string[]])[] = [
    ['one', 10, ['one']],
    ['one two three', 7, ['one two', 'three']],
    ['one two three', 6, ['one', 'two', 'three']],
    ['one two', 7, ['one two']],
    ['a-word-that-is-too-long b', 5, ['a-word-that-is-too-long', 'b']],
    ['b a-word-that-is-too-long', 5, ['b', 'a-word-that-is-too-long']],
    ['', 5, ['']],
  ];
  for (const [text, width, lines] of cases) {
    it(`${JSON.stringify(text)} at ${width}`, () => {
      assert.deepEqual(wrap(text, width), lines);
    });
  }

  it('keeps every word in order and no line longer than the width, except for one long word', () => {
    fc.assert(
      fc.property(sentence, fc.integer({ min: 1, max: 100 }), (text, width) => {
        const lines = wrap(text, width);
        assert.equal(lines.join(' '), text);
        assert.ok(lines.every((line) => line.length <= width || !line.includes(' ')));
      }),
    );
  });

  it('fills every line: the next word would not have fitted', () => {
    fc.assert(
      fc.property(sentence, fc.integer({ min: 10, max: 100 }), (text, width) => {
        const lines = wrap(text, width);
        for (const [index, line] of lines.entries()) {
          const next = lines[index + 1]?.split(' ')[0];
          assert.ok(next === undefined || line.length + 1 + next.length > width);
        }
      }),
    );
  });
});
