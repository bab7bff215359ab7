import { resolveAnswers } from '../../core/answers/resolve.ts';
import type { AnswerKey } from '../../core/answers/types.ts';
import { emit } from '../../core/emit/emit.ts';
import { solve } from '../../core/plan/solve.ts';
import { readTemplates } from '../../disk/package/readTemplates.ts';

/** The repository for some answers (the others are the defaults) as texts by path; nothing is written. */
export async function renderText(
  changes: Readonly<Partial<Record<AnswerKey, unknown>>>,
): Promise<ReadonlyMap<string, string>> {
  const door = new Map(Object.entries(changes).map(([key, value]) => [key, { value, origin: key }]));
  const { answers } = resolveAnswers([door], { projectName: 'shop' });
  const files = emit(answers, solve(answers), await readTemplates());
  return new Map(files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)]));
}
