import { linesOf } from '../../formats/lines/splitLines.ts';
import { pythonFaults } from '../../formats/python/verifyPython.ts';

/** What stands behind the markers that we write. */
export const markerLabels = { yours: 'yours', last: 'last', next: 'next' } as const;

/** As we write them, and as 0.1.0 wrote them: what it left unfinished is unfinished still. */
const ownMarker = /^(?:<{7,} yours|\|{7,} last(?: generated)?|>{7,} (?:next|new))$/;

/** Whether a text holds a marker that we wrote. One is enough: half of a conflict resolved is not resolved. */
export function hasOwnMarkers(text: string): boolean {
  return linesOf(text).some((line) => ownMarker.test(line));
}

/** Whether a line of a text begins as git's markers do. Nothing else in JSON does. */
export function hasMarkerLine(text: string): boolean {
  return /^(?:<{7,}|>{7,})/m.test(text);
}

/**
 * The first line, from 1, of an unfinished merge: a marker of ours, or the three of git in their order. A page about
 * git shows them too: what stands in Markdown's code or in a string of Python, what lacks one of the three, and what
 * the generator wrote itself is text.
 *
 * @param name of the file, in lower case
 */
export function findUnfinishedMerge(name: string, text: string, generated: string): number | undefined {
  const known = new Set(linesOf(generated));
  const all = linesOf(text);
  const lines = (/\.(?:md|markdown)$/.test(name) ? withoutCode(all) : all).map((line) => (known.has(line) ? '' : line));
  const own = lines.findIndex((line) => ownMarker.test(line));
  const found = [own, startOfConflict(lines)].filter((index) => index >= 0).map((index) => index + 1);
  if (found.length === 0 || (name.endsWith('.py') && pythonFaults(text).length === 0)) return undefined;
  return Math.min(...found);
}

/** Where `<<<<<<<`, `=======` and `>>>>>>>` of one length follow each other, from 0; -1 where they do not. */
function startOfConflict(lines: readonly string[]): number {
  return lines.findIndex((line, start) => {
    const [, marker] = /^(<{7,})(?: .*)?$/.exec(line) ?? [];
    if (marker === undefined) return false;
    const middle = lines.indexOf('='.repeat(marker.length), start);
    const end = '>'.repeat(marker.length);
    return middle >= 0 && lines.slice(middle).some((other) => other === end || other.startsWith(`${end} `));
  });
}

/** Lines of Markdown, with those of fenced code empty (https://spec.commonmark.org/0.31.2/#fenced-code-blocks). */
function withoutCode(lines: readonly string[]): readonly string[] {
  let fence: string | undefined;
  return lines.map((line) => {
    const [, mark, rest = ''] = /^ {0,3}(`{3,}|~{3,})(.*)$/.exec(line) ?? [];
    if (fence === undefined) {
      if (mark !== undefined && !(mark.startsWith('`') && rest.includes('`'))) fence = mark;
      return line;
    }
    if (mark?.startsWith(fence) === true && rest.trim() === '') fence = undefined;
    return '';
  });
}
