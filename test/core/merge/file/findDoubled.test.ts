import assert from 'node:assert/strict';
import { describe as describeReason } from '../../../../core/merge/threeWay/describe.ts';
import { mergeFile } from '../../../../core/merge/file/mergeFile.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);

/** What the user and the generator put at the two ends of a text. */
function merge(path: string, mine: string, theirs: string, middle: string) {
  return mergeFile({
    path,
    last: bytes(middle),
    yours: bytes(`${middle}${mine}`),
    next: bytes(`${theirs}${middle}`),
  });
}

describe('core/merge/file/findDoubled: what both sides added under one name', () => {
  const makefile = '.PHONY: a\na:\n\ttrue\n\nb: a\n';
  const module = 'import os\n\nWORKERS = 1\n';
  const doubled: readonly (readonly [path: string, mine: string, theirs: string, middle: string, told: string])[] = [
    [
      'Makefile',
      '\nworker: ## mine\n\tmine\n',
      'worker: a ## new\n\tnew\n\n',
      makefile,
      'line 7: defines the target worker',
    ],
    ['Makefile', '\nw worker:\n\tmine\n', 'worker other: a\n\tnew\n\n', makefile, 'line 7: defines the target worker'],
    ['Makefile', 'QUEUE := mine\n', 'QUEUE ?= new\n', makefile, 'line 6: defines the variable QUEUE'],
    ['.env.example', 'QUEUE=mine\n', 'QUEUE=new\n', 'A=1\nB=2\n', 'line 3: defines the variable QUEUE'],
    [
      'deploy/pgbouncer/pgbouncer.ini',
      '[users]\na = 1\n',
      '[users]\nb = 2\n',
      '[x]\ny = 1\n',
      'line 3: defines the section [users]',
    ],
    ['Dockerfile', 'FROM b AS assets\n', 'FROM a AS assets\n', 'FROM c\nRUN d\n', 'line 3: defines the stage assets'],
    [
      'gunicorn.conf.py',
      '\n\ndef post_fork(server, worker):\n    mine()\n',
      'def post_fork(server, worker):\n    new()\n\n\n',
      module,
      'line 6: defines the function post_fork',
    ],
    ['gunicorn.conf.py', 'backlog = 64\n', 'backlog = 2048\n', module, 'line 4: defines the variable backlog'],
    [
      'tests/test_a.py',
      '\n\n@mark\nclass Test:\n    def test_x(self): ...\n',
      '@mark\nclass Test:\n    x = 1\n\n\n',
      module,
      'line 7: defines the class Test',
    ],
  ];
  for (const [path, mine, theirs, middle, told] of doubled) {
    it(`${path}: ${told}`, () => {
      const result = merge(path, mine, theirs, middle);
      assert(result.kind === 'conflict', JSON.stringify(result));
      const [reason] = result.reasons.map(describeReason);
      assert(reason?.startsWith(told) === true, reason);
      assert.match(reason, /, as does line \d+ of the new version: rename or delete yours$/u);
    });
  }

  const merged: readonly (readonly [path: string, mine: string, theirs: string, middle: string])[] = [
    ['Makefile', 'b: mine\n', 'b: new\n', makefile],
    ['Makefile', '.PHONY: mine\n', '.PHONY: new\n', makefile],
    ['Makefile', 'A += mine\n', 'A += new\n', makefile],
    ['.env.example', '#QUEUE=mine\n', 'QUEUE=new\n', 'A=1\nB=2\n'],
    ['x.ini', '[mine]\nsize = 1\n', '[new]\nsize = 1\n', '[x]\ny = 1\n'],
    ['shop/settings/base.py', 'A = [*A, "mine"]\n', 'A = [*A, "new"]\n', 'A = []\nB = 1\n'],
    ['tests/test_a.py', 'class A:\n    def test(self): ...\n', 'class B:\n    def test(self): ...\n\n\n', module],
    ['notes.txt', 'a:\n', 'a:\n', 'b\nc\n'],
  ];
  for (const [path, mine, theirs, middle] of merged) {
    it(`${path}: ${JSON.stringify(mine)} beside ${JSON.stringify(theirs)} is none`, () => {
      const result = merge(path, mine, theirs, middle);
      assert(result.kind === 'merged', JSON.stringify(result));
      assert.equal(new TextDecoder().decode(result.bytes), theirs + middle + mine);
    });
  }

  it('what was there twice before may stay', () => {
    const twice = 'a:\n\tx\n\na:\n\ty\n\nb:\n\tz\n';
    assert.equal(merge('Makefile', 'c:\n\tmine\n', 'd:\n\tnew\n\n', twice).kind, 'merged');
  });
});
