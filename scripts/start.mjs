// `npm start -- FOLDER [flags]`: installs and builds when due, then runs the generator in the folder npm was called from.
import { requireNode } from './lib/require-node.mjs';

requireNode();

// Imported only now: an older Node.js could not parse them.
import('./lib/start.mjs').then(({ start }) => start());
