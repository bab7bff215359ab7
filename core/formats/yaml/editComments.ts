import type { CommentLine, CommentRun } from './commentRuns.ts';
import type { Edit } from '../lines/editText.ts';
import { indentAt, lineStart, nextLine } from '../lines/indentation.ts';
import { endOfChild } from './yamlHolders.ts';
import type { YamlChild } from './yamlHolders.ts';

/** A change of a run of comments; each new comment comes with its `#`. */
export type RunEdit = { readonly run: CommentRun; readonly comments: readonly string[] } & (
  | {
      /** Puts comments in the place of words of the run, which follow each other; none removes them. */
      readonly kind: 'replace';
      readonly from: number;
      readonly count: number;
    }
  /** Adds comments before a line of the run, or after its last one. */
  | { readonly kind: 'insert'; readonly line: number }
);

/** The lines of a run that are replaced, and with what. */
export function editRun(
  text: string,
  edit: RunEdit,
  lineBreak: string,
): { readonly edit: Edit; readonly replaced: readonly string[] } {
  if (edit.kind === 'replace') return replaceWords(text, edit, lineBreak);
  const { run, line, comments } = edit;
  const [own, last] = [run.lines[line], run.lines.at(-1) as CommentLine];
  if (own !== undefined) return { edit: insertCommentsAbove(text, own.start, comments, lineBreak), replaced: [] };
  const added = comments.map((comment) => lineBreak + indentAt(text, last.start) + comment).join('');
  return { edit: { start: last.end, end: last.end, text: added }, replaced: [] };
}

/** What else stands on the lines of the words stays, on lines of its own. */
function replaceWords(
  text: string,
  { run: { kind, lines }, from, count, comments }: Extract<RunEdit, { kind: 'replace' }>,
  lineBreak: string,
): ReturnType<typeof editRun> {
  const places = lines.flatMap((line) => line.words.map((_, word) => ({ line, word })));
  const [head, tail] = [places[from], places[from + count - 1]];
  if (head === undefined || tail === undefined) return { edit: { start: 0, end: 0, text: '' }, replaced: [] };
  const { start } = head.line;
  const { end } = tail.line;
  const [before, after] = [head.line.words.slice(0, head.word), tail.line.words.slice(tail.word + 1)].map(commentOf);
  const written = [...(before ?? []), ...comments, ...(after ?? [])];
  const replaced = lines.filter((line) => line.start >= start && line.end <= end).map((line) => line.text);
  const isBeside = kind === 'beside';
  if (written.length === 0) {
    const blanksStart = text.slice(0, start).trimEnd().length;
    const edit = isBeside
      ? { start: blanksStart, end, text: '' }
      : { start: lineStart(text, start), end: nextLine(text, end), text: '' };
    return { edit, replaced };
  }
  const joined = isBeside
    ? `# ${written.map((line) => line.replace(/^#+\s*/, '')).join(' ')}`
    : written.join(lineBreak + indentAt(text, start));
  return { edit: { start, end, text: joined }, replaced };
}

function commentOf(words: readonly string[]): readonly string[] {
  if (words.length === 0) return [];
  return [words[0]?.startsWith('#') === true ? words.join(' ') : `# ${words.join(' ')}`];
}

/** Adds comment lines above the line of an offset, at its indentation. */
export function insertCommentsAbove(
  text: string,
  offset: number,
  comments: readonly string[],
  lineBreak: string,
): Edit {
  const at = lineStart(text, offset);
  const indent = /^[ \t]*/.exec(text.slice(at))?.[0] ?? '';
  return { start: at, end: at, text: comments.map((comment) => indent + comment + lineBreak).join('') };
}

/** Adds comment lines at the end of a text. */
export function appendComments(text: string, comments: readonly string[], lineBreak: string): Edit {
  const isEnded = text === '' || /[\r\n]$/.test(text);
  const lines = comments.join(lineBreak);
  return { start: text.length, end: text.length, text: isEnded ? lines + lineBreak : lineBreak + lines };
}

/** Adds a comment at the end of the line on which a pair or an item ends, or starts where it takes several. */
export function insertCommentBeside(text: string, child: YamlChild, comment: string): Edit {
  const end = endOfChild(text, child);
  const at = /[\r\n]/.test(text.slice(child.start, end)) ? child.start : end;
  const lineEnd = at + (/^[^\r\n]*/.exec(text.slice(at))?.[0].length ?? 0);
  return { start: lineEnd, end: lineEnd, text: ` ${comment}` };
}
