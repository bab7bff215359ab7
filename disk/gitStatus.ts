import { execFile } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';

/** Git answers within a second; a hanging one (a network drive, a prompt) must not hold up a run. */
const patienceMs = 10_000;
const largestAnswerBytes = 16 * 1024 * 1024;

/** Variables by which a surrounding git (a hook, an alias) would point ours at another repository. */
const misleading = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR', 'GIT_NAMESPACE'];

/**
 * Asks git which files hold something that is not committed. It is advice: without git, outside a repository, or when
 * git does not answer in time, there is none. Reads only: no index is refreshed, no daemon started.
 *
 * @param root absolute folder, anywhere in a work tree
 * @param paths relative POSIX paths below `root`
 * @returns those of `paths` that are modified or untracked, in their order; ignored files are neither
 */
export async function dirtyFiles(
  root: string,
  paths: readonly string[],
  timeoutMs: number = patienceMs,
): Promise<readonly string[]> {
  if (paths.length === 0 || !isInWorkTree(root)) return [];
  // Git names files from the top of the work tree, which may lie above `root`.
  const [prefix, status] = await Promise.all([
    git(root, timeoutMs, ['rev-parse', '--show-prefix']),
    git(root, timeoutMs, ['status', '--porcelain', '-z', '--no-renames', '--untracked-files=all', '--', ...paths]),
  ]);
  if (prefix === undefined || status === undefined) return [];
  const top = prefix.replace(/\n$/, '');
  const named = new Set(status.split('\0').map((line) => line.slice('XY '.length)));
  return paths.filter((path) => named.has(`${top}${path}`));
}

/** As git itself looks for one, upwards from the folder; so that nobody without a repository waits for two processes. */
function isInWorkTree(root: string): boolean {
  if (!existsSync(root)) return false;
  for (let folder = realpathSync(root); ; folder = dirname(folder)) {
    if (existsSync(join(folder, '.git'))) return true;
    if (folder === dirname(folder)) return false;
  }
}

async function git(root: string, timeoutMs: number, args: readonly string[]): Promise<string | undefined> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.includes(name)));
  const safe = ['-c', 'core.fsmonitor=false', '--literal-pathspecs', '-C', root];
  try {
    const { stdout } = await promisify(execFile)('git', [...safe, ...args], {
      env: { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
      timeout: timeoutMs,
      maxBuffer: largestAnswerBytes,
      windowsHide: true,
    });
    return stdout;
  } catch {
    return undefined;
  }
}
