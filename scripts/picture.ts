/**
 * Draws docs/run.svg: the terminal of a real run of the built package.
 *   npm run picture
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../', import.meta.url));
const bin = join(root, 'dist/bin/generator-django-fargate.js');
const shown = [
  '../shop',
  '--yes',
  '--vcpu',
  '1',
  '--rds-class',
  'db.m7g.large',
  '--multi-az',
  '--domain',
  'shop.example.com',
];

const folder = mkdtempSync(join(tmpdir(), 'picture-'));
let output: string;
try {
  mkdirSync(join(folder, 'here'));
  output = execFileSync(process.execPath, [bin, ...shown], {
    cwd: join(folder, 'here'),
    env: { ...process.env, AWS_REGION: 'us-east-1' },
    encoding: 'utf8',
  }).replaceAll(join(folder, 'shop'), '~/shop');
} finally {
  rmSync(folder, { recursive: true });
}

const lines = [`$ npm start -- ${shown.join(' ')}`, '', ...output.trimEnd().split('\n')];
const lineHeight = 18;
const width = 8.45 * Math.max(...lines.map((line) => line.length)) + 32;
const height = lineHeight * lines.length + 40;
const text = lines.map((line, index) => {
  const fill = line.startsWith('$')
    ? '#7ee787'
    : line.startsWith('!')
      ? '#e3b341'
      : /^(The|Written)/.test(line)
        ? '#79c0ff'
        : '#e6edf3';
  return `<text x="16" y="${30 + lineHeight * index}" fill="${fill}" xml:space="preserve">${escapeXml(line)}</text>`;
});
writeFileSync(
  join(root, 'docs/run.svg'),
  `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" role="img" aria-label="A run in a terminal">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${text.join('\n')}
</g>
</svg>
`,
);

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
