import assert from 'node:assert/strict';
import { patiently } from '../../../disk/files/patiently.ts';

const systemError = (code: string): Error => Object.assign(new Error(code), { code, syscall: 'rename' });

/** Fails so many times, and gives how often it was tried and how long was waited. */
async function attempt(failures: number, error: Error) {
  let tried = 0;
  let waitedMs = 0;
  const act = async (): Promise<string> => {
    tried += 1;
    if (tried <= failures) throw error;
    return 'done';
  };
  const sleep = async (durationMs: number): Promise<void> => {
    waitedMs += durationMs;
  };
  const result = await patiently(act, sleep).catch((thrown: unknown) => thrown);
  return { result, tried, waitedMs };
}

describe('patiently', () => {
  for (const code of ['EPERM', 'EBUSY', 'EACCES']) {
    it(`tries again on ${code}`, async () => {
      assert.deepEqual(await attempt(3, systemError(code)), { result: 'done', tried: 4, waitedMs: 80 });
    });
  }

  it('gives up within a second, with the last error', async () => {
    const error = systemError('EBUSY');
    const { result, tried, waitedMs } = await attempt(Infinity, error);
    assert.equal(result, error);
    assert.equal(tried, 7);
    assert(waitedMs < 1000);
  });

  it('tries once when nothing is wrong, or something else', async () => {
    assert.deepEqual(await attempt(0, systemError('EBUSY')), { result: 'done', tried: 1, waitedMs: 0 });
    const error = systemError('ENOSPC');
    assert.deepEqual(await attempt(1, error), { result: error, tried: 1, waitedMs: 0 });
    const bug = new Error('EBUSY');
    assert.deepEqual(await attempt(1, bug), { result: bug, tried: 1, waitedMs: 0 });
  });
});
