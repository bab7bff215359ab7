import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths.ts';
import { runOk } from '../support/run.ts';

const read = (page: string) => readFileSync(path.join(root, page), 'utf8');

/** The Markdown pages that people read; golden repositories have tests of their own. */
async function pagesHere(): Promise<readonly string[]> {
  const { stdout } = await runOk('git', ['ls-files', '*.md'], { cwd: root });
  return stdout
    .split('\n')
    .filter((page) => page !== '' && !/^(?:test|templates)\//u.test(page) && existsSync(path.join(root, page)));
}

/** The anchors that GitHub gives to the headings of a page. */
function anchorsOf(markdown: string): readonly string[] {
  return [...markdown.replaceAll(/^```[^]*?^```$/gmu, '').matchAll(/^#+ (.+)$/gmu)].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, '')
      .replaceAll(' ', '-'),
  );
}

/** The links of a page to other pages here that lead nowhere. */
function brokenLinks(page: string, markdown: string): readonly string[] {
  const links = [...markdown.matchAll(/\]\((?!https?:)([^)\s]+)\)/gu)].map(([, link = '']) => link);
  return links.filter((link) => {
    const [file = '', anchor] = link.split('#');
    const target = file === '' ? page : path.join(path.dirname(page), file);
    if (!existsSync(path.join(root, target))) return true;
    return anchor !== undefined && !anchorsOf(file === '' ? markdown : read(target)).includes(anchor);
  });
}

/** Pages that say where things are, so that every path which they name must exist. */
const maps = ['AGENTS.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'docs/contributing.md'] as const;

/** The paths of this checkout that a page names and that are not there; `<name>` and `*` stand for any name. */
function missingPaths(markdown: string): readonly string[] {
  const top = '(?:bench|bin|core|disk|docs|generators|runtime|scripts|templates|test)';
  const paths = [...markdown.matchAll(new RegExp(`\\b${top}/[\\w./<>*-]*[\\w/]`, 'gu'))].map(([found]) => found);
  return paths.filter((found) => {
    const [known = ''] = found.split(/[^/]*[<*]/u);
    return !existsSync(path.join(root, known));
  });
}

describe('the pages', () => {
  it('the README is read in one go', () => {
    assert.ok(read('README.md').split('\n').length <= 131);
  });

  it('link to what exists', async () => {
    const pages = await pagesHere();
    assert.ok(pages.includes('README.md') && pages.includes('docs/resize.md'));
    assert.deepEqual(
      pages.flatMap((page) => brokenLinks(page, read(page)).map((link) => `${page}: ${link}`)),
      [],
    );
  });

  for (const page of maps) {
    it(`${page} names files and folders that there are`, () => assert.deepEqual(missingPaths(read(page)), []));
  }

  it('a path that there is not is found', () => {
    const text =
      '`core/none.ts`, core/answers/declarations.ts, `generators/<command>/command.ts`, `test/none/*.ts`, disk/';
    assert.deepEqual(missingPaths(text), ['core/none.ts', 'test/none/*.ts']);
  });

  it('AGENTS.md fits on a page or two', () => assert.ok(read('AGENTS.md').split('\n').length <= 91));

  it('docs/contributing.md has the recipes that CONTRIBUTING.md promises, each with files', () => {
    const recipes = read('docs/contributing.md').split(/^## /mu).slice(1);
    assert.equal(recipes.length, 8);
    for (const recipe of recipes)
      assert.match(recipe, /^\| File \| Change \|\n(?:\|.*\n){3,}/mu, recipe.split('\n')[0]);
  });

  it('a broken link is found', () => {
    const page = '# Here\n[a](#here) [b](docs/resize.md#undo) [c](#there) [d](docs/none.md) [e](docs/resize.md#none)\n';
    assert.deepEqual(brokenLinks('README.md', page), ['#there', 'docs/none.md', 'docs/resize.md#none']);
  });
});
