import { setTimeout as pause } from 'node:timers/promises';
import { codeOf } from './systemError.ts';

/** What Windows answers while an indexer or a virus scanner has the file open, for some milliseconds. */
const busy = ['EPERM', 'EBUSY', 'EACCES'];

/** Pauses (ms) before each further attempt: together under a second, then a person had better look. */
const pausesMs = [10, 20, 50, 100, 200, 400];

/**
 * Tries again while Windows says that a file is in use.
 *
 * @param sleep waits so many milliseconds
 * @throws the last attempt's error
 */
export async function patiently<Value>(
  act: () => Promise<Value>,
  sleep: (durationMs: number) => Promise<unknown> = pause,
): Promise<Value> {
  for (const pauseMs of pausesMs) {
    try {
      return await act();
    } catch (error) {
      if (!busy.includes(codeOf(error))) throw error;
      await sleep(pauseMs);
    }
  }
  return act();
}
