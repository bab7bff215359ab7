import { readFileSync } from 'node:fs';
import path from 'node:path';
import { runQuietly } from './run.mjs';

/**
 * Whether node_modules holds what package-lock.json asks for. npm writes what it installed to
 * node_modules/.package-lock.json at the very end, so an interrupted install is not taken for a whole one.
 *
 * @param {string} folder the checkout
 */
export function isInstalled(folder) {
  const wanted = readPackages(path.join(folder, 'package-lock.json'));
  const installed = readPackages(path.join(folder, 'node_modules', '.package-lock.json'));
  if (wanted === undefined || installed === undefined) {
    return false;
  }
  return Object.entries(wanted).every(([location, { version, integrity, optional, peer }]) => {
    const found = installed[location];
    if (location === '' || (found === undefined && (optional === true || peer === true))) {
      return true;
    }
    return found !== undefined && found.version === version && found.integrity === integrity;
  });
}

function readPackages(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8')).packages;
  } catch {
    return undefined;
  }
}

/**
 * `npm ci` when it is due.
 *
 * @param {string} folder the checkout
 * @returns {Promise<boolean>} whether it ran
 */
export async function install(folder) {
  if (isInstalled(folder)) {
    return false;
  }
  process.stderr.write('Installing dependencies ...\n');
  // The npm that started us, when there is one: `npm` on PATH may be another.
  const npm = process.env.npm_execpath;
  const [command, first] = npm === undefined ? ['npm', []] : [process.execPath, [npm]];
  const args = [...first, 'ci', '--include=dev', '--no-audit', '--no-fund', '--loglevel=error'];
  await runQuietly('npm ci', command, args, { cwd: folder });
  return true;
}
