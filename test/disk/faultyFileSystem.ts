import type { FileSystem, OpenFile } from '../../disk/files/fileSystem.ts';
import { syncFileSystem } from './syncFileSystem.ts';

export interface Fault {
  /** Which calls go wrong, by text ('link /a /b') and number, counted from 1. */
  readonly when?: (call: string, count: number) => boolean;
  /** `fail`: those calls fail. `kill`: from the first of them on none is carried out, as if the process had ended. */
  readonly how?: 'fail' | 'kill';
  readonly code?: string;
  /** A file system without hard links. */
  readonly linksRefused?: boolean;
  /** Called before every call: a test may do what another program would. */
  readonly before?: (call: string, count: number) => void | Promise<void>;
}

export interface FaultyFileSystem {
  readonly fs: FileSystem;
  /** The calls so far: 'link /a /b'. */
  readonly calls: readonly string[];
}

/** The end of the process: no operating system error, so that nothing mistakes it for an answer. */
export class Killed extends Error {}

function systemError(code: string, syscall: string): Error {
  return Object.assign(new Error(`${code}: injected, ${syscall}`), { code, syscall, errno: -1 });
}

/** The real file system with one fault. Nothing is synchronised to the disk, to save time. */
export function faultyFileSystem(fault: Fault): FaultyFileSystem {
  const calls: string[] = [];
  let isKilled = false;

  /** `partly` is what a call has done when it goes wrong. */
  const guard = async <Value>(
    call: string,
    act: () => Promise<Value>,
    partly: () => Promise<unknown> = async () => undefined,
  ): Promise<Value> => {
    if (isKilled) {
      if (call.startsWith('close ')) await partly();
      throw new Killed(call);
    }
    const count = calls.push(call);
    await fault.before?.(call, count);
    if (fault.when?.(call, count) === true) {
      await partly();
      if (fault.how !== 'kill') throw systemError(fault.code ?? 'EIO', call);
      isKilled = true;
      throw new Killed(call);
    }
    return act();
  };

  const wrap = (file: OpenFile, path: string): OpenFile => ({
    writeFile: (bytes) =>
      guard(
        `writeFile ${path}`,
        () => file.writeFile(bytes),
        () => file.writeFile(bytes.slice(0, bytes.length / 2)),
      ),
    stat: () => guard(`fstat ${path}`, () => file.stat()),
    chmod: (mode) => guard(`fchmod ${path}`, () => file.chmod(mode)),
    chown: (uid, gid) => guard(`fchown ${path}`, () => file.chown(uid, gid)),
    sync: () => guard(`fsync ${path}`, async () => undefined),
    close: () =>
      guard(
        `close ${path}`,
        () => file.close(),
        () => file.close().catch(() => undefined),
      ),
  });

  const real = syncFileSystem;
  const fs: FileSystem = {
    lstat: (path) => guard(`lstat ${path}`, () => real.lstat(path)),
    readFile: (path, options) => guard(`readFile ${path}`, () => real.readFile(path, options)),
    readdir: (path) => guard(`readdir ${path}`, () => real.readdir(path)),
    open: (path, flags, mode) =>
      guard(`open ${flags} ${path}`, async () => wrap(await real.open(path, flags, mode), path)),
    mkdir: (path) => guard(`mkdir ${path}`, () => real.mkdir(path)),
    chmod: (path, mode) => guard(`chmod ${path}`, () => real.chmod(path, mode)),
    lchown: (path, uid, gid) => guard(`lchown ${path}`, () => real.lchown(path, uid, gid)),
    link: (from, to) =>
      guard(`link ${from} ${to}`, async () => {
        if (fault.linksRefused === true) throw systemError('EPERM', 'link');
        return real.link(from, to);
      }),
    rename: (from, to) => guard(`rename ${from} ${to}`, () => real.rename(from, to)),
    unlink: (path) => guard(`unlink ${path}`, () => real.unlink(path)),
    rmdir: (path) => guard(`rmdir ${path}`, () => real.rmdir(path)),
  };
  return { fs, calls };
}
