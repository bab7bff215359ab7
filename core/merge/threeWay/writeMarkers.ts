import { markerLabels } from './markers.ts';
import type { Piece } from './mergeLines.ts';
import type { TextMerge } from './mergeText.ts';
import { byteOrderMark } from '../../formats/lines/splitLines.ts';
import type { Three } from '../../three.ts';

/**
 * The text with each conflict between markers, all three versions of it: as `git merge-file --diff3` writes it, with
 * fixed labels. Markers are longer than any line that looks like one.
 */
export function writeMarkers({ pieces, lines }: Extract<TextMerge, { kind: 'conflict' }>): string {
  const commonEnd = lines.yours.commonEnd ?? lines.next.commonEnd ?? '\n';
  const size = markerSize({ last: lines.last.contents, yours: lines.yours.contents, next: lines.next.contents });
  const mark = (character: string, label?: string): string =>
    character.repeat(size) + (label === undefined ? '' : ` ${label}`) + commonEnd;
  const from = (side: keyof Three<unknown>, piece: Piece): string => {
    const { contents, ends } = lines[side];
    return contents
      .slice(piece[side].start, piece[side].end)
      .map((content, index) => content + ((side === 'yours' && ends[piece.yours.start + index]) || commonEnd))
      .join('');
  };
  const text = pieces.map((piece) => {
    if (piece.kind === 'next') return from('next', piece);
    if (piece.kind === 'union') return from('yours', piece) + from('next', piece);
    if (piece.kind !== 'conflict') return from('yours', piece);
    return [
      mark('<', markerLabels.yours),
      from('yours', piece),
      mark('|', markerLabels.last),
      from('last', piece),
      mark('='),
      from('next', piece),
      mark('>', markerLabels.next),
    ].join('');
  });
  return (lines.yours.hasByteOrderMark ? byteOrderMark : '') + text.join('');
}

function markerSize(contents: Three<readonly string[]>): number {
  const all = [...contents.last, ...contents.yours, ...contents.next];
  const lengths = all.map((line) => /^(?:<+|\|+|=+|>+)/.exec(line)?.[0].length ?? 0);
  return lengths.reduce((most, length) => (length >= most ? length + 1 : most), 7);
}
