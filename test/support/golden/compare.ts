import { diffArrays } from 'diff';
import { describeLine } from './describeLine.ts';
import { logicalLines } from './logicalLines.ts';
import { pairLines } from './pairLines.ts';
import { placeOf } from './placeOf.ts';

/**
 * What differs between two texts, for a reader: what was added in full, of what was removed where it begins, of a changed
 * line the words that differ. Nothing stands here that both have, so that a change of both changes nothing here.
 *
 *     @@ the lines that enclose the place
 *     - the first line of what is gone (and 3 more lines)
 *     + a line that is new
 *     ~ a line that differs [-in this-]{+in that+} …
 */
export function compareTexts(file: string, before: string, now: string): string {
  const [old, current] = [logicalLines(before), logicalLines(now)];
  const written: string[] = [];
  let place: string | undefined = '';
  let wasNew = false;
  let at = 0;
  let removed: readonly string[] = [];
  const settle = (added: readonly string[]): void => {
    for (const { was, is } of pairLines(removed, added)) {
      const isNew = was.length === 0;
      const here = placeOf(file, current, at);
      if (here !== place && !(isNew && wasNew)) written.push(`@@ ${here}`.trimEnd());
      [place, wasNew] = [isNew && wasNew ? undefined : here, isNew];
      if (is === undefined) written.push(describeRemoved(was));
      else written.push(isNew ? `+ ${is}` : `~ ${describeLine(was[0] ?? '', is)}`);
      if (is !== undefined) at += 1;
    }
    removed = [];
  };
  for (const part of diffArrays([...old], [...current])) {
    if (part.removed) removed = part.value;
    else if (part.added) settle(part.value);
    else {
      settle([]);
      wasNew = false;
      at += part.value.length;
    }
  }
  settle([]);
  return written.map((line) => `${line.trimEnd()}\n`).join('');
}

function describeRemoved(lines: readonly string[]): string {
  const more = lines.length - 1;
  return `- ${lines[0] ?? ''}${more === 0 ? '' : ` (and ${more} more ${more === 1 ? 'line' : 'lines'})`}`;
}
