import { countLines } from '../../formats/lines/countLines.ts';
import type { Piece } from './mergeLines.ts';
import type { Three } from '../../three.ts';

/**
 * A line that the user deleted and the generator only moved would come back at its new place: such a piece becomes a
 * conflict.
 *
 * @param matters whether anyone would miss the line
 */
export function refuseReturns(
  pieces: readonly Piece[],
  contents: Three<readonly string[]>,
  matters: (line: string) => boolean = () => true,
): readonly Piece[] {
  const last = countLines(contents.last);
  const yours = countLines(contents.yours);
  const next = countLines(contents.next);
  const merged = countLines(pieces.flatMap((piece) => contentsOf(piece, contents)));
  const of = (counts: ReadonlyMap<string, number>, line: string): number => counts.get(line) ?? 0;
  const returns = (line: string): boolean =>
    of(yours, line) < of(last, line) &&
    of(next, line) <= of(last, line) &&
    of(merged, line) > of(yours, line) &&
    matters(line);
  return pieces.map((piece) => {
    if (piece.kind !== 'next' && piece.kind !== 'union') return piece;
    const taken = contents.next.slice(piece.next.start, piece.next.end);
    return taken.some(returns) ? { ...piece, kind: 'conflict' } : piece;
  });
}

/** The lines that a piece leaves in the result; those of yours where it is a conflict. */
export function contentsOf(piece: Piece, { yours, next }: Three<readonly string[]>): readonly string[] {
  const own = yours.slice(piece.yours.start, piece.yours.end);
  const taken = next.slice(piece.next.start, piece.next.end);
  if (piece.kind === 'next') return taken;
  return piece.kind === 'union' ? [...own, ...taken.filter((line) => !own.includes(line))] : own;
}
