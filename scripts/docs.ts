/**
 * Writes what the documentation takes from the code: docs/answers.schema.json and the tables of docs/answers.md.
 *   npm run docs             writes them
 *   npm run docs -- --check  fails when they are out of step
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { answersSchema } from '../core/answers/schema.ts';
import { answersPage } from './lib/answersPage.ts';

const root = new URL('../', import.meta.url);
const wanted: Readonly<Record<string, string>> = {
  'docs/answers.schema.json': `${JSON.stringify(answersSchema(), undefined, 2)}\n`,
  'docs/answers.md': answersPage(readFileSync(new URL('docs/answers.md', root), 'utf8')),
};

const isCheck = process.argv.includes('--check');
for (const [path, text] of Object.entries(wanted)) {
  const url = new URL(path, root);
  if (isCheck && readFileSync(url, 'utf8') !== text) {
    process.stderr.write(`${path} is out of step with the code: npm run docs\n`);
    process.exitCode = 1;
  } else if (!isCheck) {
    writeFileSync(url, text);
  }
}
