import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { generate, scratch } from '../generate.ts';
import { filesIn } from '../tree.ts';

/** An emitted repository: the bytes of every file by path. */
export type Repository = ReadonlyMap<string, Buffer>;

const rendered = new Map<string, Promise<Repository>>();

/** The repository that these flags give today; each is generated once. */
export function renderRepository(flags: Readonly<Record<string, unknown>>): Promise<Repository> {
  const key = JSON.stringify(flags);
  const known = rendered.get(key) ?? renderAnew(flags);
  rendered.set(key, known);
  return known;
}

async function renderAnew(flags: Readonly<Record<string, unknown>>): Promise<Repository> {
  const cwd = scratch('golden');
  const { code, message } = await generate('app', { cwd, args: ['shop'], flags: { yes: true, ...flags } });
  if (code !== 0) {
    throw new Error(`${JSON.stringify(flags)}: ${message}`);
  }
  const folder = path.join(cwd, 'shop');
  const files = filesIn(folder).map((file) => [file, readFileSync(path.join(folder, file))] as const);
  rmSync(folder, { recursive: true });
  return new Map(files);
}
