import { properties } from './properties.ts';

describe('regeneration, for any history', function () {
  this.timeout(300_000);
  for (const { name, runs, check } of properties) {
    it(name, () => check({ numRuns: runs }));
  }
});
