import { readFileSync } from 'node:fs';
import type { Container } from './container.ts';
import { dockerOk } from './engine.ts';
import type { Engine } from './engine.ts';

/** Python programs that look at a container from inside. */
type Probe = 'compilers' | 'file_system' | 'identities' | 'writable';

function read(probe: Probe): string {
  return readFileSync(new URL(`probes/${probe}.py`, import.meta.url), 'utf8');
}

const linesOf = (text: string) => text.split('\n').filter((line) => line !== '');

async function inImage(engine: Engine, tag: string, probe: Probe, ...args: readonly string[]) {
  return linesOf(await dockerOk(engine, ['run', '--rm', tag, 'python', '-c', read(probe), ...args]));
}

/** The paths of compilers and linkers in an image. */
export function compilersIn(engine: Engine, tag: string): Promise<readonly string[]> {
  return inImage(engine, tag, 'compilers');
}

/** The files and folders below some folders of an image that its user may write. */
export function writableIn(engine: Engine, tag: string, folders: readonly string[]): Promise<readonly string[]> {
  return inImage(engine, tag, 'writable', ...folders);
}

/** User, group and bounding set of capabilities of every process in a container, such as `10001 10001 000...`. */
export async function identitiesIn(container: Container): Promise<readonly string[]> {
  return linesOf(await container.python(read('identities')));
}

export interface FileSystem {
  readonly root: 'ro' | 'rw';
  /** The type of the file system at /tmp, when one is mounted there. */
  readonly tmp: string | null;
  /** Of /tmp, such as `0o1777`. */
  readonly mode: string;
  /** How many MiB went into /tmp, and the error that ended it. */
  readonly filled: readonly [number, string | null];
  /** The error of opening a file for writing, by folder; null where there was none. */
  readonly refusals: Readonly<Record<string, string | null>>;
}

/** What a container's process can write, found out by writing: /tmp is full for a moment. */
export async function fileSystemOf(container: Container, folders: readonly string[]): Promise<FileSystem> {
  return JSON.parse(await container.python(read('file_system'), ...folders)) as FileSystem;
}
