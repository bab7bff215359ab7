import { execFileSync } from 'node:child_process';
import path from 'node:path';
import { readTree } from '../disk/tree.ts';
import type { Tree } from '../disk/tree.ts';
import { treeOf } from './support.ts';

/** Runs git in a folder, with an identity and settings of its own. */
export function git(folder: string, ...args: readonly string[]): string {
  const settings = ['user.name=Test', 'user.email=test@example.com', 'init.defaultBranch=main', 'commit.gpgSign=false'];
  const env = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_SYSTEM: '/dev/null' };
  return execFileSync('git', ['-C', folder, ...settings.flatMap((setting) => ['-c', setting]), ...args], {
    env,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

/** Makes a repository of git of a folder, with all of it committed. */
export function commitAll(folder: string): void {
  git(folder, 'init', '--quiet');
  git(folder, 'add', '--all');
  git(folder, 'commit', '--quiet', '--message', 'first');
}

/** A folder without what git keeps in it. */
export async function withoutGit(folder: string): Promise<Tree> {
  return Object.fromEntries(Object.entries(await treeOf(folder)).filter(([file]) => !/^\.git(?:\/|$)/u.test(file)));
}

/** All that git keeps of the repository around a folder, byte by byte: index, HEAD, branches, stash. */
export async function gitState(folder: string): Promise<Tree> {
  try {
    const [own, common] = git(folder, 'rev-parse', '--absolute-git-dir', '--git-common-dir').trim().split('\n');
    const trees = [own, common].map((found) => readTree(path.resolve(folder, found ?? '')));
    return Object.assign({}, ...(await Promise.all(trees))) as Tree;
  } catch {
    return {};
  }
}
