import assert from 'node:assert/strict';
import { applyChanges } from '../../disk/apply/applyChanges.ts';
import type { Applied } from '../../disk/apply/applyChanges.ts';
import { planChanges } from '../../disk/changes/planChanges.ts';
import type { FileSystem } from '../../disk/files/fileSystem.ts';
import { planUndo } from '../../disk/undo/planUndo.ts';
import { faultyFileSystem } from './faultyFileSystem.ts';

/** Takes the last run back, like a command does; gives undefined when there is none. */
export async function undoLast(root: string, fs: FileSystem = faultyFileSystem({}).fs): Promise<Applied | undefined> {
  const undo = await planUndo(root, fs);
  if (undo === undefined) return undefined;
  assert.deepEqual(undo.changed, []);
  return applyChanges(root, await planChanges(root, undo.planned, fs), { fs, undoes: undo.undoes });
}
