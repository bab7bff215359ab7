import assert from 'node:assert/strict';
import { codeIn } from '../../support/markdown.ts';
import { renderText } from '../../support/renderText.ts';

const page = 'AGENTS.md';

/** What a run writes beside the templates' files. */
const state = ['.yo-rc.json', '.django-fargate/'];

/** What a page names in a repository and is not there: targets of make, paths, and links. */
function missing(text: string, repository: ReadonlyMap<string, string>): readonly string[] {
  const makefile = repository.get('Makefile') ?? '';
  const isPath = (name: string): boolean =>
    name.endsWith('/')
      ? [...repository.keys()].some((path) => path.startsWith(name))
      : repository.has(name) || repository.has(`deploy/ecs/${name}.json`);
  const codes = codeIn(text);
  const words = codes.flatMap((code) => (code.startsWith('make ') ? code.slice(5).split(' ') : []));
  const targets = words.filter((word) => !word.includes('='));
  const paths = codes.flatMap(
    (code) =>
      /(?<![\w./-])[\w.-]+\/[\w./-]*\w\.(?:json|md|py|txt)\b|^[\w.-]+(?:\/[\w./-]*)?\/$/gu.exec(code)?.[0] ?? [],
  );
  const single = codes.filter((code) => /^[\w.-]+\.(?:in|json|md|txt|conf\.py)$/u.test(code));
  const links = [...text.matchAll(/\]\(([^)#]+)/gu)].map(([, link = '']) => link);
  return [
    ...targets.filter((target) => !makefile.includes(`\n${target}: `)),
    ...[...paths, ...single, ...links].filter((path) => !state.includes(path) && !isPath(path)),
  ];
}

describe('the emitted AGENTS.md', () => {
  for (const answers of [
    {},
    { infrastructure: 'none' },
    { broker: 'sqs', pooler: 'pgbouncer', static: 's3', ci: 'none' },
  ]) {
    it(`names targets, files and folders that there are: ${JSON.stringify(answers)}`, async () => {
      const repository = await renderText(answers);
      const text = repository.get(page) ?? assert.fail();
      assert.deepEqual(missing(text, repository), []);
      assert.ok(codeIn(text).filter((code) => code.startsWith('make ')).length > 8);
      assert.match(text, /Never edit a size by hand/);
    });
  }

  it('finds what there is not', async () => {
    const text = 'Run `make nothing` on `shop/none.py` in `none/`, see `none.md` and [it](none/there.md).';
    assert.deepEqual(missing(text, await renderText({})), [
      'nothing',
      'shop/none.py',
      'none/',
      'none.md',
      'none/there.md',
    ]);
  });
});
