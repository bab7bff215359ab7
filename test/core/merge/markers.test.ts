import assert from 'node:assert/strict';
import { hasMarkers } from '../../../core/merge/hasMarkers.ts';
import { mergeText } from '../../../core/merge/mergeText.ts';
import type { Three } from '../../../core/merge/types.ts';
import { writeMarkers } from '../../../core/merge/writeMarkers.ts';

function written(three: Three<string>): string {
  const merge = mergeText(three);
  assert(merge.kind === 'conflict');
  return writeMarkers(merge);
}

describe('core/merge/hasMarkers', () => {
  const texts: readonly (readonly [string, boolean])[] = [
    ['a\n<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n', true],
    ['a\r\n<<<<<<< HEAD\r\nb\r\n', true],
    ['<<<<<<<', true],
    ['a\n>>>>>>> main', true],
    ['<<<<<<<<<< longer\n', true],
    ['Heading\n=======\n', false],
    ['||||||| table\n', false],
    [' <<<<<<< indented\n', false],
    ['<<<<<<\n', false],
    ['cat <<<<<<<here\n', false],
    ['<<<<<<<here\n', false],
    ['', false],
  ];
  for (const [text, expected] of texts) {
    it(`${expected ? 'in' : 'not in'} ${JSON.stringify(text)}`, () => {
      assert.equal(hasMarkers(text), expected);
    });
  }
});

describe('core/merge/writeMarkers', () => {
  it('shows all three versions of each conflict, and merges the rest', () => {
    const text = written({
      base: 'a\nb\nc\nd\ne\n',
      yours: 'a\nB\nc\nd\ne\n',
      ours: 'a\nß\nc\nd\nE\n',
    });
    assert.equal(text, 'a\n<<<<<<< yours\nB\n||||||| last generated\nb\n=======\nß\n>>>>>>> new\nc\nd\nE\n');
    assert(hasMarkers(text));
  });

  it('keeps the line ends and the byte order mark of yours, and ends the last line', () => {
    const text = written({ base: 'a\nb', yours: '\uFEFFa\r\nB', ours: 'a\nc' });
    const lines = ['\uFEFFa', '<<<<<<< yours', 'B', '||||||| last generated', 'b', '=======', 'c', '>>>>>>> new', ''];
    assert.equal(text, lines.join('\r\n'));
  });

  it('makes markers longer than any line that looks like one', () => {
    const text = written({
      base: 'Title\n=======\na\n',
      yours: 'Title\n=======\nb\n',
      ours: 'Title\n=======\n|||||||||c\n',
    });
    assert.equal(
      text,
      [
        'Title',
        '=======',
        `${'<'.repeat(10)} yours`,
        'b',
        `${'|'.repeat(10)} last generated`,
        'a',
        '='.repeat(10),
        '|||||||||c',
        `${'>'.repeat(10)} new`,
        '',
      ].join('\n'),
    );
  });
});
