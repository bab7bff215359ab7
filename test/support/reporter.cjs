'use strict';

const { appendFileSync } = require('node:fs');
const path = require('node:path');
const { reporters } = require('mocha');

/**
 * Appends one line of JSON to the file named by RESULTS_FILE for every test as it ends, and a last one at the end of the
 * run, so that a process that ends early is told from one that ran all of its tests. Prints nothing of its own, unless
 * VERBOSE_TESTS asks for mocha's own report.
 */
module.exports = class extends (process.env.VERBOSE_TESTS === '1' ? reporters.Spec : reporters.Base) {
  constructor(runner, options) {
    super(runner, options);
    // A test may change the working directory.
    const root = process.cwd();
    const write = (line) => appendFileSync(process.env.RESULTS_FILE, `${JSON.stringify(line)}\n`);
    const record = (state) => (test, error) => {
      const file = test.file === undefined ? undefined : path.relative(root, test.file);
      const message = error === undefined ? undefined : (error.stack ?? error.message ?? String(error));
      write({ title: test.fullTitle(), file, state, durationMs: test.duration ?? 0, message });
    };
    runner.on('pass', record('passed'));
    runner.on('fail', record('failed'));
    runner.on('pending', record('skipped'));
    runner.on('end', () => write({ isEnd: true }));
  }
};
