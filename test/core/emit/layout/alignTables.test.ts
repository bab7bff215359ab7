import assert from 'node:assert/strict';
import { alignTables } from '../../../../core/emit/layout/alignTables.ts';

describe('alignTables', () => {
  it('gives every column the width of its widest cell, and at least three', () => {
    const text = ['Text.', '', '| A | Bb |', '|---|---|', '| `long` | x |', '| | a \\| b |', '', 'More | text |'];
    const expected = [
      'Text.',
      '',
      '| A      | Bb     |',
      '| ------ | ------ |',
      '| `long` | x      |',
      '|        | a \\| b |',
    ];
    assert.equal(alignTables(text.join('\n')), [...expected, '', 'More | text |'].join('\n'));
    assert.equal(alignTables(expected.join('\n')), expected.join('\n'));
    assert.equal(alignTables('| A | B |\n|-|-|\n'), '| A   | B   |\n| --- | --- |\n');
  });

  it('keeps how a column is set', () => {
    assert.equal(
      alignTables('| Left | Middle | Right |\n|:-|:-:|------------:|\n'),
      '| Left | Middle | Right |\n| :--- | :----: | ----: |\n',
    );
  });

  it('leaves a table in a block of code, and one with a cell too many', () => {
    const table = '| A | Bbbb |\n|---|---|\n| long | x |\n';
    for (const fence of ['```', '~~~~']) {
      const text = `${fence}text\n${table}${fence}\n`;
      assert.equal(alignTables(text), text);
      assert.equal(alignTables(text + table), text + alignTables(table));
    }
    const uneven = '| A | B |\n|---|---|\n| long | x | y |\n';
    assert.equal(alignTables(uneven), uneven);
  });
});
