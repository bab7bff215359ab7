import { rmSync } from 'node:fs';
import path from 'node:path';
import { root } from './lib/root.mjs';

// dist/ always; `npm run clean -- --all` also what the tests installed.
for (const name of process.argv.includes('--all') ? ['dist', '.cache'] : ['dist']) {
  rmSync(path.join(root, name), { recursive: true, force: true });
}
