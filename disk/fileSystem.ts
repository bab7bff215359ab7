import { promises, type Stats } from 'node:fs';

/** An open file, as far as disk/ uses it. */
export interface OpenFile {
  writeFile(bytes: Uint8Array): Promise<void>;
  stat(): Promise<Stats>;
  chmod(mode: number): Promise<void>;
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
  link(from: string, to: string): Promise<void>;
  rename(from: string, to: string): Promise<void>;
  unlink(path: string): Promise<void>;
  rmdir(path: string): Promise<void>;
}

/** The real one. */
export const nodeFileSystem: FileSystem = promises;
