import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './run.mjs';

const sourceFolders = ['bin', 'core', 'disk', 'generators'];

/**
 * Whether dist/ is the compiled form of the sources: every source has its output, none younger than the output, and no
 * output is left of a source that is gone (it would be registered as a command).
 *
 * @param {string} folder the checkout
 */
export function isBuilt(folder) {
  const dist = path.join(folder, 'dist');
  const sources = sourceFolders.flatMap((name) => filesUnder(folder, name, '.ts'));
  const outputs = new Set(filesUnder(folder, 'dist', '.js'));
  const configurations = ['tsconfig.json', 'tsconfig.build.json'].map((name) => changedAt(path.join(folder, name)));
  const youngestConfiguration = Math.max(...configurations);
  return (
    outputs.size === sources.length &&
    sources.every((source) => {
      const output = path.join(dist, source.replace(/\.ts$/, '.js'));
      if (!outputs.has(path.relative(folder, output))) {
        return false;
      }
      return changedAt(output) >= Math.max(changedAt(path.join(folder, source)), youngestConfiguration);
    })
  );
}

function filesUnder(folder, name, extension) {
  if (!existsSync(path.join(folder, name))) {
    return [];
  }
  return readdirSync(path.join(folder, name), { recursive: true })
    .filter((file) => file.endsWith(extension) && !file.endsWith('.d.ts'))
    .map((file) => path.join(name, file));
}

function changedAt(file) {
  return statSync(file).mtimeMs;
}

/**
 * Compiles into a folder of its own and puts it in the place of dist/ when that went well, so that dist/ is whole at any
 * time and a failed build is never run.
 *
 * @param {string} folder the checkout
 */
export async function compile(folder) {
  const cache = path.join(folder, '.cache');
  mkdirSync(cache, { recursive: true });
  const staged = mkdtempSync(path.join(cache, 'build-'));
  // Made for its owner alone, whatever the umask.
  chmodSync(staged, 0o777 & ~process.umask());
  try {
    const tsc = path.join(folder, 'node_modules', 'typescript', 'bin', 'tsc');
    await runQuietly('tsc', process.execPath, [tsc, '-p', 'tsconfig.build.json', '--outDir', staged], { cwd: folder });
    const old = `${staged}-old`;
    if (existsSync(path.join(folder, 'dist'))) {
      renameSync(path.join(folder, 'dist'), old);
    }
    renameSync(staged, path.join(folder, 'dist'));
    rmSync(old, { recursive: true, force: true });
  } finally {
    rmSync(staged, { recursive: true, force: true });
  }
}

/**
 * Compiles when it is due.
 *
 * @param {string} folder the checkout
 * @returns {Promise<boolean>} whether it did
 */
export async function build(folder) {
  if (isBuilt(folder)) {
    return false;
  }
  process.stderr.write('Building ...\n');
  await compile(folder);
  return true;
}
