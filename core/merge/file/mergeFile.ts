import { alignTables } from '../../emit/layout/alignTables.ts';
import { InternalError } from '../../errors.ts';
import { sameBytes } from '../../sameBytes.ts';
import { decodeText } from '../../formats/lines/decodeText.ts';
import { fault, noteOfText, reasonsOfText } from '../threeWay/describe.ts';
import { findDoubled } from './findDoubled.ts';
import { findUnfinishedMerge } from '../threeWay/markers.ts';
import { mergeJson } from '../typed/mergeJson.ts';
import type { StructureMerge } from '../typed/mergeStructure.ts';
import { mergeText } from '../threeWay/mergeText.ts';
import { mergeToml } from '../typed/mergeToml.ts';
import { mergeYaml } from '../typed/mergeYaml.ts';
import { samePython } from '../../formats/python/samePython.ts';
import { stringLines } from '../../formats/python/stringLines.ts';
import { unpadRow } from './unpadRow.ts';
import type { Three } from '../../three.ts';
import type { ConflictReason, MergeResult } from '../threeWay/mergeResult.ts';
import { newPythonFault } from '../../formats/python/verifyPython.ts';
import { writeMarkers } from '../threeWay/writeMarkers.ts';

/** Files whose lines are a set: two additions at one spot do not contradict each other. */
const lineSets = /^(?:\.gitignore|\.dockerignore|\.gitattributes|requirements.*\.in)$/;

export interface MergeInput extends Three<Uint8Array> {
  /** Relative POSIX path; its name tells the type of the file. */
  readonly path: string;
}

/**
 * Merges three contents of one file that all exist. Either every change of both sides is in the result, or it is a
 * conflict and says where.
 *
 * @throws InternalError when the new content is not valid for the type of the file
 */
export function mergeFile({ path, last, yours, next }: MergeInput): MergeResult {
  if (sameBytes(yours, last)) return { kind: 'merged', bytes: next, note: 'you had not changed it' };
  if (sameBytes(next, last)) return { kind: 'merged', bytes: yours, note: 'the generator changed nothing' };
  if (sameBytes(yours, next)) return { kind: 'merged', bytes: yours, note: 'already there' };

  const texts = { last: decodeText(last), yours: decodeText(yours), next: decodeText(next) };
  if (texts.last === undefined || texts.yours === undefined || texts.next === undefined) {
    return conflict(fault('the file', 'is not text, and both you and the generator changed it'));
  }
  const name = path.slice(path.lastIndexOf('/') + 1).toLowerCase();
  const line = findUnfinishedMerge(name, texts.yours, texts.last);
  if (line !== undefined) return conflict(fault('the file', `still contains conflict markers, from line ${line}`));
  return mergeTyped(path, name, { last: texts.last, yours: texts.yours, next: texts.next });
}

const bySuffix: readonly (readonly [RegExp, (texts: Three<string>) => StructureMerge])[] = [
  [/\.jsonc?$/, mergeJson],
  [/\.ya?ml$/, mergeYaml],
  [/\.toml$/, mergeToml],
];

function mergeTyped(path: string, name: string, texts: Three<string>): MergeResult {
  const structured = bySuffix.find(([pattern]) => pattern.test(name))?.[1];
  if (structured !== undefined) {
    const merge = naming(path, () => structured(texts));
    return merge.kind === 'conflict' ? merge : { kind: 'merged', bytes: encode(merge.text), note: merge.note };
  }
  const isMarkdown = /\.(?:md|markdown)$/.test(name);
  const merge = mergeText(texts, {
    isLineSet: lineSets.test(name),
    ...(isMarkdown && { key: unpadRow }),
    ...(name.endsWith('.py') && { layout: { isSame: samePython, fixedLines: stringLines } }),
  });
  if (merge.kind === 'conflict')
    return { kind: 'conflict', reasons: reasonsOfText(merge), markers: writeMarkers(merge) };
  const problem = name.endsWith('.py') ? newPythonFault(merge.text, texts) : undefined;
  if (problem !== undefined) return conflict(fault(`line ${problem.line} of the merged text`, problem.what));
  const doubled = findDoubled(name, merge.text, texts).map(({ what, yours, next }) =>
    fault(`line ${yours}`, `defines ${what}, as does line ${next} of the new version: rename or delete yours`),
  );
  if (doubled.length > 0) return { kind: 'conflict', reasons: doubled };
  const isAligned = isMarkdown && [texts.yours, texts.next].every((text) => alignTables(text) === text);
  const text = isAligned ? alignTables(merge.text) : merge.text;
  return { kind: 'merged', bytes: encode(text), note: noteOfText(merge) };
}

/** Says which file a broken promise is about. */
function naming<Result>(path: string, run: () => Result): Result {
  try {
    return run();
  } catch (cause) {
    if (!(cause instanceof InternalError)) throw cause;
    throw new InternalError(`${path}: ${cause.message}`, { cause });
  }
}

function encode(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function conflict(reason: ConflictReason): MergeResult {
  return { kind: 'conflict', reasons: [reason] };
}
