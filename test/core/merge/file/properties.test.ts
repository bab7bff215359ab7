import { properties } from '../properties.ts';

describe('core/merge, for any input', function () {
  this.timeout(120_000);
  for (const { name, runs, check } of properties) {
    it(name, () => check({ numRuns: runs }));
  }
});
