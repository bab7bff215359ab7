import assert from 'node:assert/strict';
import type { Outcome } from '../run.ts';

export function succeeded(outcome: Outcome): Outcome {
  assert.equal(outcome.code, 0, outcome.output);
  return outcome;
}

/** Ended with 1 and one line that says why. */
export function failed(outcome: Outcome, message: RegExp): Outcome {
  return ended(outcome, 1, 'failed', message);
}

/** Ended with 2, one line, and nothing changed. */
export function refused(outcome: Outcome, message: RegExp): Outcome {
  return ended(outcome, 2, 'refused', message);
}

function ended(outcome: Outcome, code: number, word: string, message: RegExp): Outcome {
  assert.equal(outcome.code, code, outcome.output);
  assert.match(outcome.stderr, message, outcome.output);
  assert.match(outcome.stderr, new RegExp(`^${word}: [^\\n]+\\n$`, 'u'), outcome.output);
  return outcome;
}
