import assert from 'node:assert/strict';
import { mergeFile } from '../../../../core/merge/file/mergeFile.ts';
import { samePython } from '../../../../core/formats/python/samePython.ts';

/** Before and after black 26.10.1 (`black --line-length 60`), and a resize that changes the same lines. */
const [last, black, next] = [
  `workers = positive('GUNICORN_WORKERS', 2)
SLOTS = {'web': 4, 'ops': 2, 'migrate': 1, 'dbinit': 1, 'beat': 1}
check(SLOTS, "a product above its slots is refused without " + reason)
def on_starting(server):
    check_budget(server.cfg.workers, server.cfg.threads, limit=4)
`,
  `workers = positive("GUNICORN_WORKERS", 2)
SLOTS = {
    "web": 4,
    "ops": 2,
    "migrate": 1,
    "dbinit": 1,
    "beat": 1,
}
check(
    SLOTS,
    "a product above its slots is refused without "
    + reason,
)


def on_starting(server):
    check_budget(
        server.cfg.workers, server.cfg.threads, limit=4
    )
`,
  `workers = positive('GUNICORN_WORKERS', 4)
SLOTS = {'web': 8, 'ops': 2, 'migrate': 1, 'dbinit': 1, 'beat': 1}
check(SLOTS, "a product above its slots is refused without " + reason)
def on_starting(server):
    check_budget(server.cfg.workers, server.cfg.threads, limit=8)
`,
];

describe('core/formats/python/samePython', () => {
  const lines = (text: string): readonly string[] => text.split('\n');

  const same: readonly (readonly [string, string])[] = [
    [last, black],
    ['x = f(a)', 'x = f(\n    a,\n)'],
    ['x = [1, 2]', 'x = [\n    1,\n    2,\n]'],
    ["x = 'a'", 'x = "a"'],
    ['x=1 # why', 'x = 1  # why'],
    ['a = 1\nb = 2', 'a = 1\n\n\nb = 2\n'],
    ['from a import (b, c)', 'from a import (\n    b,\n    c,\n)'],
  ];
  for (const [one, other] of same) {
    it(`${JSON.stringify(one.slice(0, 40))} is laid out anew`, () => assert(samePython(lines(one), lines(other))));
  }

  const different: readonly (readonly [string, string])[] = [
    ['x = (1,)', 'x = (1)'],
    ['return (a,)', 'return (a)'],
    ['x[1,]', 'x[1]'],
    ["x = 'a  b'", 'x = "a b"'],
    ['if a:\n    b()\n    c()', 'if a:\n    b()\nc()'],
    ['x = 1 # why', 'x = 1'],
    ['x = "it\'s"', "x = 'its'"],
    ['"""a\n  b"""', '"""a\nb"""'],
    ['a = 1\nb = 2', 'b = 2\na = 1'],
    ['x = a - 1', 'x = a + 1'],
    ...['yield from (1,)', 'raise (A,)', 'case (1,):', 'with a as (b,):', '"ab"[0,]', 'f()[1,]', '{}[1,]'].map(
      (tuple): readonly [string, string] => [tuple, tuple.replace(',', '')],
    ),
    ['x = ab', 'x = a b'],
  ];
  for (const [one, other] of different) {
    it(`${JSON.stringify(one)} is not ${JSON.stringify(other)}`, () => assert(!samePython(lines(one), lines(other))));
  }

  const merge = (three: readonly [string, string, string]): ReturnType<typeof mergeFile> => {
    const [first, second, third] = three.map((text) => new TextEncoder().encode(text));
    return mergeFile({
      path: 'gunicorn.conf.py',
      last: first as Uint8Array,
      yours: second as Uint8Array,
      next: third as Uint8Array,
    });
  };

  it('after black, what the generator changes is taken', () => {
    const result = merge([last, black, next]);
    assert(result.kind === 'merged', JSON.stringify(result));
    assert(samePython(lines(new TextDecoder().decode(result.bytes)), lines(next)));
  });

  it('where the user changed a word as well, it is a conflict', () => {
    assert.equal(merge([last, black.replace('+ reason', '+ my_reason'), next]).kind, 'conflict');
  });

  it('where only the generator lays it out anew, the user’s words stay', () => {
    const mine = last.replace('4}', '4}  # mine').replace("'beat': 1", "'beat': 2");
    const result = merge([last, mine, black]);
    assert(result.kind === 'merged', JSON.stringify(result));
    assert(samePython(lines(new TextDecoder().decode(result.bytes)), lines(mine)));
  });
});
