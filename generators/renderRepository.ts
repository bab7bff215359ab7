import { join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { renderYoRc, toStored } from '../core/answers/files.ts';
import { renderBaseline } from '../core/emit/baseline.ts';
import { emit } from '../core/emit/emit.ts';
import type { Plan } from '../core/plan/types.ts';
import type { PlannedFile } from '../disk/decide.ts';
import { ownPackage } from '../disk/ownPackage.ts';
import { baselinePath } from '../disk/paths.ts';
import { readIfThere } from '../disk/readIfThere.ts';
import { sha256 } from '../disk/sha256.ts';
import { readTemplates } from '../disk/templates.ts';
import type { Collected } from './collect.ts';

const yoRcPath = '.yo-rc.json';

/** Everything that the folder is to hold: the repository, the answers and the baseline. */
export async function renderRepository(
  folder: string,
  collected: Collected,
  plan: Plan,
): Promise<readonly PlannedFile[]> {
  const emitted = emit(collected.answers, plan, await readTemplates());
  const baseline = renderBaseline(toStored(collected), ownPackage().version, emitted, sha256);
  return [...emitted, await renderAnswers(folder, collected), toFile(baselinePath, encode(baseline))];
}

/** Other generators keep their answers in the same file, so it may be there already: then ours are added to it. */
async function renderAnswers(folder: string, collected: Collected): Promise<PlannedFile> {
  const text = renderYoRc(collected.yoRc, collected);
  const existing = await readIfThere(join(folder, yoRcPath));
  if (existing === undefined) {
    return toFile(yoRcPath, encode(text));
  }
  const isCurrent = isDeepStrictEqual(JSON.parse(text), collected.yoRc);
  return { ...toFile(yoRcPath, isCurrent ? existing : encode(text)), replaces: existing };
}

function toFile(path: string, bytes: Uint8Array): PlannedFile {
  return { path, bytes, executable: false, policy: 'merge' };
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
