import path from 'node:path';
import { build } from './build.mjs';
import { install } from './install.mjs';
import { root } from './root.mjs';
import { runAttached } from './run.mjs';

/** Sets the exit code of this process to the generator's. */
export async function start() {
  try {
    await install(root);
    await build(root);
    const bin = path.join(root, 'dist', 'bin', 'generator-django-fargate.js');
    // npm changes into the checkout and leaves the caller's folder in INIT_CWD.
    const cwd = process.env.INIT_CWD ?? process.cwd();
    process.exitCode = await runAttached(process.execPath, [bin, ...process.argv.slice(2)], { cwd });
  } catch (error) {
    process.stderr.write(`${error.message}\n`);
    process.exitCode = 1;
  }
}
