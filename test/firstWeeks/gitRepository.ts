import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOk } from '../support/run.ts';

const identity = {
  ...{ GIT_AUTHOR_NAME: 'Grace', GIT_AUTHOR_EMAIL: 'grace@example.com', GIT_AUTHOR_DATE: '2026-01-01T12:00:00Z' },
  ...{ GIT_COMMITTER_NAME: 'Grace', GIT_COMMITTER_EMAIL: 'grace@example.com' },
  ...{ GIT_COMMITTER_DATE: '2026-01-01T12:00:00Z', GIT_CONFIG_GLOBAL: '/dev/null' },
};

const host = 'https://git.example.com/';

/** A Git repository on another host, with one commit that is the same in every run. */
export interface GitRepository {
  /** As it stands in requirements.in. */
  readonly requirement: string;
  /** Variables with which Git finds the host on this machine. */
  readonly environment: Readonly<Record<string, string>>;
}

/** @param source the folder of a Python package, which is the commit */
export async function makeGitRepository(name: string, source: string): Promise<GitRepository> {
  const folder = mkdtempSync(path.join(tmpdir(), 'git-'));
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }));
  const work = path.join(folder, `${name}.git`);
  cpSync(source, work, { recursive: true });
  const git = (...args: readonly string[]) =>
    runOk('git', ['-C', work, ...args], { env: { ...process.env, ...identity } });
  await git('init', '--quiet', '--initial-branch=main');
  await git('add', '--all');
  await git('commit', '--quiet', '--message=first');
  const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
  return {
    requirement: `${name} @ git+${host}${name}.git@${commit}`,
    environment: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${folder}/.insteadOf`,
      GIT_CONFIG_VALUE_0: host,
    },
  };
}
