import { join } from 'node:path';

/** Our own folder inside a generated repository. */
export const stateFolder = '.django-fargate';
export const baselinePath = `${stateFolder}/baseline.json`;
/** Where Yeoman's generators keep their answers. */
export const yoRcPath = '.yo-rc.json';
export const lockPath = `${stateFolder}/lock`;
export const journalPath = `${stateFolder}/journal.json`;
export const backupFolder = `${stateFolder}/backup`;

/** The absolute path of a relative POSIX path below `root`; '' is the root itself. */
export function absolute(root: string, path: string): string {
  return join(root, ...path.split('/'));
}

/** The folders that hold a relative POSIX path, outermost first; the root itself is not among them. */
export function foldersOf(path: string): string[] {
  const segments = path.split('/').slice(0, -1);
  return segments.map((_, index) => segments.slice(0, index + 1).join('/'));
}

/** Names that a file system may take for one: macOS and Windows ignore case, macOS also composes accents. */
export function foldName(name: string): string {
  return name.normalize('NFC').toLowerCase();
}

/** Orders by code unit, which is the same on every machine. */
export function byCodeUnit(one: string, other: string): number {
  return one < other ? -1 : one > other ? 1 : 0;
}
