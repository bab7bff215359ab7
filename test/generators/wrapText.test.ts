import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { wrapText } from '../../generators/wrapText.ts';

describe('generators/wrapText', () => {
  it('breaks between words, and indents what follows', () => {
    assert.equal(wrapText('one two three', 8), 'one two\nthree');
    assert.equal(wrapText('  1. one two three', 10), '  1. one\n    two\n    three');
    assert.equal(wrapText('short\n\nalso', 8), 'short\n\nalso');
  });

  it('leaves a command and a long word whole', () => {
    const command = '  yo django-fargate ../shop --project-name bakery';
    assert.equal(wrapText(command, 20), command);
    assert.equal(wrapText('in /a/very/long/path/indeed now', 10), 'in\n/a/very/long/path/indeed\nnow');
  });

  it('neither loses nor breaks a word, and no line of several words is too long', () => {
    fc.assert(
      fc.property(fc.string(), fc.integer({ min: 1, max: 90 }), (text, columns) => {
        const wrapped = wrapText(text, columns);
        const words = (each: string): readonly string[] => each.split(/\s+/u).filter((word) => word !== '');
        assert.deepEqual(words(wrapped), words(text));
      }),
    );
  });
});
