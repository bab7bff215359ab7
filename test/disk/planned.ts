import type { PlannedFile } from '../../disk/changes/planned.ts';

/** A file to write, for a test. */
export function planned(path: string, content: string, more: Partial<PlannedFile> = {}): PlannedFile {
  return { path, bytes: Buffer.from(content), executable: false, policy: 'merge', ...more };
}
