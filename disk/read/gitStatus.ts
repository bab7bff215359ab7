import { execFile } from 'node:child_process';
import { lstatSync, realpathSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { foldersOf } from '../paths.ts';
import { codeOf } from '../files/systemError.ts';

/** Git answers within a second; a hanging one (a network drive, a prompt) must not hold up a run. */
const patienceMs = 10_000;
const largestAnswerBytes = 16 * 1024 * 1024;

/** Variables by which a surrounding git (a hook, an alias) would point ours at another repository. */
const misleading = ['GIT_DIR', 'GIT_WORK_TREE', 'GIT_INDEX_FILE', 'GIT_PREFIX', 'GIT_COMMON_DIR', 'GIT_NAMESPACE'];

/** What git knows, or why it does not tell. */
export type GitStatus =
  | { readonly kind: 'answer'; readonly dirty: readonly string[] }
  | { readonly kind: 'no repository' }
  /** For people, in words of git where it has any. */
  | { readonly kind: 'no answer'; readonly reason: string };

/**
 * Asks git which files hold something that is not committed. Reads only: no index is refreshed, no daemon started.
 *
 * @param root absolute folder, anywhere in a work tree
 * @param paths relative POSIX paths below `root`
 * @returns those of `paths` that are modified, untracked or ignored, in their order: git could give none of them back
 */
export async function gitStatus(
  root: string,
  paths: readonly string[],
  timeoutMs: number = patienceMs,
): Promise<GitStatus> {
  if (paths.length === 0) return { kind: 'answer', dirty: [] };
  if (!isInWorkTree(root)) return { kind: 'no repository' };
  // Git names files from the top of the work tree, which may lie above `root`.
  const [prefix, status] = await Promise.all([
    git(root, timeoutMs, ['rev-parse', '--show-prefix']),
    git(root, timeoutMs, [
      'status',
      '--porcelain',
      '-z',
      '--no-renames',
      '--untracked-files=all',
      '--ignored',
      '--',
      ...paths,
    ]),
  ]);
  if ('reason' in prefix) return { kind: 'no answer', ...prefix };
  if ('reason' in status) return { kind: 'no answer', ...status };
  const top = prefix.answer.replace(/\n$/, '');
  const named = new Set(status.answer.split('\0').map((line) => line.slice('XY '.length)));
  return { kind: 'answer', dirty: paths.filter((path) => isNamed(`${top}${path}`, named)) };
}

/** An ignored repository inside of the work tree is named as its folder, with a slash at the end, for all that is in it. */
function isNamed(path: string, named: ReadonlySet<string>): boolean {
  return named.has(path) || foldersOf(path).some((folder) => named.has(`${folder}/`));
}

/**
 * As git itself looks for one, upwards from the folder; so that nobody without a repository waits for two processes.
 * Where nobody can look, git is asked.
 */
function isInWorkTree(root: string): boolean {
  try {
    for (let folder = realpathSync(root); ; folder = dirname(folder)) {
      if (lstatSync(join(folder, '.git'), { throwIfNoEntry: false }) !== undefined) return true;
      if (folder === dirname(folder)) return false;
    }
  } catch (error) {
    return codeOf(error) !== 'ENOENT';
  }
}

async function git(
  root: string,
  timeoutMs: number,
  args: readonly string[],
): Promise<{ readonly answer: string } | { readonly reason: string }> {
  const env = Object.fromEntries(Object.entries(process.env).filter(([name]) => !misleading.includes(name)));
  const safe = ['-c', 'core.fsmonitor=false', '--literal-pathspecs', '-C', root];
  try {
    const { stdout } = await promisify(execFile)('git', [...safe, ...args], {
      env: { ...env, GIT_OPTIONAL_LOCKS: '0', GIT_TERMINAL_PROMPT: '0' },
      timeout: timeoutMs,
      maxBuffer: largestAnswerBytes,
      windowsHide: true,
    });
    return { answer: stdout };
  } catch (error) {
    return { reason: reasonOf(error, timeoutMs) };
  }
}

function reasonOf(error: unknown, timeoutMs: number): string {
  if (codeOf(error) === 'ENOENT') return 'git is not installed, or not on PATH';
  const { code, killed, stderr } = error as Readonly<Partial<Record<'code' | 'killed' | 'stderr', unknown>>>;
  // Node kills git for this, too.
  if (code === 'ERR_CHILD_PROCESS_STDIO_MAXBUFFER') {
    return `git's answer is longer than ${largestAnswerBytes / 1024 ** 2} MiB`;
  }
  if (killed === true) return `git did not answer within ${timeoutMs / 1000} seconds`;
  // What people are shown must not steer their terminal.
  const said = typeof stderr === 'string' ? stderr.trim().replaceAll(/[^\P{Cc}\n]/gu, ' ') : '';
  return said === '' ? 'git failed without a message' : said;
}
