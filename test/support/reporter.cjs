'use strict';

const { writeFileSync } = require('node:fs');
const path = require('node:path');
const { reporters } = require('mocha');

/** Mocha's spec reporter, which also writes what became of every test to the JSON file named by RESULTS_FILE. */
module.exports = class extends reporters.Spec {
  constructor(runner, options) {
    super(runner, options);
    const results = [];
    const record = (state) => (test, error) => {
      const file = test.file === undefined ? undefined : path.relative(process.cwd(), test.file);
      const message = error === undefined ? undefined : (error.stack ?? error.message ?? String(error));
      results.push({ title: test.fullTitle(), file, state, durationMs: test.duration ?? 0, message });
    };
    runner.on('pass', record('passed'));
    runner.on('fail', record('failed'));
    runner.on('pending', record('skipped'));
    runner.on('end', () => writeFileSync(process.env.RESULTS_FILE, JSON.stringify(results)));
  }
};
