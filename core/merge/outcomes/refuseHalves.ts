import { emittedPath } from '../../emit/emittedPath.ts';
import type { Need } from '../../emit/needs.ts';
import type { EmittedFile } from '../../emit/types.ts';
import type { Sha256 } from '../baseline/baseline.ts';
import { fault } from '../threeWay/describe.ts';
import type { Outcome } from './outcome.ts';

/**
 * Makes a conflict of each file that the user has deleted and that a feature needs which this run turns on: half a
 * feature would fail later, far from its cause. Nobody is asked again once the feature is there.
 *
 * @param features what the run turns on
 */
export function refuseHalves(
  outcomes: readonly Outcome[],
  features: readonly Need[],
  {
    next,
    projectName,
    sha256,
  }: { readonly next: readonly EmittedFile[]; readonly projectName: string; readonly sha256: Sha256 },
): readonly Outcome[] {
  const rendered = new Map(next.map((file) => [file.path, file]));
  return outcomes.map((outcome) => {
    const { key, kind, entry } = outcome;
    const file = rendered.get(key);
    if (kind !== 'stays-deleted' || file === undefined || sha256(file.bytes) === entry?.sha256) return outcome;
    const need = features.find(({ files }) => files.some((path) => emittedPath(path, projectName) === key));
    if (need === undefined) return outcome;
    const moved = outcome.note.startsWith('looks moved') ? `; it ${outcome.note}` : '';
    const note =
      `you deleted it, but ${need.feature} needs it${moved}; --restore ${key} restores it, sidecar writes it to a separate ` +
      'place for you to copy from, mine continues without it';
    return { ...outcome, kind: 'conflict', note, conflict: { reasons: [fault('the file', note)], next: file } };
  });
}
