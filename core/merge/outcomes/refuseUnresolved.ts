import { exitCodes, UserError } from '../../errors.ts';
import type { Baseline } from '../baseline/baseline.ts';
import { decodeText } from '../../formats/lines/decodeText.ts';
import { hasOwnMarkers } from '../threeWay/markers.ts';
import type { Observed } from '../observed.ts';

/**
 * Refuses to go on over conflict markers that an earlier run wrote.
 *
 * @param moved where the user has moved files since
 * @throws UserError (exit 4) that lists the files
 */
export function refuseUnresolved(
  baseline: Baseline,
  observed: ReadonlyMap<string, Observed>,
  moved: ReadonlyMap<string, string>,
): void {
  const unresolved = [...baseline.entries]
    .filter(([, { state }]) => state === 'unresolved')
    .map(([key]) => moved.get(key) ?? key)
    .filter((path) => {
      const there = observed.get(path);
      // Saved in another encoding, the markers are still there.
      return there?.kind === 'file' && hasOwnMarkers(decodeText(there.bytes) ?? latin1(there.bytes));
    });
  if (unresolved.length === 0) return;
  throw new UserError(
    `Conflict markers of an earlier run remain; nothing was written:\n${unresolved.map((path) => `  ${path}`).join('\n')}\n` +
      'Decide what to keep between <<<<<<< and >>>>>>>, remove the markers, then run the same command again.',
    { exitCode: exitCodes.unsafe },
  );
}

function latin1(bytes: Uint8Array): string {
  return new TextDecoder('latin1').decode(bytes);
}
