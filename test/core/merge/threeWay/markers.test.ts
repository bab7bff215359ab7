import assert from 'node:assert/strict';
import { findUnfinishedMerge, hasOwnMarkers } from '../../../../core/merge/threeWay/markers.ts';
import { mergeText } from '../../../../core/merge/threeWay/mergeText.ts';
import type { Three } from '../../../../core/three.ts';
import { writeMarkers } from '../../../../core/merge/threeWay/writeMarkers.ts';

function written(three: Three<string>): string {
  const merge = mergeText(three);
  assert(merge.kind === 'conflict');
  return writeMarkers(merge);
}

const triple = '<<<<<<< HEAD\nb\n=======\nc\n>>>>>>> main\n';

describe('core/merge/threeWay/findUnfinishedMerge', () => {
  const texts: readonly (readonly [name: string, text: string, line: number | undefined])[] = [
    ['makefile', `a\n${triple}`, 2],
    ['makefile', `a\r\n${triple.replaceAll('\n', '\r\n')}`, 2],
    ['makefile', `<<<<<<< HEAD\nb\n||||||| last\na\n=======\nc\n>>>>>>>`, 1],
    ['makefile', '<<<<<<<<<\nb\n=========\nc\n>>>>>>>>>\n', 1],
    ['makefile', 'a\n<<<<<<< yours\n', 2],
    ['makefile', 'a\n||||||||| last\n', 2],
    ['makefile', 'a\n>>>>>>> next', 2],
    // As 0.1.0 wrote them.
    ['makefile', 'a\n||||||||| last generated\n', 2],
    ['makefile', 'a\n>>>>>>> new', 2],
    ['makefile', 'a\n>>>>>>> newer', undefined],
    ['readme.md', `\`\`\`sh\na\n\`\`\`\n${triple}`, 4],
    ['gunicorn.conf.py', `a = 1\n${triple}`, 2],
    ['gunicorn.conf.py', `def f():\n    a = 1\n${triple}`, 3],
    ['readme.md', `To settle it:\n\n\`\`\`text\n${triple}\`\`\`\n`, undefined],
    ['readme.md', `~~~~\n~~~\n${triple}~~~~~\n`, undefined],
    ['readme.md', '```text\n<<<<<<< yours\n```\n', undefined],
    ['readme.md', '<<<<<<< HEAD\n\nis what git writes.\n', undefined],
    ['gunicorn.conf.py', `"""Resolves\n\n${triple}"""\n`, undefined],
    ['makefile', '<<<<<<< HEAD\nb\n=========\nc\n>>>>>>> main\n', undefined],
    ['makefile', 'Heading\n=======\n', undefined],
    ['makefile', '||||||| table\n', undefined],
    ['makefile', triple.replaceAll(/^/gmu, ' '), undefined],
    ['makefile', '', undefined],
  ];
  for (const [name, text, line] of texts) {
    it(`${line === undefined ? 'not in' : `line ${line} of`} ${name}: ${JSON.stringify(text)}`, () => {
      assert.equal(findUnfinishedMerge(name, text, 'a\n'), line);
    });
  }

  it('not where the generator wrote the same lines', () => {
    assert.equal(findUnfinishedMerge('makefile', `mine\n${triple}`, triple), undefined);
  });
});

describe('core/merge/threeWay/writeMarkers', () => {
  it('shows all three versions of each conflict, and merges the rest', () => {
    const text = written({
      last: 'a\nb\nc\nd\ne\n',
      yours: 'a\nB\nc\nd\ne\n',
      next: 'a\nß\nc\nd\nE\n',
    });
    assert.equal(text, 'a\n<<<<<<< yours\nB\n||||||| last\nb\n=======\nß\n>>>>>>> next\nc\nd\nE\n');
    assert(hasOwnMarkers(text));
  });

  it('keeps the line ends and the byte order mark of yours, and ends the last line', () => {
    const text = written({ last: 'a\nb', yours: '\uFEFFa\r\nB', next: 'a\nc' });
    const lines = ['\uFEFFa', '<<<<<<< yours', 'B', '||||||| last', 'b', '=======', 'c', '>>>>>>> next', ''];
    assert.equal(text, lines.join('\r\n'));
  });

  it('makes markers longer than any line that looks like one', () => {
    const text = written({
      last: 'Title\n=======\na\n',
      yours: 'Title\n=======\nb\n',
      next: 'Title\n=======\n|||||||||c\n',
    });
    assert.equal(
      text,
      [
        'Title',
        '=======',
        `${'<'.repeat(10)} yours`,
        'b',
        `${'|'.repeat(10)} last`,
        'a',
        '='.repeat(10),
        '|||||||||c',
        `${'>'.repeat(10)} next`,
        '',
      ].join('\n'),
    );
  });
});
