import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import { parse as parseToml } from 'smol-toml';
import { parseDocument } from 'yaml';
import { cloudFormationTags } from '../support/cloudFormation.ts';
import { run } from '../support/run.ts';
import { filesIn } from '../support/tree.ts';

export interface RepositoryFile {
  readonly text: string;
  readonly executable: boolean;
}

/** Every file of a folder, by POSIX path. */
export function readRepository(folder: string): ReadonlyMap<string, RepositoryFile> {
  return new Map(
    filesIn(folder).map((file) => {
      const full = path.join(folder, file);
      const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(readFileSync(full));
      return [file, { text, executable: (statSync(full).mode & 0o111) !== 0 }];
    }),
  );
}

/** The files that other programs own the words of. */
const isOurs = (file: string): boolean => !file.endsWith('.pem') && file !== '.django-fargate/baseline.json';

const inspected = new Map<string, readonly string[]>();

/** What is wrong with one emitted file, whatever the answers were. Most files are the same for many answers. */
export function faultsOf(file: string, text: string): readonly string[] {
  const name = `${file}\0${text}`;
  const known = inspected.get(name) ?? inspectText(file, text);
  inspected.set(name, known);
  return known;
}

function inspectText(file: string, text: string): readonly string[] {
  const faults: string[] = [];
  const check = (isRight: boolean, fault: string) => (isRight ? undefined : faults.push(`${file}: ${fault}`));
  check(!text.includes('\r'), 'a carriage return');
  check(!text.startsWith('\uFEFF'), 'a byte order mark');
  check(text === '' || text.endsWith('\n'), 'no final newline');
  check(!text.endsWith('\n\n'), 'a blank line at the end');
  check(!/[ \t]$/mu.test(text), 'trailing blanks');
  check(!/\n{4}/u.test(text), 'three blank lines in a row');
  check(file === 'Makefile' || !text.includes('\t'), 'a tab');
  if (isOurs(file)) {
    check(!/<%|%>/u.test(text), 'a tag is left over');
    check(!/\bundefined\b|\bNaN\b|\bInfinity\b|\[object /u.test(text), 'an undefined value was printed');
    const told = talkOf(file, text);
    check(told === undefined, `it tells how it was made: ${told}`);
  }
  const unparsed = parseFault(file, text);
  check(unparsed === undefined, String(unparsed));
  return faults;
}

/** The first words about how the file came to be. */
function talkOf(file: string, text: string): string | undefined {
  const allowed = [
    /\.yo-rc\.json/gu,
    /\.django-fargate(?=[/*-])/gu,
    /linguist-generated/gu,
    /django\.template\b/gu,
    ...(/(?:^|\/)(?:AGENTS|README)\.md$|^django_fargate\/uploads\.py$/u.test(file)
      ? [/\bnpx generator-django-fargate(?:@VERSION)? (?:pgbouncer|resize)\b/gu]
      : []),
    // Django's word.
    ...(file === 'django_fargate/checks.py' ? [/\btemplate\b/gu] : []),
    ...(file === 'gunicorn.conf.py' ? [/"yo django-fargate"/gu] : []),
    ...(file === '.yo-rc.json' ? [/"generator-django-fargate"/gu] : []),
  ];
  const rest = allowed.reduce((left, words) => left.replace(words, ''), text);
  // Without the flag `u`, which makes one that ignores case twenty times slower.
  return /\bejs\b|\byo(?:man)?\b|yeoman|\bgenerators?\b|django-fargate|\btemplate\b|cookiecutter/i.exec(rest)?.[0];
}

function parseFault(file: string, text: string): string | undefined {
  try {
    if (file.endsWith('.json')) {
      JSON.parse(text);
    } else if (/\.ya?ml$/u.test(file)) {
      const { errors, warnings } = parseDocument(text, { customTags: [...cloudFormationTags] });
      const [first] = [...errors, ...warnings];
      return first?.message;
    } else if (file.endsWith('.toml')) {
      parseToml(text);
    }
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}

const pythonScript = `
import ast, json, sys
faults = []
for name, text in json.load(sys.stdin):
    try:
        ast.parse(text, name)
    except (SyntaxError, ValueError) as error:
        faults.append(f"{name}: {error}")
json.dump(faults, sys.stdout)
`;

/** What Python does not parse, of any number of files at once: pairs of a name and a text. */
export async function pythonFaults(
  python: string,
  files: Iterable<readonly [string, string]>,
): Promise<readonly string[]> {
  const { code, stdout, output } = await run(python, ['-c', pythonScript], { input: JSON.stringify([...files]) });
  if (code !== 0) {
    throw new Error(output);
  }
  return JSON.parse(stdout) as string[];
}

/** The shell code in Markdown, one script for each block. */
export function shellBlocks(markdown: string): readonly string[] {
  return [...markdown.matchAll(/^```sh\n([\s\S]*?)^```$/gmu)].map(([, code = '']) => code);
}

/** What bash does not parse, of any number of scripts: pairs of a text and a name. */
export async function shellFaults(scripts: Iterable<readonly [string, string]>): Promise<readonly string[]> {
  const all = [...scripts];
  // One process for all: each script is a function of its own. Only where that fails it is asked which one it was.
  const functions = all.map(([text], index) => `f${index}() {\n:\n${text}\n}\n`);
  const whole = await run('bash', ['-n'], { input: functions.join('') });
  if (`${whole.output}${whole.code}` === '0') return [];
  const faults: string[] = [];
  for (const [text, name] of all) {
    const { code, output } = await run('bash', ['-n'], { input: text });
    if (`${output}${code}` !== '0') faults.push(`${name}: ${output}`);
  }
  return faults.length > 0 ? faults : [whole.output];
}
