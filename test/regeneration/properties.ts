import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import type { Property } from '../core/merge/properties.ts';
import { histories } from './histories.ts';
import { replay } from './replay.ts';
import type { Tally } from './replay.ts';

/** The promises over whole runs, on a real folder. Shared by the tests and `npm run fuzz`. */
export const properties: readonly Property[] = [
  {
    name: 'P1 to P8 whole runs: nothing of the user is lost, nothing deleted comes back, and a run can be taken back',
    runs: 40,
    check: async (parameters) => {
      const tally: Tally = { merged: 0, conflicts: 0, undone: 0 };
      await fc.assert(
        fc.asyncProperty(histories, (history) => replay(history, tally)),
        parameters,
      );
      for (const [what, times] of Object.entries(tally)) {
        assert(
          times >= Math.floor(parameters.numRuns / 20),
          `${what}: only ${times} in ${parameters.numRuns} histories`,
        );
      }
    },
  },
];
