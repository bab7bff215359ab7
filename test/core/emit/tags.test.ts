import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { resolveAnswers } from '../../../core/answers/resolve.ts';
import { createView } from '../../../core/emit/view.ts';
import { solve } from '../../../core/plan/solve.ts';
import { root } from '../../support/paths.ts';
import { run } from '../../support/run.ts';
import { filesIn } from '../../support/tree.ts';

const { answers } = resolveAnswers([], { projectName: 'shop' });
const names = Object.keys(createView(answers, solve(answers)));

const folder = path.join(root, 'templates');
const templates: ReadonlyMap<string, string> = new Map(
  filesIn(folder)
    .filter((file) => file.endsWith('.ejs'))
    .map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]),
);

/** What a template may do: print values, and include what a value names. */
const header = [
  `import type { View } from ${JSON.stringify(path.join(root, 'core/emit/view.ts'))};`,
  'declare function print(value: string | number | boolean | null): void;',
  'declare function include(path: string): string;',
  ...names.map((name) => `declare const ${name}: View[${JSON.stringify(name)}];`),
].join(' ');

/** The tags of a template as statements, each on the line after its own. */
function statementsOf(template: string): string {
  const lines = template
    .split('\n')
    .map((line) =>
      [...line.matchAll(/<%([_-]?) (.*?) [_-]?%>/gu)]
        .map(([, kind, content = '']) => (kind === '-' ? `print(${content});` : content))
        .join(' '),
    );
  return [header, ...lines, ''].join('\n');
}

/** Compiles templates by their names; what the compiler says, as `name:line: message`. */
async function compile(texts: ReadonlyMap<string, string>): Promise<readonly string[]> {
  const work = mkdtempSync(path.join(tmpdir(), 'tags-'));
  try {
    const numbered = [...texts];
    for (const [index, [, text]] of numbered.entries()) {
      writeFileSync(path.join(work, `${index}.ts`), statementsOf(text));
    }
    const settings = {
      extends: path.join(root, 'tsconfig.json'),
      compilerOptions: { rewriteRelativeImportExtensions: false, allowImportingTsExtensions: true, types: [] },
      include: ['*.ts'],
    };
    writeFileSync(path.join(work, 'tsconfig.json'), JSON.stringify(settings));
    const tsc = path.join(root, 'node_modules/typescript/bin/tsc');
    const { output } = await run(process.execPath, [tsc, '-p', work, '--pretty', 'false'], { cwd: work });
    return output
      .split('\n')
      .filter(Boolean)
      .map((line) => {
        const [, index = '', at = '', message = ''] = /^(\d+)\.ts\((\d+),\d+\): error (.*)$/u.exec(line) ?? [];
        return index === '' ? line : `${numbered[Number(index)]?.[0]}:${Number(at) - 1}: ${message}`;
      });
  } finally {
    rmSync(work, { recursive: true });
  }
}

describe('the tags of templates and fragments', function () {
  this.timeout(60_000);

  it('name what the view has, and compare it with what it can be', async () => {
    assert.ok(templates.size > 50);
    assert.deepEqual(await compile(templates), []);
  });

  it('name everything that the view has at its top', () => {
    const tags = [...templates.values()].flatMap((text) => text.match(/<%[^%]*%>/gu) ?? []).join('\n');
    assert.deepEqual(
      names.filter((name) => !new RegExp(`\\b${name}\\b`, 'u').test(tags)),
      [],
    );
  });

  it('are refused otherwise, each with its line', async () => {
    const faults = {
      name: 'a\n<%- projekt %>\n',
      key: '\n\n<%- plan.gunicorn.worker %>\n',
      choice: "<%_ if (infrastructure === 'terraform') { _%>\nx\n<%_ } _%>\n",
      never: "<%_ if (broker === 'sqs') { _%>\n<%_ if (broker === 'redis') { _%>\nx\n<%_ } _%>\n<%_ } _%>\n",
      object: '<%- ci.fragments %>\n',
      loop: '<%_ for (const line of project.lines) { _%>\n<%- line %>\n<%_ } _%>\n',
      fragment: '<%- include(ci.fragments.role) -%>\n',
    };
    const found = await compile(new Map(Object.entries(faults)));
    const places = found.map((fault) => fault.split(':').slice(0, 2).join(':'));
    assert.deepEqual(places.toSorted(), [
      ...['choice:1', 'fragment:1', 'key:3', 'loop:1', 'name:2', 'never:2', 'object:1'],
    ]);
    assert.ok(found.some((fault) => fault.includes("Cannot find name 'projekt'")));
  });
});
