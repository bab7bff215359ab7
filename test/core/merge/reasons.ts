import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { mergeYaml } from '../../../core/merge/typed/mergeYaml.ts';
import type { Three } from '../../../core/three.ts';

/** What becomes of one value and the reason above or beside it. */
interface Item {
  readonly group: number;
  /** How long the reason is, in words; more of them take two lines. None: no reason. */
  readonly words: number;
  readonly isBeside: boolean;
  readonly generator: 'nothing' | 'both' | 'reason' | 'drop reason' | 'add reason' | 'remove' | 'insert before';
  readonly user: readonly (
    | 'line above'
    | 'line between'
    | 'value between'
    | 'value below'
    | 'words behind'
    | 'delete reason'
    | 'change reason'
  )[];
}

interface Style {
  readonly indent: string;
  readonly quote: string;
  /** Reasons broken anew into lines of so many words. */
  readonly wordsPerLine: number;
  readonly lineEnd: string;
}

const item: fc.Arbitrary<Item> = fc.record({
  group: fc.nat(2),
  words: fc.nat(9),
  isBeside: fc.boolean(),
  generator: fc.constantFrom(
    'nothing',
    'both',
    'both',
    'reason',
    'drop reason',
    'add reason',
    'remove',
    'insert before',
  ),
  user: fc.oneof(
    { weight: 3, arbitrary: fc.constant([]) },
    {
      weight: 2,
      arbitrary: fc.subarray([
        'line above',
        'line between',
        'value between',
        'value below',
        'words behind',
        'delete reason',
      ] as const),
    },
    { weight: 1, arbitrary: fc.constant(['change reason'] as const) },
  ),
});

const plain: Style = { indent: '  ', quote: '"', wordsPerLine: 5, lineEnd: '\n' };
const style: fc.Arbitrary<Style> = fc.oneof(
  fc.constant(plain),
  fc.record({
    indent: fc.constantFrom('  ', '    '),
    quote: fc.constantFrom('"', "'"),
    wordsPerLine: fc.constantFrom(3, 5, 20),
    lineEnd: fc.constantFrom('\n', '\r\n'),
  }),
);

const files = fc.record({ items: fc.array(item, { minLength: 1, maxLength: 9 }), style });

type Side = 'last' | 'yours' | 'next';

/** The reason of a value, in words; empty where there is none. */
function reasonOf({ words, generator }: Item, index: number, side: Side): readonly string[] {
  const isNew = side === 'next' && ['both', 'reason'].includes(generator);
  if (generator === 'add reason') return side === 'next' ? ['added', `r${index}`] : [];
  if (words === 0 || (side === 'next' && generator === 'drop reason')) return [];
  const own = Array.from({ length: words }, (_, at) =>
    at === Math.floor(words / 2) ? `${isNew ? 'n' : 'o'}${index}` : `${index}w${at}`,
  );
  return [`r${index}`, ...own];
}

const has = ({ user }: Item, what: Item['user'][number]): boolean => user.includes(what);

function print(items: readonly Item[], side: Side, own: Style): string {
  const groups = [0, 1, 2].map((group) => {
    const lines = items.flatMap((each, index) => (each.group === group ? printItem(each, index, side, own) : []));
    return [`group${group}:`, ...['last: 1', ...lines].map((line) => own.indent + line)];
  });
  return groups
    .flat()
    .map((line) => line + own.lineEnd)
    .join('');
}

function printItem(each: Item, index: number, side: Side, own: Style): readonly string[] {
  const { generator, isBeside } = each;
  if (side === 'next' && generator === 'remove') return [];
  const mine = (what: Item['user'][number], ...lines: readonly string[]): readonly string[] =>
    side === 'yours' && has(each, what) ? lines : [];
  const value = side === 'next' && generator === 'both' ? 2 : 1;
  const before = side === 'next' && generator === 'insert before' ? [`# about new${index}`, `new${index}: 1`] : [];
  const reason = [...(side === 'yours' && has(each, 'delete reason') ? [] : reasonOf(each, index, side))];
  if (reason.length > 0 && side === 'yours' && has(each, 'change reason')) reason.splice(-1, 1, `mine${index}`);
  const behind = [...(isBeside ? reason : []), ...mine('words behind', `behind${index}`)];
  const wrapped = isBeside ? [] : wrap(reason, own.wordsPerLine);
  return [
    ...before,
    ...mine('line above', `# above${index}`),
    ...wrapped,
    ...mine('line between', `# between${index}`),
    ...mine('value between', `put${index}: 1`),
    `k${index}: ${own.quote}${value}${own.quote}${behind.length === 0 ? '' : ` # ${behind.join(' ')}`}`,
    ...mine('value below', `below${index}: 1`),
  ];
}

function wrap(words: readonly string[], perLine: number): readonly string[] {
  const count = Math.ceil(words.length / perLine);
  return Array.from({ length: count }, (_, at) => `# ${words.slice(at * perLine, (at + 1) * perLine).join(' ')}`);
}

/** The words of all comments from the last value before a key to the end of its line. */
function wordsAt(text: string, index: number): readonly string[] {
  const lines = text.split(/\r\n|\n/);
  const at = lines.findIndex((line) => line.trim().startsWith(`k${index}:`));
  let from = at;
  const isNear = (line: string): boolean => /^ *(?:#|put\d)/.test(line);
  while (from > 0 && isNear(lines[from - 1] ?? '')) from -= 1;
  return lines
    .slice(from, at + 1)
    .flatMap((line) => (line.includes('#') ? (line.slice(line.indexOf('#')).match(/[^ #]+/g) ?? []) : []));
}

const holds = (words: readonly string[], wanted: readonly string[]): boolean =>
  wanted.length === 0 || ` ${words.join(' ')} `.includes(` ${wanted.join(' ')} `);

/** Checks one history: `tally` counts how many merged. */
function check({ items, style: own }: { readonly items: readonly Item[]; readonly style: Style }, tally: Tally): void {
  const three: Three<string> = {
    last: print(items, 'last', plain),
    yours: print(items, 'yours', own),
    next: print(items, 'next', plain),
  };
  const isDisputed = items.some(
    (each, index) =>
      has(each, 'change reason') &&
      reasonOf(each, index, 'last').length > 0 &&
      ['both', 'reason'].includes(each.generator),
  );
  const merge = mergeYaml(three);
  tally[merge.kind === 'merged' ? 'merged' : 'conflict'] += 1;
  if (isDisputed) assert.equal(merge.kind, 'conflict', 'both changed a reason');
  if (merge.kind === 'conflict') return;
  for (const [index, each] of items.entries()) {
    for (const [what] of three.yours.matchAll(/(?:above|between|put|below|behind|mine)\d+/g)) {
      assert(merge.text.includes(what), `${what} is lost`);
    }
    if (each.generator === 'remove') continue;
    const [old, now] = [reasonOf(each, index, 'last'), reasonOf(each, index, 'next')];
    const words = wordsAt(merge.text, index);
    if (has(each, 'delete reason'))
      assert(old.length === 0 || !words.includes(`r${index}`), `the reason of k${index} came back`);
    else if (!has(each, 'change reason')) {
      assert(holds(words, now), `k${index} has ${words.join(' ')}, not ${now.join(' ')}`);
      if (now.join() !== old.join() && old.length > 0)
        assert(!words.includes(`o${index}`), `the old reason of k${index} is left`);
    }
  }
  for (const last of [three.last, three.next]) {
    const again = mergeYaml({ last, yours: merge.text, next: three.next });
    assert(again.kind === 'merged' && again.text === merge.text, 'merging again changes something');
  }
}

interface Tally {
  merged: number;
  conflict: number;
}

/** For any edits of both sides: a value that the generator changes has the generator's reason. */
export function checkReasons(parameters: { readonly numRuns: number; readonly seed?: number }): void {
  const tally: Tally = { merged: 0, conflict: 0 };
  fc.assert(
    fc.property(files, (input) => check(input, tally)),
    parameters,
  );
  // About half of them merge; where few did, the property would say little.
  assert(tally.merged > parameters.numRuns / 3, JSON.stringify(tally));
}
