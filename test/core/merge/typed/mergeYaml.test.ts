import assert from 'node:assert/strict';
import { InternalError } from '../../../../core/errors.ts';
import { describe as describeReason } from '../../../../core/merge/threeWay/describe.ts';
import { mergeYaml } from '../../../../core/merge/typed/mergeYaml.ts';
import type { Three } from '../../../../core/three.ts';

const last = `# The service.
name: shop
x-app: &app
  image: shop:local
  mode: 0755
on: [push]

services:
  web:
    <<: *app
    cpu: 256
    memory: 512
    command: >-
      gunicorn
      shop.wsgi
  db:
    image: postgres:17
url: !Sub "https://\${Host}/"
`;

/** Quotes, gaps, comments, blank lines and indentation are the user's. */
const yours = `# The service.
# mine
name:   'shop'
x-app: &app
    image: shop:local   # keep

    mode: 0755
on: [push]
services:
    web:
        <<: *app
        cpu: 512 # enough
        memory: 512
        command: >-
          gunicorn
          shop.wsgi
        # for the office
        ports: ["8000:8000"]
    db:
        image: postgres:17
    mine:
        image: redis
url: !Sub "https://\${Host}/"
`;

interface Merged extends Three<string> {
  readonly name: string;
  readonly text: string;
}

const merged: readonly Merged[] = [
  {
    name: '3: far apart, as text',
    last,
    yours: last.replace('cpu: 256', 'cpu: 512 # enough'),
    next: last.replace('postgres:17', 'postgres:18'),
    text: last.replace('cpu: 256', 'cpu: 512 # enough').replace('postgres:17', 'postgres:18'),
  },
  {
    name: '6: the value beside it',
    last,
    yours: last.replace('cpu: 256', 'cpu: 512'),
    next: last.replace('memory: 512', 'memory: 2048'),
    text: last.replace('cpu: 256', 'cpu: 512').replace('memory: 512', 'memory: 2048'),
  },
  {
    name: '41: only the scalars that the generator changed change',
    last,
    yours,
    next: last
      .replace('memory: 512', 'memory: 2048')
      .replace('postgres:17', 'postgres:18')
      .replace('name: shop', 'name: "shop"')
      .replace('image: shop:local', 'image: shop:new'),
    text: yours
      .replace('memory: 512', 'memory: 2048')
      .replace('postgres:17', 'postgres:18')
      .replace('image: shop:local', 'image: shop:new'),
  },
  {
    name: '41: a tag, an octal number and a word that is a boolean to some',
    last,
    yours,
    next: last
      .replace('!Sub "https://${Host}/"', '!GetAtt Web.Url')
      .replace('0755', '0700')
      .replace('on: [push]', 'on: [push, workflow_dispatch]'),
    text: yours
      .replace('!Sub "https://${Host}/"', '!GetAtt Web.Url')
      .replace('0755', '0700')
      .replace('on: [push]', 'on: [push, workflow_dispatch]'),
  },
  {
    name: '41: a key with its comment and its subtree, at the indentation of yours',
    last,
    yours,
    next: last.replace(
      '  db:\n',
      '  # One task at a time.\n  migrate:\n    <<: *app\n    environment:\n      A: "1" # one\n      B: |\n        two\n\n        lines\n  db:\n',
    ),
    text: yours.replace(
      '    db:\n',
      '    # One task at a time.\n    migrate:\n      <<: *app\n      environment:\n        A: "1" # one\n        B: |\n          two\n\n          lines\n    db:\n',
    ),
  },
  {
    name: '41: a subtree that only the generator changed goes',
    last,
    yours,
    next: last
      .replace('  db:\n    image: postgres:17\n', '')
      .replace('    command: >-\n      gunicorn\n      shop.wsgi\n', ''),
    text: yours
      .replace('    db:\n        image: postgres:17\n', '')
      .replace('        command: >-\n          gunicorn\n          shop.wsgi\n', ''),
  },
  {
    name: '41: a folded scalar, a scalar that becomes a block, a null that becomes a value',
    last: 'a: >-\n  one\n  two\nb: 1\nc:\nd: 4\n',
    yours: 'a: >-\n  one\n  two\nb: 1 # mine\nc:\nd: 5\n',
    next: 'a: >-\n  one\n  three\nb:\n  x: 1\nc: 3\nd: 4\n',
    text: 'a: >-\n  one\n  three\nb:\n  x: 1 # mine\nc: 3\nd: 5\n',
  },
  {
    name: '41: several documents, each by itself',
    last: 'a: 1\nb: 1\nc: 1\n---\na: 2\n',
    yours: 'a: 1\nb: 1\nc: 3 # mine\n---\na: 2\n',
    next: 'a: 5\nb: 1\nc: 1\n---\na: 2\n',
    text: 'a: 5\nb: 1\nc: 3 # mine\n---\na: 2\n',
  },
  {
    name: '24 and 26: CRLF and a byte order mark',
    last,
    yours: `\uFEFF${yours.replaceAll('\n', '\r\n')}`,
    next: last.replace('memory: 512', 'memory: 2048').replace('  db:\n', '  new:\n    a: 1\n    b: 2\n  db:\n'),
    text: `\uFEFF${yours
      .replace('memory: 512', 'memory: 2048')
      .replace('    db:\n', '    new:\n      a: 1\n      b: 2\n    db:\n')
      .replaceAll('\n', '\r\n')}`,
  },
  {
    name: 'steps without names: one added by the user, one changed by the generator',
    last: 'steps:\n  - uses: a@1\n    with:\n      x: 1\n  - run: make\n  - run: make test\n',
    yours:
      'steps:\n  - uses: a@2 # by a bot\n    with:\n      x: 1\n  - run: make\n  - run: make docs\n  - run: make test\n',
    next: 'steps:\n  - uses: a@1\n    with:\n      x: 2\n  - run: make\n  - run: make test\n',
    text: 'steps:\n  - uses: a@2 # by a bot\n    with:\n      x: 2\n  - run: make\n  - run: make docs\n  - run: make test\n',
  },
  {
    name: 'a list that the user wrote in lines, with options and without quotes',
    last: 'command: ["server", "-c", "limit=1", "--fast"]\n',
    yours: "command:\n  - server\n  - -c # option\n  - 'limit=1'\n  - --fast\n",
    next: 'command: ["server", "-c", "limit=2", "--fast"]\n',
    text: 'command:\n  - server\n  - -c # option\n  - "limit=2"\n  - --fast\n',
  },
  {
    name: 'items with names, in brackets and in lines',
    last: 'env:\n  - name: A\n    value: "1"\n  - name: B\n    value: "2"\nin: [{name: A, value: 1}]\n',
    yours: 'env:\n  - name: B\n    value: "3"\n  - value: "1"\n    name: A\nin: [{name: MINE}, {name: A, value: 1}]\n',
    next: 'env:\n  - name: A\n    value: "4"\n  - name: B\n    value: "2"\n  - name: C\n    value: "5"\nin: [{name: A, value: 2, b: [1]}]\n',
    text: 'env:\n  - name: B\n    value: "3"\n  - name: C\n    value: "5"\n  - value: "4"\n    name: A\nin: [{name: MINE}, {name: A, value: 2, b: [1]}]\n',
  },
];

const conflicts: readonly (Three<string> & { readonly name: string; readonly reasons: readonly string[] })[] = [
  {
    name: '4: the same value',
    last,
    yours: last.replace('cpu: 256', 'cpu: 512'),
    next: last.replace('cpu: 256', 'cpu: 1024'),
    reasons: ['services.web.cpu: last 256, yours 512, next 1024'],
  },
  {
    name: '38: the same key added elsewhere with another value',
    last,
    yours: `timeout: 10\n${last}`,
    next: `${last}timeout: 60\n`,
    reasons: ['timeout: last absent, yours 10, next 60'],
  },
  {
    name: '41: a number that the user made a text',
    last: 'mode: 0755\n',
    yours: 'mode: "0755"\n',
    next: 'mode: 0700\n',
    reasons: ['mode: last 0755, yours "0755", next 0700'],
  },
  {
    name: '41: the same text under another tag',
    last: 'a: !Ref X\n',
    yours: 'a: !GetAtt X\n',
    next: 'a: !Sub X\n',
    reasons: ['a: last !Ref X, yours !GetAtt X, next !Sub X'],
  },
  {
    name: 'an anchor that the user took away and the generator uses',
    last: 'a: &x 1\nb: 2\nc: 3\n',
    yours: 'a: 1\nb: 2\nc: 3\n',
    next: 'a: &x 1\nb: 2\nc: 3\nd: *x\n',
    reasons: ['the file: the merged text has the alias *x without its anchor'],
  },
  {
    name: '42: yours is broken',
    last: 'a: 1\nb: 2\n',
    yours: 'a: 1\nb: [2\n',
    next: 'a: 2\nb: 2\n',
    reasons: ['line 3: is not valid YAML (bad indent)'],
  },
  {
    name: '42: yours has a key twice',
    last: 'a: 1\n',
    yours: 'a: 1\nb: 1\na: 2\n',
    next: 'a: 3\n',
    reasons: ['line 3: is not valid YAML (duplicate key)'],
  },
  {
    name: '42: yours is nested without end',
    last: 'a: 1\n',
    yours: '['.repeat(5000),
    next: 'a: 3\n',
    reasons: ['line 1: is nested too deeply'],
  },
  {
    name: '42: yours is nested without end, by dashes',
    last: 'a: 1\n',
    yours: '- '.repeat(5000),
    next: 'a: 3\n',
    reasons: ['line 1: is nested too deeply'],
  },
  {
    name: '42: yours is nested without end, by lines',
    last: 'a: 1\n',
    yours: Array.from({ length: 500 }, (_, depth) => `${' '.repeat(depth)}a:\n`).join(''),
    next: 'a: 3\n',
    reasons: ['line 1: is nested too deeply'],
  },
];

describe('core/merge/typed/mergeYaml', () => {
  for (const { name, text, ...three } of merged) {
    it(name, () => {
      const merge = mergeYaml(three);
      assert(merge.kind === 'merged', JSON.stringify(merge));
      assert.equal(merge.text, text);
    });
  }

  for (const { name, reasons, ...three } of conflicts) {
    it(`conflict: ${name}`, () => {
      const merge = mergeYaml(three);
      assert(merge.kind === 'conflict', JSON.stringify(merge));
      assert.deepEqual(merge.reasons.map(describeReason), reasons);
    });
  }

  it('a text that the generator broke is its fault', () => {
    assert.throws(() => mergeYaml({ last: 'a: 1\n', yours: 'a: 2\n', next: 'a: *nowhere\n' }), InternalError);
  });
});
