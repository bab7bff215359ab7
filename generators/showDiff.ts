import { createTwoFilesPatch } from 'diff';
import { decodeText } from '../core/formats/lines/decodeText.ts';
import { isRemoval } from '../disk/changes/planned.ts';
import type { Planned } from '../disk/changes/planned.ts';

/** A unified diff of everything that would be written or removed, as `diff -u` shows it. */
export function showDiff(planned: readonly Planned[]): string {
  return planned.map(diffOf).join('');
}

const nothing = new Uint8Array();

function diffOf(planned: Planned): string {
  const before = isRemoval(planned) ? planned.removes : planned.replaces;
  const after = isRemoval(planned) ? undefined : planned.bytes;
  const [old, now] = [decodeText(before ?? nothing), decodeText(after ?? nothing)];
  if (old === undefined || now === undefined) return `Binary file ${planned.path} differs\n`;
  if (old === now && before !== undefined) return `The mode of ${planned.path} changes\n`;
  const from = before === undefined ? '/dev/null' : `a/${planned.path}`;
  const to = after === undefined ? '/dev/null' : `b/${planned.path}`;
  return createTwoFilesPatch(from, to, old, now, undefined, undefined, { context: 3 }).replace(/^=+\n/, '');
}
