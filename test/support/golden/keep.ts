import { compareTexts } from './compare.ts';
import type { Repository } from './render.ts';

/** The texts of a repository that a review reads, by path. */
export type Kept = ReadonlyMap<string, string>;

export const baselineFile = '.django-fargate/baseline.json';

/** Long files that say nothing in a review. Their hashes stand in the baseline. */
export const isLeftOut = (file: string): boolean => /^requirements(?:-dev)?\.txt$|\.pem$/u.test(file);

/** Files that are the same in every repository; they are read where they are written. */
export const isRuntime = (file: string): boolean => file.startsWith('django_fargate/');

/** What is kept of a repository. */
export function keptOf(repository: Repository): Kept {
  const files = [...repository].filter(([file]) => !isLeftOut(file) && !isRuntime(file));
  return new Map(
    files.map(([file, bytes]) => {
      const text = bytes.toString('utf8');
      return [file, file === baselineFile ? withoutTexts(text) : text];
    }),
  );
}

/** The baseline without what stands beside it, texts and their hashes, and without the version of the generator. */
function withoutTexts(text: string): string {
  const { files, ...rest } = JSON.parse(text) as { files: Record<string, Record<string, unknown>> };
  const entries = Object.entries(files)
    .filter(([file]) => !isRuntime(file))
    .map(([file, { text: _text, version: _version, sha256, ...entry }]) => [
      file,
      isLeftOut(file) ? { ...entry, sha256 } : entry,
    ]);
  return `${JSON.stringify({ ...rest, files: Object.fromEntries(entries) as unknown }, undefined, 2)}\n`;
}

/** The name of the text that says what differs. */
export const differencesFile = 'differences.diff';

/** What is kept of a repository that is compared with another: its own files, and one text of what differs. */
export function differencesOf(from: Kept, now: Kept): Kept {
  const own = [...now].filter(([file, text]) => isOwn(from.get(file), text));
  const gone = [...from.keys()].filter((file) => !now.has(file)).map((file) => `--- ${file} is not written\n`);
  const changed = [...now].flatMap(([file, text]) => {
    const before = from.get(file);
    return before === undefined || isOwn(before, text) ? [] : [sectionOf(file, before, text)];
  });
  return new Map([...own, [differencesFile, [gone.join(''), ...changed].filter((text) => text !== '').join('\n')]]);
}

/** Whether a file has so little of the other one's lines that it is easier to read as it is. */
function isOwn(before: string | undefined, text: string): boolean {
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  const known = new Set(before?.split('\n'));
  return lines.filter((line) => known.has(line)).length < lines.length / 2;
}

function sectionOf(file: string, before: string, now: string): string {
  const text = compareTexts(file, before, now);
  return text === '' ? '' : `+++ ${file}\n${text}`;
}
