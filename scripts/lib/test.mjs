import path from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { root } from './root.mjs';
import { runAttached } from './run.mjs';

/** Sets the exit code of this process to that of the tests. */
export async function test() {
  try {
    await install(root);
    await build(root);
    const runner = path.join(root, 'test', 'support', 'run-tests.ts');
    const args = ['--import', 'tsx/esm', runner, ...process.argv.slice(2)];
    process.exitCode = await runAttached(process.execPath, args, { cwd: root });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
