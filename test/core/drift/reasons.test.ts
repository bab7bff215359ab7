import assert from 'node:assert/strict';
import { isReasonIn } from '../../../core/drift/reasons.ts';

describe('core/drift/reasons', () => {
  const reason = [
    '# 900 requests, so that a leak of 64 KiB a request takes 5 % of the 1024 MiB of the task.',
    '# The jitter keeps workers apart.',
  ];
  const kept = (there: readonly string[]): readonly string[] => {
    const isReason = isReasonIn(reason, there);
    return there.filter((_, index) => !isReason(index));
  };

  it('a reason of other sizes is the generator’s, wherever its lines break', () => {
    assert.deepEqual(kept(reason.map((line) => line.replaceAll(/\d+/gu, '7'))), []);
    const words = reason
      .map((line) => line.slice(2))
      .join(' ')
      .split(' ');
    const broken = [words.slice(0, 20), words.slice(20, 22), words.slice(22)];
    assert.deepEqual(kept(broken.map((line) => `# ${line.join(' ')}`)), []);
  });

  it('a short comment of the user’s is not, though the reason holds its words or their letters', () => {
    for (const own of ['# task', '# the task', '# leak', '# takes', '# quest', '# keeps workers apart and next']) {
      assert.deepEqual(kept([own]), [own]);
      assert.deepEqual(kept([own, ...reason]), [own]);
    }
    assert.deepEqual(kept(['# so that a leak of 64 Ki']), ['# so that a leak of 64 Ki']);
  });
});
