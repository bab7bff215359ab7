import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

/** What stands at one path. `content` holds one character per byte (latin1), so that nothing is lost in comparing. */
export type TreeEntry =
  | { readonly type: 'file'; readonly mode: string; readonly content: string }
  | { readonly type: 'folder'; readonly mode: string }
  | { readonly type: 'link'; readonly to: string }
  | { readonly type: 'other' };

/** Everything below a folder, by relative POSIX path, ordered. */
export type Tree = Readonly<Record<string, TreeEntry>>;

/** What to write: a text, bytes, a link, or a folder; a path's folders are made by themselves. */
export type Sapling =
  | string
  | Uint8Array
  | { readonly content: string; readonly mode: number }
  | { readonly link: string }
  | { readonly folder: true; readonly mode?: number };

/** Reads a whole folder without following links; {} when there is none. */
export async function readTree(root: string): Promise<Tree> {
  const entries: [string, TreeEntry][] = [];
  const walk = (prefix: string): void => {
    for (const name of fs.readdirSync(join(root, prefix)).toSorted()) {
      const path = `${prefix}${name}`;
      const entry = readEntry(join(root, path));
      entries.push([path, entry]);
      if (entry.type === 'folder') walk(`${path}/`);
    }
  };
  if (fs.existsSync(root)) walk('');
  return Object.fromEntries(entries);
}

function readEntry(path: string): TreeEntry {
  const stats = fs.lstatSync(path);
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  if (stats.isSymbolicLink()) return { type: 'link', to: fs.readlinkSync(path) };
  if (stats.isDirectory()) return { type: 'folder', mode };
  if (!stats.isFile()) return { type: 'other' };
  return { type: 'file', mode, content: fs.readFileSync(path).toString('latin1') };
}

/** Writes a folder for a test; modes are exact (0644 and 0755 unless said otherwise), whatever the umask. */
export async function writeTree(root: string, saplings: Readonly<Record<string, Sapling>>): Promise<void> {
  makeFolders(root);
  for (const [path, sapling] of Object.entries(saplings)) {
    const target = join(root, path);
    makeFolders(dirname(target));
    if (typeof sapling === 'string' || sapling instanceof Uint8Array) write(target, sapling, 0o644);
    else if ('content' in sapling) write(target, sapling.content, sapling.mode);
    else if ('link' in sapling) fs.symlinkSync(sapling.link, target);
    else {
      makeFolders(target);
      fs.chmodSync(target, sapling.mode ?? 0o755);
    }
  }
}

/** What `writeTree` needs to write a tree again that holds texts and folders. */
export function toSaplings(tree: Tree): Readonly<Record<string, Sapling>> {
  return Object.fromEntries(
    Object.entries(tree).map(([path, entry]): [string, Sapling] => {
      if (entry.type === 'link') return [path, { link: entry.to }];
      if (entry.type === 'other') throw new Error(`${path} cannot be written`);
      const mode = Number.parseInt(entry.mode, 8);
      return [path, entry.type === 'folder' ? { folder: true, mode } : { content: entry.content, mode }];
    }),
  );
}

function write(path: string, content: string | Uint8Array, mode: number): void {
  fs.writeFileSync(path, content);
  fs.chmodSync(path, mode);
}

function makeFolders(path: string): void {
  const first = fs.mkdirSync(path, { recursive: true });
  for (let here = path; first !== undefined && here.length >= first.length; here = dirname(here)) {
    fs.chmodSync(here, 0o755);
  }
}

/** Runs a test in a new empty folder that anyone may enter, and removes it afterwards. */
export async function inTemporaryFolder<Value>(run: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = fs.realpathSync(fs.mkdtempSync(join(tmpdir(), 'django-fargate-')));
  fs.chmodSync(folder, 0o755);
  try {
    return await run(folder);
  } finally {
    openFolders(folder);
    fs.rmSync(folder, { recursive: true, force: true });
  }
}

/** An ordinary user cannot remove what lies in a folder that a test has closed. */
function openFolders(folder: string): void {
  fs.chmodSync(folder, 0o755);
  for (const entry of fs.readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) openFolders(join(folder, entry.name));
  }
}
