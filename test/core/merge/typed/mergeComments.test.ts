import assert from 'node:assert/strict';
import { describe as describeReason } from '../../../../core/merge/threeWay/describe.ts';
import { mergeYaml } from '../../../../core/merge/typed/mergeYaml.ts';
import type { Three } from '../../../../core/three.ts';

type Edit = (text: string) => string;
const all =
  (...edits: readonly Edit[]): Edit =>
  (text) =>
    edits.reduce((edited, edit) => edit(edited), text);
const replace =
  (from: string, to: string): Edit =>
  (text) => {
    assert(text.includes(from), `${from} is not there`);
    return text.replace(from, () => to);
  };

const last = `# The database.
Parameters:
  # A reboot applies it.
  # min(5000, 2 GiB / 9 MiB) = 178, set in the
  # parameter group
  max_connections: "178"
  force_ssl: "1" # always
  # 15 s after the boot
  grace: 15

  # Sized by hand.
  cpu: 256 # half of 512
  tags:
    # who pays
    - Key: team
      Value: a
    # where it runs
    - Key: stage
      Value: b
`;

/** What the generator changes: values, the reasons above and beside them, and one comment alone. */
const generator = all(
  replace('2 GiB / 9 MiB) = 178, set in the\n  # parameter', '8 GiB / 9 MiB) = 780, set in\n  # the parameter'),
  replace('"178"', '"780"'),
  replace('256', '512'),
  replace('half of 512', 'half of 1024'),
  replace('where it runs', 'where it runs, and until when'),
);

/** Right below a changed value: no merge of text is possible. */
const below = replace('connections: "178"\n', 'connections: "178"\n  mine: 1\n');
const belowNew = replace('connections: "780"\n', 'connections: "780"\n  mine: 1\n');

const kept: readonly (readonly [string, Edit, (Edit | string)?])[] = [
  ['a line below the value', below, belowNew],
  ['a line above the comment', replace('  # A reboot', '  # OPS-12\n  # A reboot')],
  ['a comment between the comment and its value', replace('  max_', '  # OPS-12\n  max_')],
  ['a value between the comment and its value', replace('  max_', '  mine: 1\n  max_')],
  ['a value with a comment of its own there', replace('  max_', '  # OPS-12\n  mine: 1\n  max_')],
  [
    'words behind a value that had none',
    replace('connections: "178"', 'connections: "178" # OPS-12'),
    replace('connections: "780"', 'connections: "780" # OPS-12'),
  ],
  [
    'words behind the words beside a value',
    replace('half of 512', 'half of 512 (OPS-12)'),
    replace('half of 1024', 'half of 1024 (OPS-12)'),
  ],
  [
    'the comment of another value',
    all(below, replace('15 s after the boot', 'slow')),
    all(belowNew, replace('15 s after the boot', 'slow')),
  ],
  ['an item before the one whose comment changes', replace('    # who', '    - Key: mine\n      Value: c\n    # who')],
  [
    'a comment that the user deleted',
    all(below, replace(' # half of 512', ''), replace('    # where it runs\n', '')),
    all(belowNew, replace(' # half of 1024', ''), replace('    # where it runs, and until when\n', '')),
  ],
  [
    'a value that the user deleted, with its comment',
    all(below, replace('    # where it runs\n    - Key: stage\n      Value: b\n', '')),
    all(belowNew, replace('    # where it runs, and until when\n    - Key: stage\n      Value: b\n', '')),
  ],
  [
    'a comment that was broken into other lines',
    replace('178, set in the\n  # parameter group', '178,\n  # set in the parameter\n  # group'),
    (text) => text,
  ],
  [
    'other indentation, quotes, blanks and blank lines',
    (text) => text.replaceAll(/^ +/gmu, '$&  ').replaceAll('"', "'").replaceAll(' #', '  #').replaceAll('\n\n', '\n'),
    (text) => text.replaceAll(/^ +/gmu, '$&  ').replace('"1"', "'1'").replaceAll(' #', '  #').replaceAll('\n\n', '\n'),
  ],
  ['CRLF', all(below, (text) => text.replaceAll('\n', '\r\n')), all(belowNew, (text) => text.replaceAll('\n', '\r\n'))],
];

interface Case extends Three<string> {
  readonly name: string;
  readonly text: string;
}

const others: readonly Case[] = [
  {
    name: 'only comments change',
    last,
    yours: below(last),
    next: all(replace('set in the\n', 'set in our\n'), replace('# always', '# always, by law'))(last),
    text: all(below, replace('set in the\n', 'set in our\n'), replace('# always', '# always, by law'))(last),
  },
  {
    name: 'comments that the generator drops and adds, beside values and above them',
    last,
    yours: below(last),
    ...(() => {
      const change = all(
        replace('  # A reboot applies it.\n', '  # Soon.\n'),
        replace(' # always', ''),
        replace('  grace: 15', '  # Seconds.\n  grace: 15 # or more'),
        replace('    # who pays\n', ''),
        replace('# The database.\n', ''),
        (text) => `${text}# The end.\n`,
      );
      return { next: change(last), text: below(change(last)) };
    })(),
  },
  {
    name: 'a value that comes to stand between a comment and its value is not what the comment is about',
    last: 'a: 1\n# about b\nb: 2\nc: 3\n',
    yours: 'a: 1\n# about b\nb: 2\nc: 3 # mine\n',
    next: 'a: 1\n# about new\nnew: 1\n# about b, too\nb: 2\nc: 4\n',
    text: 'a: 1\n# about new\nnew: 1\n# about b, too\nb: 2\nc: 4 # mine\n',
  },
  {
    name: 'the same comment above two values, changed above one',
    last: 'a:\n  # late\n  x: 1\n  y: 1\nb:\n  # late\n  x: 1\n',
    yours: 'a:\n  # late\n  x: 1\n  mine: 1\n  y: 1\nb:\n  # late\n  x: 1 # mine\n',
    next: 'a:\n  # late\n  x: 1\n  y: 2\nb:\n  # later\n  x: 2\n',
    text: 'a:\n  # late\n  x: 1\n  mine: 1\n  y: 2\nb:\n  # later\n  x: 2 # mine\n',
  },
  {
    name: 'a new value comes with its comments, once',
    last: 'a: 1\nb: 2\n',
    yours: 'a: 1\nmine: 1\nb: 2\n',
    next: 'a: 1\n# why\nc:\n  # inner\n  x: 1 # beside\nb: 2\n',
    text: 'a: 1\n# why\nc:\n  # inner\n  x: 1 # beside\nmine: 1\nb: 2\n',
  },
  {
    name: 'a value that goes takes its comment along',
    last: 'a: 1\n# why\nb: 2\nc: 3\n',
    yours: 'a: 1\n# why\nb: 2\nc: 3 # mine\n',
    next: 'a: 1\nc: 4\n',
    text: 'a: 1\nc: 4 # mine\n',
  },
];

const conflicts: readonly (readonly [string, Edit, readonly string[]])[] = [
  [
    'both changed one comment',
    replace('2 GiB / 9 MiB) = 178', '2 GiB / 9 MiB) = 178, says ops'),
    [
      'the comment above Parameters.max_connections: last … 2 GiB / 9 MiB) = 178, set in the parameter group, yours … 2 GiB / 9 MiB) = 178, says ops',
    ],
  ],
  [
    'the user changed the line beside the one that changes',
    all(below, replace('A reboot applies it', 'OPS-12')),
    ['the comment above Parameters.max_connections: last A reboot applies it. min(5000, 2 GiB / 9 MiB) = 178,'],
  ],
  [
    'both changed the words beside a value',
    replace('half of 512', 'half'),
    ['the comment beside Parameters.cpu: last … of 512, yours …, next … of 1024'],
  ],
  [
    'the user put another in its place',
    all(below, (text) => text.replace(/ {2}# A reboot[^]*?group\n/u, '  # OPS-12\n')),
    ['the comment above Parameters.max_connections: last '],
  ],
  [
    'the user changed it and moved it',
    (text) =>
      text
        .replace(/ {2}# min[^]*?group\n/u, '')
        .replace('  # Sized', '  # min(5000, 2 GiB / 9 MiB) = 178, set in the group\n  # Sized'),
    ['the comment above Parameters.max_connections: last '],
  ],
];

describe('core/merge/typed/mergeComments: a number and the reason above it never part', () => {
  for (const [name, edit, edited = edit] of kept) {
    it(`keeps, with the generator's comments changed: ${name}`, () => {
      const three = { last, yours: edit(last), next: generator(last) };
      const text = typeof edited === 'string' ? edited : edited(generator(last));
      assertMerged(three, text);
    });
  }

  for (const { name, text, ...three } of others) it(name, () => assertMerged(three, text));

  for (const [name, edit, reasons] of conflicts) {
    it(`conflict: ${name}`, () => {
      const merge = mergeYaml({ last, yours: edit(last), next: generator(last) });
      assert(merge.kind === 'conflict', JSON.stringify(merge));
      const told = merge.reasons.map(describeReason);
      for (const [index, reason] of reasons.entries()) assert(told[index]?.startsWith(reason), told.join('\n'));
      assert.equal(told.length, reasons.length);
    });
  }

  it('says how many comments it changed', () => {
    const merge = mergeYaml({ last, yours: below(last), next: generator(last) });
    assert(merge.kind === 'merged');
    assert.equal(merge.note, '2 values and 3 comments of the generator; the rest of your text untouched');
  });
});

/** Right, and neither merging again nor merging once more with the old `last` changes anything. */
function assertMerged(three: Three<string>, text: string): void {
  const merge = mergeYaml(three);
  assert(merge.kind === 'merged', JSON.stringify(merge));
  assert.equal(merge.text, text);
  for (const again of [three.last, three.next]) {
    const second = mergeYaml({ last: again, yours: text, next: three.next });
    assert(second.kind === 'merged', JSON.stringify(second));
    assert.equal(second.text, text);
  }
}
