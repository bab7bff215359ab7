// `npm test [-- --part NAME] [--forbid-skips]`: installs and builds when due, then runs test/support/run-tests.ts.
import { requireNode } from './lib/require-node.mjs';

requireNode();

// Imported only now: an older Node.js could not parse them.
import('./lib/test.mjs').then(({ test }) => test());
