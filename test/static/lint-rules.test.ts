import assert from 'node:assert/strict';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { root } from '../support/paths.ts';
import { run } from '../support/run.ts';

interface Case {
  readonly file: string;
  readonly code: string;
  /** The rule that must object; none where the code is allowed. */
  readonly rule?: string;
}

const imports = 'eslint(no-restricted-imports)';
const globals = 'eslint(no-restricted-globals)';

/** Each layer's rule broken once, and beside it what the layer may do. */
const cases: readonly Case[] = [
  { file: 'core/plan/a.ts', code: "import { readFileSync } from 'node:fs';\nreadFileSync('a');", rule: imports },
  { file: 'core/plan/a.ts', code: "import { readFileSync } from 'fs';\nreadFileSync('a');", rule: imports },
  { file: 'core/plan/a.ts', code: "import path from 'node:path';\npath.join('a');", rule: imports },
  { file: 'core/plan/a.ts', code: "export const later = await import('node:fs');", rule: imports },
  { file: 'core/plan/a.ts', code: "export * from 'yeoman-generator';", rule: imports },
  { file: 'core/plan/a.ts', code: "export * from 'ajv';", rule: imports },
  { file: 'core/plan/a.ts', code: "export * from '../../disk/read.ts';", rule: imports },
  { file: 'core/a.ts', code: "export * from '../disk/read.ts';", rule: imports },
  { file: 'core/a.ts', code: "export type { Base } from '../generators/base.ts';", rule: imports },
  { file: 'core/a.ts', code: 'export const home = process.env;', rule: globals },
  { file: 'core/a.ts', code: "console.log('a');", rule: globals },
  { file: 'core/a.ts', code: 'export const now = Date.now();', rule: globals },
  { file: 'core/a.ts', code: 'export const now = new Date();', rule: globals },
  { file: 'core/a.ts', code: "export const page = fetch('https://example.com');", rule: globals },
  { file: 'core/a.ts', code: 'setTimeout(() => {}, 1);', rule: globals },
  { file: 'core/a.ts', code: 'export const all = globalThis;', rule: globals },
  { file: 'core/a.ts', code: "export const bytes = Buffer.from('a');", rule: globals },
  { file: 'core/a.ts', code: 'export const dice = Math.random();', rule: 'eslint(no-restricted-properties)' },
  { file: 'core/a.ts', code: "export * from './plan/solve.ts';\nexport * from 'ejs';\nexport * from '@lezer/python';" },
  { file: 'core/plan/a.ts', code: "export * from '../facts/rds.ts';\nexport const most = Math.max(1, 2);" },
  { file: 'disk/a.ts', code: "export * from 'yeoman-environment';", rule: imports },
  { file: 'disk/a.ts', code: "export * from '@yeoman/types';", rule: imports },
  { file: 'disk/a.ts', code: "export * from '../generators/base.ts';", rule: imports },
  { file: 'disk/backup/a.ts', code: "export * from '../../generators/base.ts';", rule: imports },
  { file: 'disk/a.ts', code: "export * from 'node:child_process';", rule: imports },
  { file: 'disk/read/gitStatus.ts', code: "export * from '../generators/base.ts';", rule: imports },
  { file: 'disk/read/gitStatus.ts', code: "export * from 'node:child_process';" },
  { file: 'disk/a.ts', code: "export * from 'node:fs/promises';\nexport * from '../core/errors.ts';" },
  { file: 'generators/app/a.ts', code: "export * from 'node:fs';", rule: imports },
  { file: 'generators/app/a.ts', code: "export * from 'node:fs/promises';", rule: imports },
  { file: 'generators/app/a.ts', code: "export * from 'yeoman-generator';\nexport * from '../../disk/read.ts';" },
  { file: 'bin/a.ts', code: "export * from 'node:fs';", rule: imports },
  { file: 'bin/a.ts', code: "export * from 'yeoman-environment';" },
  { file: 'scripts/start.mjs', code: "export * from 'yaml';", rule: imports },
  { file: 'scripts/lib/a.mjs', code: "export * from 'yaml';", rule: imports },
  { file: 'scripts/lib/a.mjs', code: "export * from 'node:fs';\nexport * from './run.mjs';" },
  { file: 'test/a.ts', code: "export * from 'node:fs';\nexport * from 'yeoman-test';" },
  {
    file: 'core/a.ts',
    code: '// oxlint-disable-next-line no-restricted-globals\nexport const one = 1;',
    rule: 'Unused oxlint-disable directive',
  },
];

describe('the dependency rule', () => {
  let folder = '';

  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'lint-rules-'));
  });

  after(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  for (const [number, { file, code, rule }] of cases.entries()) {
    it(`${rule === undefined ? 'allows' : 'refuses'} in ${file}: ${code.replaceAll('\n', ' ')}`, async () => {
      const copy = path.join(folder, String(number));
      mkdirSync(path.join(copy, path.dirname(file)), { recursive: true });
      cpSync(path.join(root, '.oxlintrc.json'), path.join(copy, '.oxlintrc.json'));
      writeFileSync(path.join(copy, file), `${code}\n`);
      const oxlint = path.join(root, 'node_modules', '.bin', 'oxlint');
      const { code: exit, output } = await run(oxlint, ['--format', 'unix', '.'], { cwd: copy });
      if (rule === undefined) {
        assert.equal(exit, 0, output);
      } else {
        assert.equal(exit, 1, output);
        assert.ok(output.includes(rule), output);
      }
    });
  }
});
