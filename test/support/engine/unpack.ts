import { existsSync } from 'node:fs';
import path from 'node:path';
import { unpackPackages } from '../debian.ts';
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
  if (!existsSync(folder)) {
    await unpackPackages(release, packages, folder);
  }
  return folder;
}
