import assert from 'node:assert/strict';
import { setTimeout as pause } from 'node:timers/promises';
import { inParallel } from '../../../disk/files/inParallel.ts';

const items = Array.from({ length: 40 }, (_, index) => index);

describe('inParallel', () => {
  it('gives every result in the order of the items, whichever ends first', async () => {
    const results = await inParallel(items, async (item, index) => {
      await pause(item % 3);
      return [item, index];
    });
    assert.deepEqual(
      results,
      items.map((item) => [item, item]),
    );
  });

  it('carries out several at once, but not all', async () => {
    let [running, most] = [0, 0];
    await inParallel(items, async () => {
      most = Math.max(most, (running += 1));
      await pause(1);
      running -= 1;
    });
    assert(most > 1 && most < items.length, `${most} at once`);
  });

  it('after a failure begins nothing, waits for what had begun, and throws the first', async () => {
    const [begun, ended]: [number[], number[]] = [[], []];
    const failing = inParallel(items, async (item) => {
      begun.push(item);
      await pause(item === 2 ? 1 : 20);
      ended.push(item);
      if (item >= 2) throw new Error(`item ${item}`);
    });
    await assert.rejects(failing, /^Error: item 2$/u);
    assert.deepEqual(ended.toSorted(), begun.toSorted());
    assert(begun.length < items.length, `${begun.length} begun`);
    const before = begun.length;
    await pause(30);
    assert.equal(begun.length, before);
  });

  it('has nothing to do for nothing', async () => {
    assert.deepEqual(await inParallel([], () => assert.fail('nothing to do')), []);
  });
});
