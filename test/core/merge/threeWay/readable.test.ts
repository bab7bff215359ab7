import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { readable, readableVersions } from '../../../../core/merge/threeWay/readable.ts';

describe('core/merge/threeWay/readable', () => {
  it('is on one line, cut, never empty', () => {
    assert.deepEqual(['a\n  b', '', ' \n'].map(readable), ['a b', 'nothing', 'blank']);
    assert.equal(readable('x'.repeat(100)), `${'x'.repeat(59)}…`);
  });

  const common = 'DATABASE_URL=postgresql://shop:secret@shop.abcdefghijkl.eu-central-1.rds.amazonaws.com:5432/shop';

  it('several versions are cut around what differs', () => {
    assert.deepEqual(readableVersions([`${common}?a=1`, `${common}?a=2`, `${common}?a=30`]), [
      '…5432/shop?a=1',
      '…5432/shop?a=2',
      '…5432/shop?a=30',
    ]);
    const ends = ['1', '2'].map((first) => `${first} ${common.slice(0, 57)}…`);
    assert.deepEqual(readableVersions([`1 ${common}`, `2 ${common}`]), ends);
    assert.deepEqual(readableVersions(['short', 'shorter', 'nothing']), ['short', 'shorter', 'nothing']);
  });

  it('differences at both ends are shown, with what lies between them cut', () => {
    const [one = '', two = '', three = ''] = readableVersions([`1${common}x`, `1${common}y`, `2${common}y`]);
    for (const shown of [one, two, three]) assert.match(shown, /^[12]DATABASE_URL=postgresql:[^…]+…[^…]{20,}[xy]$/u);
    assert.equal(new Set([one, two, three]).size, 3);
  });

  it('versions that differ on one line never look alike, and those that do not look the same', () => {
    const piece = fc.oneof(fc.string(), fc.constantFrom(common, `${common}${common}`, 'a', 'b', '…', '💥', 'nothing'));
    const text = fc.array(piece, { maxLength: 6 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, text, text, (...texts) => {
        const shown = readableVersions(texts);
        const oneLine = (each: string): string => each.replaceAll(/\s+/g, ' ').trim();
        for (const [one, other] of [
          [0, 1],
          [0, 2],
          [1, 2],
        ] as const) {
          const words = new Set(['nothing', 'blank']);
          if (words.has(shown[one] ?? '') || words.has(shown[other] ?? '')) continue;
          assert.equal(shown[one] === shown[other], oneLine(texts[one]) === oneLine(texts[other]));
        }
        for (const each of shown) assert(each !== '' && !/[\n\r]/u.test(each));
      }),
    );
  });
});
