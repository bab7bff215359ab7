import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Answers } from '../../core/answers/types.ts';
import { emit } from '../../core/emit/emit.ts';
import type { EmittedFile } from '../../core/emit/types.ts';
import { solve } from '../../core/plan/solve.ts';
import { readTemplates } from '../../disk/package/readTemplates.ts';

const templates = await readTemplates();

/** What these answers give, without a run of the generator: all but `.yo-rc.json` and the baseline. */
export function emittedFiles(answers: Answers): readonly EmittedFile[] {
  return emit(answers, solve(answers), templates);
}

/**
 * Writes files of several repositories into a folder of each below `folder`, every different text of a path once: most
 * answers change few files, and what reads them takes its time.
 *
 * @param also paths that every folder gets, since they say how the others are read
 * @returns how many files were written
 */
export function writeDifferent(
  folder: string,
  repositories: readonly (readonly EmittedFile[])[],
  isWanted: (path: string) => boolean,
  also: readonly string[] = [],
): number {
  const seen = new Set<string>();
  let written = 0;
  for (const [index, files] of repositories.entries()) {
    const different = files.filter(({ path: file, bytes }) => {
      const name = `${file}\0${Buffer.from(bytes).toString('latin1')}`;
      const isNew = isWanted(file) && !seen.has(name);
      seen.add(name);
      return isNew;
    });
    const chosen = new Set([
      ...different,
      ...(different.length > 0 ? files.filter((file) => also.includes(file.path)) : []),
    ]);
    for (const { path: file, bytes } of chosen) {
      const target = path.join(folder, String(index), file);
      mkdirSync(path.dirname(target), { recursive: true });
      writeFileSync(target, bytes);
    }
    written += different.length;
  }
  return written;
}
