import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { runOk } from '../run.ts';
import { keyring, mirror } from './debian.ts';
import { engineFolder, release } from './folders.ts';

const packages = ['containerd', 'docker-buildx', 'docker-cli', 'docker-compose', 'docker.io', 'tini'];

/**
 * Fetches the engine's packages and unpacks them: nothing is installed, no service starts. Debian 12's own engine
 * is too old: its `docker build` knows no BuildKit, its Compose no `start_interval`.
 *
 * @returns the folder that holds usr/bin and usr/sbin
 */
export async function unpackEngine(): Promise<string> {
  const folder = path.join(engineFolder, 'programs');
  if (existsSync(folder)) {
    return folder;
  }
  const work = `${folder}.part`;
  rmSync(work, { recursive: true, force: true });
  const debs = path.join(work, 'debs');
  for (const name of ['debs', 'apt/lists/partial', 'apt/cache/archives/partial']) {
    mkdirSync(path.join(work, name), { recursive: true });
  }
  const sources = path.join(work, 'apt', 'sources.list');
  writeFileSync(sources, `deb [signed-by=${keyring}] ${await mirror()} ${release} main\n`);
  // Its own lists and an empty status: the machine's packages and sources stay as they are.
  const options = {
    'Dir::Etc::sourcelist': sources,
    'Dir::Etc::sourceparts': '-',
    'Dir::State::lists': path.join(work, 'apt', 'lists'),
    'Dir::State::status': '/dev/null',
    'Dir::Cache': path.join(work, 'apt', 'cache'),
    'APT::Sandbox::User': 'root',
  };
  const apt = ['--quiet', ...Object.entries(options).flatMap(([name, value]) => ['-o', `${name}=${value}`])];
  await runOk('apt-get', [...apt, 'update']);
  await runOk('apt-get', [...apt, 'download', ...packages], { cwd: debs });
  const root = path.join(work, 'root');
  for (const deb of readdirSync(debs)) {
    await runOk('dpkg', ['-x', path.join(debs, deb), root]);
  }
  renameSync(root, folder);
  rmSync(work, { recursive: true });
  return folder;
}
