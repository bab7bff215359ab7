import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What the picture shows being typed, after `npm start --`. */
const typed = [
  '../shop',
  '--yes',
  ...'--vcpu 1 --rds-class db.m7g.large --multi-az'.split(' '),
  '--domain',
  'shop.example.com',
];

const lineHeightPx = 18;
const characterWidthPx = 8.45;
const green = '#7ee787';
const yellow = '#e3b341';
const blue = '#79c0ff';
const white = '#e6edf3';

/** An SVG of the terminal after a real run of the built package; the same for the same sources. */
export function runPicture(): string {
  const lines = [`$ npm start -- ${typed.join(' ')}`, '', ...run().trimEnd().split('\n')];
  const width = characterWidthPx * Math.max(...lines.map((line) => line.length)) + 32;
  const height = lineHeightPx * lines.length + 40;
  const text = lines.map(
    (line, index) =>
      `<text x="16" y="${30 + lineHeightPx * index}" fill="${colourOf(line)}" xml:space="preserve">${escapeXml(line)}</text>`,
  );
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${Math.ceil(width)}" height="${height}" role="img" aria-label="A run in a terminal">
<rect width="100%" height="100%" rx="8" fill="#0d1117"/>
<g font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'DejaVu Sans Mono', monospace" font-size="14">
${text.join('\n')}
</g>
</svg>
`;
}

function run(): string {
  const folder = mkdtempSync(join(tmpdir(), 'picture-'));
  try {
    const cwd = join(folder, 'here');
    mkdirSync(cwd);
    const env = { ...process.env, AWS_REGION: 'us-east-1' };
    const bin = join(root, 'dist/bin/generator-django-fargate.js');
    return execFileSync(process.execPath, [bin, ...typed], { cwd, env, encoding: 'utf8' }).replaceAll(
      join(folder, 'shop'),
      '~/shop',
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
}

function colourOf(line: string): string {
  if (line.startsWith('$')) return green;
  if (line.startsWith('!')) return yellow;
  return /^(The|Written)/u.test(line) ? blue : white;
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
