import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { runOk } from '../support/run.ts';
import { closed, listening } from '../support/servers/silent.ts';

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
  /** What the requirement begins the address with, after `git+`. */
  readonly host: string;
  /** Serves it by HTTP, for the build of an image: `url` is to stand in the place of `host`. */
  readonly serve: () => Promise<{ readonly url: string; readonly stop: () => Promise<void> }>;
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
  await git('update-server-info');
  const commit = (await git('rev-parse', 'HEAD')).stdout.trim();
  return {
    requirement: `${name} @ git+${host}${name}.git@${commit}`,
    environment: {
      GIT_CONFIG_COUNT: '1',
      GIT_CONFIG_KEY_0: `url.file://${folder}/.insteadOf`,
      GIT_CONFIG_VALUE_0: host,
    },
    host,
    serve: () => serve(work, name),
  };
}

/** Git's own files: that protocol needs no program on the server. */
async function serve(
  work: string,
  name: string,
): Promise<{ readonly url: string; readonly stop: () => Promise<void> }> {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url ?? '/', 'http://git');
    const file = path.join(work, '.git', path.normalize(pathname.replace(`/${name}.git/`, '/')));
    const isThere = existsSync(file) && statSync(file).isFile();
    response.writeHead(isThere ? 200 : 404).end(isThere ? readFileSync(file) : '');
  });
  await listening(server, '127.0.0.1');
  const stop = (): Promise<void> => {
    server.closeAllConnections();
    return closed(server);
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, stop };
}
