import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** Every file under a folder, as sorted POSIX paths relative to it. */
export function filesIn(folder: string): readonly string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => statSync(path.join(folder, file)).isFile())
    .map((file) => file.split(path.sep).join('/'))
    .toSorted();
}

/** The bytes of every file under a folder, by path; with them the executable bit. */
export function treeOf(folder: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    filesIn(folder).map((file) => {
      const full = path.join(folder, file);
      const mark = (statSync(full).mode & 0o100) === 0 ? '' : 'executable:';
      return [file, mark + readFileSync(full, 'latin1')];
    }),
  );
}
