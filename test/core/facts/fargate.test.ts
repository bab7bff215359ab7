import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { isWithin } from './isWithin.ts';
import {
  cpuArchitectures,
  cpuUnits,
  memoryOptionsMiB,
  stopTimeoutBoundsSeconds,
  vcpus,
} from '../../../core/facts/fargate.ts';

describe('core/facts/fargate', () => {
  it('sells seven vCPU values, ascending', () => {
    assert.deepEqual(vcpus, [0.25, 0.5, 1, 2, 4, 8, 16]);
    assert.deepEqual(vcpus.map(cpuUnits), [256, 512, 1024, 2048, 4096, 8192, 16384]);
  });

  // AWS's own table: the first option, the last one, and how many there are.
  const pairs: readonly (readonly [number, number, number, number])[] = [
    [0.25, 512, 2048, 3],
    [0.5, 1024, 4096, 4],
    [1, 2048, 8192, 7],
    [2, 4096, 16384, 13],
    [4, 8192, 30720, 23],
    [8, 16384, 61440, 12],
    [16, 32768, 122880, 12],
  ];
  for (const [vcpu, first, last, count] of pairs) {
    it(`pairs ${vcpu} vCPU with ${count} memory values from ${first} to ${last} MiB`, () => {
      const options = memoryOptionsMiB(vcpu);
      assert.equal(options.at(0), first);
      assert.equal(options.at(-1), last);
      assert.equal(options.length, count);
    });
  }

  it('knows the irregular and the coarse steps', () => {
    assert.deepEqual(memoryOptionsMiB(0.25), [512, 1024, 2048]);
    assert.deepEqual(memoryOptionsMiB(0.5), [1024, 2048, 3072, 4096]);
    assert.deepEqual(memoryOptionsMiB(8).slice(0, 3), [16384, 20480, 24576]);
    assert.deepEqual(memoryOptionsMiB(16).slice(0, 3), [32768, 40960, 49152]);
  });

  it('keeps options strictly ascending, whole and between 2 and 8 GiB per vCPU', () => {
    for (const vcpu of vcpus) {
      const options = memoryOptionsMiB(vcpu);
      for (const [index, option] of options.entries()) {
        assert.ok(Number.isInteger(option) && option > (options[index - 1] ?? 0), `${vcpu} vCPU: ${option}`);
        assert.ok(option >= vcpu * 1920 && option <= vcpu * 8192, `${vcpu} vCPU: ${option}`);
      }
    }
  });

  it('has no memory for a vCPU value that is not sold', () => {
    for (const vcpu of [0, -1, 0.3, 3, 32, Number.NaN, Infinity]) {
      assert.deepEqual(memoryOptionsMiB(vcpu), [], String(vcpu));
    }
    fc.assert(fc.property(fc.double(), (vcpu) => vcpus.includes(vcpu) === memoryOptionsMiB(vcpu).length > 0));
  });

  it('names the architectures as a task definition does', () => {
    assert.deepEqual(cpuArchitectures, ['X86_64', 'ARM64']);
  });

  it('bounds what a service waits for', () => {
    assert.deepEqual(
      [1, 2, 120, 121].map((seconds) => isWithin(seconds, stopTimeoutBoundsSeconds)),
      [false, true, true, false],
    );
  });

  it('takes NaN to be out of every bound', () => {
    assert.equal(isWithin(Number.NaN, { minimum: -Infinity, maximum: Infinity }), false);
  });
});
