import { describe, isPlace } from '../threeWay/describe.ts';
import type { Outcome } from './outcome.ts';

export interface Explanation {
  /** Of the file as a whole, after its path; '' where the places say it all. */
  readonly reason: string;
  /** Each place in its three versions, one line each. */
  readonly places: readonly string[];
}

/** Why a path is in conflict, for people. */
export function explainConflict({ note, conflict }: Pick<Outcome, 'note' | 'conflict'>): Explanation {
  const reasons = conflict?.reasons ?? [];
  const places = reasons.filter(isPlace);
  const [first] = reasons.filter((reason) => !isPlace(reason));
  const what = first === undefined ? '' : first.where === 'the file' ? first.yours : `${first.where} ${first.yours}`;
  return { reason: note === '' ? what : note, places: places.map(describe) };
}
