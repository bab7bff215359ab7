import assert from 'node:assert/strict';
import { mergeFile } from '../../../../core/merge/file/mergeFile.ts';

const last = '| Size   | Value |\n| ------ | ----- |\n| CPU    | 256   |\n| Memory | 512   |\n\nText.\n';
const next = '| Size   | Value    |\n| ------ | -------- |\n| CPU    | 256      |\n| Memory | 1024 MiB |\n\nText.\n';

function merge(yours: string): string {
  const [one, two, three] = [last, yours, next].map((text) => new TextEncoder().encode(text));
  assert(one !== undefined && two !== undefined && three !== undefined);
  const result = mergeFile({ path: 'README.md', last: one, yours: two, next: three });
  assert(result.kind === 'merged', JSON.stringify(result));
  return new TextDecoder().decode(result.bytes);
}

const mine = [
  '| Size        | Value |',
  '| ----------- | ----- |',
  '| Our own row | 1     |',
  '| CPU         | 256   |',
  '| Memory      | 512   |',
  '',
  'Text.',
  '',
];

describe('a merge of Markdown', () => {
  it('leaves tables aligned where both sides have them so', () => {
    assert.equal(
      merge(mine.join('\n')),
      [
        '| Size        | Value    |',
        '| ----------- | -------- |',
        '| Our own row | 1        |',
        '| CPU         | 256      |',
        '| Memory      | 1024 MiB |',
        '',
        'Text.',
        '',
      ].join('\n'),
    );
  });

  it('sets no column anew in a file that has one of another width', () => {
    const other = '| A | B |\n|---|---|\n';
    const merged = merge(`${mine.join('\n')}\n${other}`);
    assert.ok(merged.endsWith(`\nText.\n\n${other}`), merged);
    assert.match(merged, /^\| Our own row \| 1 {5}\|$/mu);
    assert.match(merged, /^\| Memory \| 1024 MiB \|$/mu);
  });
});
