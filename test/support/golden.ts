import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { generate, scratch } from './generate.ts';
import { root } from './paths.ts';
import { filesIn } from './tree.ts';

/** A whole repository that is kept, so that a review sees what a change of a template or of a formula does. */
export interface GoldenCase {
  readonly name: string;
  readonly flags: Readonly<Record<string, unknown>>;
}

export const goldenCases: readonly GoldenCase[] = [
  { name: 'default', flags: {} },
  {
    name: 'large',
    flags: {
      vcpu: '4',
      'rds-class': 'db.m7g.xlarge',
      'multi-az': true,
      domain: 'shop.example.com',
      architecture: 'ARM64',
      region: 'eu-central-1',
      ci: 'gitlab',
      django: '6.1',
      static: 's3',
    },
  },
  {
    name: 'tight',
    flags: {
      'project-name': 'corner_shop',
      vcpu: '1',
      'rds-class': 'db.t4g.micro',
      'min-tasks': '1',
      'slowest-request': '105',
      ci: 'bitbucket',
      'rds-engine-version': '18',
      infrastructure: 'none',
    },
  },
  {
    name: 'sqs',
    flags: { broker: 'sqs', 'longest-task': '300', 'min-worker-tasks': '0', 'rds-class': 'db.m7g.large' },
  },
  { name: 'redis', flags: { broker: 'redis', beat: true, domain: 'shop.example.com', egress: 'endpoints' } },
  { name: 'pgbouncer', flags: { pooler: 'pgbouncer', 'rds-class': 'db.t4g.micro', broker: 'sqs' } },
];

const folderOf = ({ name }: GoldenCase): string => path.join(root, 'test', 'golden', name);

/** Long files that say nothing in a review; their hashes stand in the baseline. */
const isLeftOut = (file: string): boolean => /^requirements(-dev)?\.txt$|\.pem$/u.test(file);

const baselineFile = '.django-fargate/baseline.json';

/** The baseline without the texts, which stand beside it, and without our version, which changes with every release. */
function withoutTexts(text: string): string {
  const kept = (key: string, value: unknown) => (key === 'text' ? undefined : key === 'version' ? 'VERSION' : value);
  return `${JSON.stringify(JSON.parse(text), kept, 2)}\n`;
}

/** What is to be kept of a repository as it is written now, by its path there. */
export async function renderGolden(example: GoldenCase): Promise<ReadonlyMap<string, string>> {
  const cwd = scratch('golden');
  const { code, message } = await generate('app', { cwd, args: ['shop'], flags: { yes: true, ...example.flags } });
  if (code !== 0) {
    throw new Error(`${example.name}: ${message}`);
  }
  const folder = path.join(cwd, 'shop');
  const kept = filesIn(folder)
    .filter((file) => !isLeftOut(file))
    .map((file) => {
      const text = readFileSync(path.join(folder, file), 'utf8');
      return [file, file === baselineFile ? withoutTexts(text) : text] as const;
    });
  rmSync(folder, { recursive: true });
  return new Map(kept);
}

/** The name under which a file is kept: a .gitignore, .gitattributes or .editorconfig must not take effect on us. */
export function keptName(file: string): string {
  return file
    .split('/')
    .map((segment) => segment.replace(/^\./u, 'dot-'))
    .join('/');
}

function originalName(kept: string): string {
  return kept
    .split('/')
    .map((segment) => segment.replace(/^dot-/u, '.'))
    .join('/');
}

/** What is kept, by its path in the repository; empty when there is nothing. */
export function readGolden(example: GoldenCase): ReadonlyMap<string, string> {
  const folder = folderOf(example);
  const files = existsSync(folder) ? filesIn(folder) : [];
  return new Map(files.map((file) => [originalName(file), readFileSync(path.join(folder, file), 'utf8')]));
}

export function writeGolden(example: GoldenCase, files: ReadonlyMap<string, string>): void {
  rmSync(folderOf(example), { recursive: true, force: true });
  for (const [file, text] of files) {
    const target = path.join(folderOf(example), ...keptName(file).split('/'));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
