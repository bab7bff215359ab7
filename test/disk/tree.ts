import { promises as fs } from 'node:fs';
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
  const walk = async (prefix: string): Promise<void> => {
    const names = await fs.readdir(join(root, prefix)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT' && prefix === '') return [];
      throw error;
    });
    for (const name of names.toSorted()) {
      const path = `${prefix}${name}`;
      const entry = await readEntry(join(root, path));
      entries.push([path, entry]);
      if (entry.type === 'folder') await walk(`${path}/`);
    }
  };
  await walk('');
  return Object.fromEntries(entries);
}

async function readEntry(path: string): Promise<TreeEntry> {
  const stats = await fs.lstat(path);
  const mode = (stats.mode & 0o7777).toString(8).padStart(4, '0');
  if (stats.isSymbolicLink()) return { type: 'link', to: await fs.readlink(path) };
  if (stats.isDirectory()) return { type: 'folder', mode };
  if (!stats.isFile()) return { type: 'other' };
  return { type: 'file', mode, content: (await fs.readFile(path)).toString('latin1') };
}

/** Writes a folder for a test; modes are exact (0644 and 0755 unless said otherwise), whatever the umask. */
export async function writeTree(root: string, saplings: Readonly<Record<string, Sapling>>): Promise<void> {
  await makeFolders(root);
  for (const [path, sapling] of Object.entries(saplings)) {
    const target = join(root, path);
    await makeFolders(dirname(target));
    if (typeof sapling === 'string' || sapling instanceof Uint8Array) await write(target, sapling, 0o644);
    else if ('content' in sapling) await write(target, sapling.content, sapling.mode);
    else if ('link' in sapling) await fs.symlink(sapling.link, target);
    else {
      await makeFolders(target);
      await fs.chmod(target, sapling.mode ?? 0o755);
    }
  }
}

async function write(path: string, content: string | Uint8Array, mode: number): Promise<void> {
  await fs.writeFile(path, content);
  await fs.chmod(path, mode);
}

async function makeFolders(path: string): Promise<void> {
  const first = await fs.mkdir(path, { recursive: true });
  for (let here = path; first !== undefined && here.length >= first.length; here = dirname(here)) {
    await fs.chmod(here, 0o755);
  }
}

/** Runs a test in a new empty folder that anyone may enter, and removes it afterwards. */
export async function inTemporaryFolder<Value>(run: (folder: string) => Promise<Value>): Promise<Value> {
  const folder = await fs.realpath(await fs.mkdtemp(join(tmpdir(), 'django-fargate-')));
  await fs.chmod(folder, 0o755);
  try {
    return await run(folder);
  } finally {
    await openFolders(folder);
    await fs.rm(folder, { recursive: true, force: true });
  }
}

/** An ordinary user cannot remove what lies in a folder that a test has closed. */
async function openFolders(folder: string): Promise<void> {
  await fs.chmod(folder, 0o755);
  for (const entry of await fs.readdir(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) await openFolders(join(folder, entry.name));
  }
}
