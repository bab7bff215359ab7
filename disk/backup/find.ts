import { exitCodes, UserError } from '../../core/errors.ts';
import type { FileSystem } from '../files/fileSystem.ts';
import { observe } from '../files/observe.ts';
import { absolute, backupFolder } from '../paths.ts';
import { explain } from '../files/systemError.ts';
import { parseRecord } from './record.ts';
import type { BackupRecord } from './record.ts';

/**
 * How far a backup is. The name of its list tells, so that one renaming moves it on.
 * - `draft`: its copies are not complete yet, or not any more.
 * - `pending`: complete; its run may have changed something and has not ended.
 * - `run`: its run has ended.
 */
export type Stage = 'draft' | 'pending' | 'run';

export interface Backup {
  /** Rises from run to run. */
  readonly number: number;
  /** `empty`: a folder without a list. `foreign`: not even a folder. */
  readonly stage: Stage | 'empty' | 'foreign';
}

/** The parts of a backup, as relative POSIX paths. */
export const folderOf = (number: number): string => `${backupFolder}/${number}`;
export const listOf = (number: number, stage: Stage): string => `${folderOf(number)}/${stage}.json`;
export const copyOf = (number: number, path: string): string => `${folderOf(number)}/files/${path}`;

/** Fifteen digits are exact in a number of JavaScript. */
const numbered = /^[1-9]\d{0,14}$/;

/**
 * Finds the backups of a repository, ordered by number.
 *
 * @throws UserError: exit 4 when something that is not a folder stands in the place of backups, exit 2 when the disk
 *   fails
 */
export async function findBackups(root: string, fs: FileSystem): Promise<readonly Backup[]> {
  const observed = await observe(root, backupFolder, fs);
  if (observed.kind === 'absent') return [];
  const folder = absolute(root, backupFolder);
  if (observed.kind !== 'folder') {
    const reason = observed.kind === 'special' ? observed.reason : 'is a file';
    throw new UserError(
      `${folder} ${reason}, not a folder of backups. Move it away, then run the same command again.`,
      { exitCode: exitCodes.unsafe },
    );
  }
  return explain('read', folder, async () => {
    const numbers = (await fs.readdir(folder)).filter((name) => numbered.test(name)).map(Number);
    const backups: Backup[] = [];
    for (const number of numbers.toSorted((one, other) => one - other)) {
      backups.push({ number, stage: await stageOf(absolute(root, folderOf(number)), fs) });
    }
    return backups;
  });
}

async function stageOf(folder: string, fs: FileSystem): Promise<Backup['stage']> {
  if (!(await fs.lstat(folder)).isDirectory()) return 'foreign';
  const names = await fs.readdir(folder);
  const stages: readonly Stage[] = ['run', 'pending', 'draft'];
  return stages.find((stage) => names.includes(`${stage}.json`)) ?? 'empty';
}

/** The newest backup of a run that has changed something, or may have. */
export function newestOf(backups: readonly Backup[]): Backup | undefined {
  return backups.findLast(({ stage }) => stage === 'run' || stage === 'pending');
}

/** Reads the list of a backup: 'torn' when it was cut short, undefined when it is missing or not one of ours. */
export async function readRecord(
  root: string,
  number: number,
  stage: Stage,
  fs: FileSystem,
): Promise<BackupRecord | 'torn' | undefined> {
  const observed = await observe(root, listOf(number, stage), fs);
  return observed.kind === 'file' ? parseRecord(observed.bytes) : undefined;
}
