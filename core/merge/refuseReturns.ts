import { countLines } from './countLines.ts';
import type { Piece } from './mergeLines.ts';
import type { Three } from './types.ts';

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
  const base = countLines(contents.base);
  const yours = countLines(contents.yours);
  const ours = countLines(contents.ours);
  const merged = countLines(pieces.flatMap((piece) => contentsOf(piece, contents)));
  const of = (counts: ReadonlyMap<string, number>, line: string): number => counts.get(line) ?? 0;
  const returns = (line: string): boolean =>
    of(yours, line) < of(base, line) &&
    of(ours, line) <= of(base, line) &&
    of(merged, line) > of(yours, line) &&
    matters(line);
  return pieces.map((piece) => {
    if (piece.kind !== 'ours' && piece.kind !== 'union') return piece;
    const taken = contents.ours.slice(piece.ours.start, piece.ours.end);
    return taken.some(returns) ? { ...piece, kind: 'conflict' } : piece;
  });
}

/** The lines that a piece leaves in the result; those of yours where it is a conflict. */
export function contentsOf(piece: Piece, { yours, ours }: Three<readonly string[]>): readonly string[] {
  const own = yours.slice(piece.yours.start, piece.yours.end);
  const theirs = ours.slice(piece.ours.start, piece.ours.end);
  if (piece.kind === 'ours') return theirs;
  return piece.kind === 'union' ? [...own, ...theirs.filter((line) => !own.includes(line))] : own;
}
