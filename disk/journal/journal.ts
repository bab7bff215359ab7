import { posix } from 'node:path';
import { exitCodes, UserError } from '../../core/errors.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { observe } from '../files/observe.ts';
import { pathFault } from '../../core/pathFault.ts';
import { absolute, journalPath } from '../paths.ts';
import { unless } from '../files/systemError.ts';

/** A file that a run is about to change: created without `was`, removed without `sha256`. */
export interface JournaledFile {
  readonly path: string;
  /** SHA-256 of the content that is replaced or removed. Schema 1 did not tell. */
  readonly was?: string;
  /** SHA-256 of the new content. */
  readonly sha256?: string;
}

/**
 * What a run is about to do, written before it does any of it. A run that was killed leaves it behind, and the next
 * run removes exactly these leftovers.
 */
export interface Journal {
  /** 1: by a version that removed nothing. */
  readonly schema: 1 | 2;
  /** Part of the name of every scratch file of that run, so that no file of the user's can be meant. */
  readonly run: string;
  readonly files: readonly JournaledFile[];
  /** The folders to be made, outermost first, as relative POSIX paths; '' is the root. */
  readonly folders: readonly string[];
  /** The number of the backup that the run takes back. */
  readonly undoes?: number;
}

/** The scratch files beside the target of `files[index]`, as relative POSIX paths. */
export interface Scratch {
  /** The new content, complete, before it gets its name. */
  readonly fresh: string;
  /** The same, while an empty file of ours holds the name: only where hard links are refused. */
  readonly reserved: string;
  /** The content that is being replaced or removed. */
  readonly old: string;
}

export function scratchOf(run: string, index: number, path: string): Scratch {
  const stem = posix.join(posix.dirname(path), `.django-fargate-${run}-${index}`);
  return { fresh: `${stem}.new`, reserved: `${stem}.reserved`, old: `${stem}.old` };
}

/**
 * Reads what an earlier run left.
 *
 * @returns undefined when there is no journal; 'torn' when that run was killed while writing it, before anything else
 * @throws UserError (exit 4) for a journal that is not one of ours
 */
export async function readJournal(root: string, fs: FileSystem): Promise<Journal | 'torn' | undefined> {
  const observed = await observe(root, journalPath, fs);
  if (observed.kind === 'absent') return undefined;
  if (observed.kind === 'special') throw foreign(root, observed.reason);
  if (observed.kind === 'folder') throw foreign(root, 'is a folder');
  let value: unknown;
  try {
    value = JSON.parse(Buffer.from(observed.bytes).toString('utf8'));
  } catch {
    return 'torn';
  }
  if (!isJournal(value)) throw foreign(root, 'is not a journal of this version');
  return value;
}

/** The targets at which a killed run may have left an empty file of its own, where hard links are refused. */
export async function readUnfinished(root: string, fs: FileSystem): Promise<ReadonlySet<string>> {
  const unfinished = new Set<string>();
  const observed = await observe(root, journalPath, fs);
  if (observed.kind !== 'file') return unfinished;
  const journal = await readJournal(root, fs);
  if (journal === undefined || journal === 'torn') return unfinished;
  for (const [index, { path }] of journal.files.entries()) {
    const { reserved } = scratchOf(journal.run, index, path);
    const stats = await unless(['ENOENT', 'ENOTDIR'], () => fs.lstat(absolute(root, reserved)));
    if (stats?.isFile()) unfinished.add(path);
  }
  return unfinished;
}

function foreign(root: string, reason: string): UserError {
  return new UserError(
    `${absolute(root, journalPath)} ${reason}. It lists what an interrupted run left behind; ` +
      'finish with the version that wrote it, or delete the file, then run the same command again.',
    { exitCode: exitCodes.unsafe },
  );
}

/** The journal is read from disk, so anyone may have written it. */
function isJournal(value: unknown): value is Journal {
  if (typeof value !== 'object' || value === null) return false;
  const { schema, run, files, folders, undoes } = value as Record<string, unknown>;
  if ((schema !== 1 && schema !== 2) || typeof run !== 'string' || !/^[0-9a-f]{16}$/.test(run)) return false;
  if (!Array.isArray(files) || !Array.isArray(folders)) return false;
  if (undoes !== undefined && !Number.isSafeInteger(undoes)) return false;
  const isPath = (path: unknown): boolean => typeof path === 'string' && pathFault(path) === undefined;
  const isHash = (hash: unknown): boolean => typeof hash === 'string' && /^[0-9a-f]{64}$/.test(hash);
  const isFile = ({ path, was, sha256 }: Readonly<Record<string, unknown>>): boolean =>
    isPath(path) &&
    (was === undefined ? isHash(sha256) : schema === 2 && isHash(was) && (sha256 === undefined || isHash(sha256)));
  return (
    files.every((file) => typeof file === 'object' && file !== null && isFile(file)) &&
    folders.every((folder) => folder === '' || isPath(folder))
  );
}
