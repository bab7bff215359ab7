import assert from 'node:assert/strict';
import { files } from '../../core/emit/files.ts';
import type { Tree } from '../disk/tree.ts';
import { edit, freshTree, newRepository, read, run, treeOf } from './support.ts';
import { assertTree, contentOf, withFiles } from './trees.ts';

type Flags = Readonly<Record<string, unknown>>;
type Form = Readonly<Record<string, string | Readonly<Record<string, string>>>>;

/** The fields of a stack; none of what is a field itself. */
const fieldsOf = (stack: Form[string] | undefined): Readonly<Record<string, string>> =>
  typeof stack === 'object' ? stack : {};

const answers = '.yo-rc.json';
const form = 'deploy/parameters.json';
const domain = { domain: 'shop.example.com' };

/** What is turned on later: each alone, and all together. */
const transitions: readonly (readonly [Flags, Flags])[] = [
  [{}, domain],
  [{}, { ci: 'gitlab' }],
  [{}, { ci: 'bitbucket' }],
  [{}, { ci: 'codebuild' }],
  [{ ci: 'bitbucket' }, { ci: 'github' }],
  [{ ci: 'gitlab' }, { ci: 'none' }],
  [{}, { static: 's3' }],
  [{}, { pooler: 'pgbouncer' }],
  [{}, { broker: 'redis' }],
  [{ broker: 'sqs' }, { broker: 'none' }],
  [{}, { infrastructure: 'none' }],
  [{ infrastructure: 'none' }, { infrastructure: 'cloudformation' }],
  [{ media: 'none' }, { media: 's3' }],
  [{}, { ...domain, mail: 'ses', errors: 'sentry', assets: 'node' }],
  [{}, { ...domain, ci: 'bitbucket', static: 's3', pooler: 'pgbouncer', broker: 'sqs' }],
];

const nameOf = (flags: Flags): string =>
  Object.entries(flags)
    .map(([flag, value]) => `--${flag} ${value}`)
    .join(' ') || 'the defaults';

/** The answer whose default comes from another one: a run keeps what the first stored. */
const stored = (from: Flags, to: Flags): Flags => ({
  media: to['media'] ?? (from['infrastructure'] === 'none' ? 'none' : 's3'),
});

describe('turning on later what was not chosen at first', function () {
  this.timeout(240_000);

  for (const [from, to] of transitions) {
    it(`${nameOf(from)}, then ${nameOf(to)}: as if it had been chosen at first`, async () => {
      const folder = await newRepository(from);
      const fresh = await freshTree({ ...from, ...to, ...stored(from, to) });
      const { code, message, stdout } = await run(folder, { flags: to });
      assert.equal(code, 0, message);
      assert.doesNotMatch(stdout, /kept as yours/u, 'nothing was edited');
      assertTree(await treeOf(folder), withFiles(fresh, { [answers]: sameAnswers(folder, fresh) }));
    });

    it(`${nameOf(from)}, filled in, then ${nameOf(to)}: the fields that are needed, the values that were given`, async () => {
      const folder = await newRepository(from);
      const fresh = await freshTree({ ...from, ...to, ...stored(from, to) });
      const isThere = from['infrastructure'] !== 'none';
      if (isThere) edit(folder, { [form]: fillIn });
      const { code, message, stdout } = await run(folder, { flags: to });
      assert.equal(code, 0, message);
      const after = await treeOf(folder);
      const wanted = form in fresh ? contentOf(fresh, form) : undefined;
      if (wanted === undefined || !isThere) {
        assert.equal(after[form] === undefined, wanted === undefined && !isThere);
        return;
      }
      const known = JSON.parse(contentOf(await freshTree(from), form)) as Form;
      const expected: Record<string, string | Readonly<Record<string, string>>> = {};
      for (const [stack, fields] of Object.entries(JSON.parse(wanted) as Form)) {
        if (typeof fields === 'string') expected[stack] = known[stack] === undefined ? fields : `of ${stack}`;
        else {
          const there = fieldsOf(known[stack]);
          const filled = Object.entries(fields).map(([name, value]) => [name, name in there ? `of ${name}` : value]);
          expected[stack] = Object.fromEntries(filled) as Readonly<Record<string, string>>;
        }
      }
      const merged = read(folder, form);
      assert.deepEqual(JSON.parse(merged), expected);
      assertTree(after, withFiles(fresh, { [form]: merged, [answers]: sameAnswers(folder, fresh) }));
      for (const [stack, fields] of Object.entries(known)) {
        for (const name of Object.keys(fieldsOf(fields)).filter((field) => !(field in fieldsOf(expected[stack])))) {
          const told = `${stack}.${name} was removed, with your value "of ${name}"`;
          assert(
            stdout.includes(expected[stack] === undefined ? `${stack} was removed, with your value {` : told),
            stdout,
          );
        }
      }
    });
  }
});

it('no file that is the user’s once edited depends on an answer: an edit would keep it from following', async () => {
  const once = files.filter(({ policy }) => policy === 'once').map(({ path }) => path.replace(/^project\//u, 'shop/'));
  assert(once.length > 0);
  const contents = new Map<string, string>();
  for (const tree of await Promise.all(transitions.flat().map((flags) => freshTree(flags)))) {
    for (const file of once.filter((name) => name in tree)) {
      const content = contentOf(tree, file);
      assert.equal(contents.get(file) ?? content, content, file);
      contents.set(file, content);
    }
  }
  assert.deepEqual([...contents.keys()].toSorted(), once.toSorted());
}).timeout(60_000);

/** The answers that a folder holds, which must be those of another; the order in which they were given is nobody's. */
function sameAnswers(folder: string, expected: Tree): string {
  const text = read(folder, answers);
  assert.deepEqual(JSON.parse(text), JSON.parse(contentOf(expected, answers)));
  return text;
}

/** Names what the new answers need of the user, as far as nobody has filled it in. */
describe('what is to be filled in', function () {
  this.timeout(120_000);

  for (const [from, to, expected] of [
    [{}, domain, ['# fill in platform.CertificateArn in deploy/parameters.json; see deploy/README.md']],
    [
      {},
      { ci: 'gitlab' },
      [
        '# check platform.Repository, platform.Branch, platform.ExistingOidcProviderArn in deploy/parameters.json: ' +
          'they now refer to the repository at gitlab, no longer at github',
      ],
    ],
    [
      { ci: 'none' },
      { ci: 'github' },
      ['# fill in platform.Repository in deploy/parameters.json; see deploy/README.md'],
    ],
    [{}, { static: 's3' }, []],
  ] as const) {
    it(`${nameOf(from)}, then ${nameOf(to)}`, async () => {
      const folder = await newRepository(from);
      const { stdout } = await run(folder, { flags: { ...to, json: true } });
      const { next } = JSON.parse(stdout) as { readonly next: readonly string[] };
      assert.deepEqual(
        next.filter((line) => line.includes(form)),
        expected,
      );
    });
  }
});

function fillIn(text: string): string {
  return text.replaceAll(/"(\w+)": "[^"]*"/gu, '"$1": "of $1"');
}
