import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../paths.ts';
import { filesIn } from '../tree.ts';
import { goldenCases, type GoldenCase } from './cases.ts';
import { differencesOf, keptOf, type Kept } from './keep.ts';
import { renderRepository } from './render.ts';

const folderOf = ({ name }: GoldenCase): string => path.join(root, 'test', 'golden', name);

/** All texts of a case's repository as it is written now. */
export async function renderCase(name: string): Promise<Kept> {
  const example = goldenCases.find((other) => other.name === name);
  if (example === undefined) throw new Error(`no golden repository is named ${name}`);
  return keptOf(await renderRepository(example.flags));
}

/** What is to be kept of a case as its repository is written now. */
export async function renderGolden(example: GoldenCase): Promise<Kept> {
  const now = keptOf(await renderRepository(example.flags));
  const from = goldenCases.find(({ name }) => name === example.from);
  if (from === undefined) return now;
  const name = example.flags['project-name'];
  if (typeof name !== 'string') return differencesOf(keptOf(await renderRepository(from.flags)), now);
  // Another name stands in nearly every file. So it is compared with a repository of that name; where the name stands
  // is kept beside it, and a test says that nothing else depends on it.
  const named = keptOf(await renderRepository({ ...from.flags, 'project-name': name }));
  return new Map([...differencesOf(named, now), [namesFile, namesIn(name, named)]]);
}

const namesFile = 'names.txt';

/** How often each file names the project as Python does and as AWS does. */
function namesIn(name: string, files: Kept): string {
  const slug = name.replaceAll('_', '-');
  const lines = [...files].map(([file, text]) => {
    const [project, hyphened] = [name, slug].map((own) => text.split(own).length - 1);
    return project === 0 && hyphened === 0 ? '' : `${file}: ${project} x ${name}, ${hyphened} x ${slug}\n`;
  });
  return lines.join('');
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
export function readGolden(example: GoldenCase): Kept {
  const folder = folderOf(example);
  const files = existsSync(folder) ? filesIn(folder) : [];
  return new Map(files.map((file) => [originalName(file), readFileSync(path.join(folder, file), 'utf8')]));
}

export function writeGolden(example: GoldenCase, files: Kept): void {
  rmSync(folderOf(example), { recursive: true, force: true });
  for (const [file, text] of files) {
    const target = path.join(folderOf(example), ...keptName(file).split('/'));
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text);
  }
}
