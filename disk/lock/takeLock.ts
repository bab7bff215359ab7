import { hostname } from 'node:os';
import { setTimeout as pause } from 'node:timers/promises';
import { exitCodes, UserError } from '../../core/errors.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { sameBytes } from '../../core/sameBytes.ts';
import { readRegular } from '../files/observe.ts';
import { absolute, lockPath } from '../paths.ts';
import { removeFile } from '../files/remove.ts';
import { explain, unless } from '../files/systemError.ts';
import { writeNew } from '../files/writeNew.ts';

interface Holder {
  readonly pid: number;
  readonly host: string;
  readonly run: string;
}

/** The runs of this process: a lock with our own process id but another run is of a process that is gone. */
const runsHere = new Set<string>();

/** A writer fills its lock at once; one that is still empty after this time (ms) was never going to. */
const fillMs = 300;

/**
 * Takes the lock of a repository, so that two runs never write at once. A lock whose process is gone is taken over.
 *
 * @param run 16 hexadecimal digits, unique to this run
 * @returns gives the lock back
 * @throws UserError (exit 4) that names the process when another run holds it
 */
export async function takeLock(root: string, run: string, fs: FileSystem): Promise<() => Promise<void>> {
  const path = absolute(root, lockPath);
  const mine = Buffer.from(`${JSON.stringify({ pid: process.pid, host: hostname(), run } satisfies Holder)}\n`);
  const isMine = async (): Promise<boolean> => sameBytes((await readRegular(path, fs)) ?? Buffer.alloc(0), mine);
  return explain('acquire the lock', path, async () => {
    runsHere.add(run);
    try {
      if (!(await create(path, mine, fs))) {
        await discardStale(path, run, fs);
        if (!(await create(path, mine, fs))) throw await busy(path, fs);
      }
      if (!(await isMine())) throw await busy(path, fs);
    } catch (error) {
      if (await isMine().catch(() => false)) await removeFile(path, fs).catch(() => undefined);
      runsHere.delete(run);
      throw error;
    }
    return async () => {
      runsHere.delete(run);
      await removeFile(path, fs);
    };
  });
}

async function create(path: string, mine: Uint8Array, fs: FileSystem): Promise<boolean> {
  const isCreated = await unless(['EEXIST'], async () => {
    await writeNew(path, mine, 0o644, fs);
    return true;
  });
  return isCreated ?? false;
}

/** Moves a stale lock aside before removing it: of two runs that both find it stale, only one can move it. */
async function discardStale(path: string, run: string, fs: FileSystem): Promise<void> {
  const found = await readFilled(path, fs);
  if (found === undefined) {
    const stats = await unless(['ENOENT'], () => fs.lstat(path));
    if (stats === undefined) return;
    throw new UserError(`${path} is not a file. Move it away, then run the same command again.`, {
      exitCode: exitCodes.unsafe,
    });
  }
  const holder = holderOf(found);
  if (holder !== undefined && !isGone(holder)) throw await busy(path, fs);
  const aside = `${path}-${run}`;
  await unless(['ENOENT'], () => fs.rename(path, aside));
  const moved = await readRegular(aside, fs);
  if (moved !== undefined && !sameBytes(moved, found)) {
    await unless(['EEXIST'], () => fs.link(aside, path));
    await removeFile(aside, fs);
    throw await busy(path, fs, holderOf(moved));
  }
  await removeFile(aside, fs);
}

/** What the lock holds, once its writer has filled it. */
async function readFilled(path: string, fs: FileSystem): Promise<Uint8Array | undefined> {
  const found = await readRegular(path, fs);
  if (found === undefined || holderOf(found) !== undefined) return found;
  await pause(fillMs);
  return readRegular(path, fs);
}

/**
 * Looks for a run that writes to a repository now.
 *
 * @throws UserError (exit 4) that names it
 */
export async function refuseBusy(root: string, fs: FileSystem): Promise<void> {
  const path = absolute(root, lockPath);
  await explain('read', path, async () => {
    const found = await unless(['ENOTDIR'], () => readFilled(path, fs));
    const holder = found === undefined ? undefined : holderOf(found);
    if (holder !== undefined && !isGone(holder)) throw await busy(path, fs, holder);
  });
}

function holderOf(bytes: Uint8Array): Holder | undefined {
  try {
    const { pid, host, run } = JSON.parse(Buffer.from(bytes).toString('utf8')) as Record<string, unknown>;
    if (!Number.isSafeInteger(pid) || Number(pid) < 1 || typeof host !== 'string' || typeof run !== 'string') return;
    return { pid: Number(pid), host, run };
  } catch {
    return undefined;
  }
}

/** On another host nobody can tell whether a process still runs, so that lock stays. */
function isGone({ pid, host, run }: Holder): boolean {
  if (host !== hostname()) return false;
  if (pid === process.pid) return !runsHere.has(run);
  try {
    process.kill(pid, 0);
    return false;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'ESRCH';
  }
}

async function busy(path: string, fs: FileSystem, known?: Holder): Promise<UserError> {
  const found = known === undefined ? await readRegular(path, fs) : undefined;
  const holder = known ?? (found === undefined ? undefined : holderOf(found));
  const stats = await unless(['ENOENT', 'ENOTDIR'], () => fs.lstat(path));
  const age = stats === undefined ? '' : `, for ${duration(Date.now() - stats.mtimeMs)}`;
  const who = holder === undefined ? 'Another run' : `Another run (process ${holder.pid} on ${holder.host}${age})`;
  return new UserError(
    `${who} is writing to this folder; nothing was written. Wait for it to end. If that run no longer exists, ` +
      `delete ${path}. Then run the same command again.`,
    { exitCode: exitCodes.unsafe },
  );
}

/** '2 seconds', '3 minutes': a clock that was set back counts as none. */
function duration(milliseconds: number): string {
  const units = [
    ['day', 86_400],
    ['hour', 3600],
    ['minute', 60],
    ['second', 1],
  ] as const;
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  const [name, length] = units.find(([, size]) => seconds >= size) ?? ['second', 1];
  const count = Math.floor(seconds / length);
  return `${count} ${name}${count === 1 ? '' : 's'}`;
}
