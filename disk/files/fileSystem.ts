import { promises, type Stats } from 'node:fs';
import { patiently } from './patiently.ts';

/** An open file, as far as disk/ uses it. */
export interface OpenFile {
  writeFile(bytes: Uint8Array): Promise<void>;
  stat(): Promise<Stats>;
  chmod(mode: number): Promise<void>;
  chown(uid: number, gid: number): Promise<void>;
  sync(): Promise<void>;
  close(): Promise<void>;
}

/** Every file system call that planning and applying changes make: a test can make any one of them fail. */
export interface FileSystem {
  lstat(path: string): Promise<Stats>;
  readFile(path: string, options: { readonly flag: number }): Promise<Uint8Array>;
  readdir(path: string): Promise<string[]>;
  open(path: string, flags: string, mode?: number): Promise<OpenFile>;
  mkdir(path: string): Promise<unknown>;
  chmod(path: string, mode: number): Promise<void>;
  lchown(path: string, uid: number, gid: number): Promise<void>;
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
}

/** The real one. Only Windows refuses to rename a file because somebody reads it. */
export const nodeFileSystem: FileSystem =
  process.platform === 'win32'
    ? { ...promises, rename: (from, to) => patiently(() => promises.rename(from, to)) }
    : promises;
