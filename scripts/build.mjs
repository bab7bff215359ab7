import { compile } from './lib/build.mjs';
import { root } from './lib/root.mjs';

try {
  await compile(root);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
}
