import { existsSync, mkdirSync } from 'node:fs';
import { pythonVersions } from '../../../core/facts/python.ts';
import { findPythons } from '../pythons.ts';
import type { Python } from '../pythons.ts';
import { run } from '../run.ts';
import { foundTools } from '../tools.ts';
import { startDaemon } from './daemon.ts';
import { isDebian } from '../debian.ts';
import { usersEngine } from './engine.ts';
import type { Engine } from './engine.ts';
import { engineFolder } from './folders.ts';
import { buildStandIns, inDebian, makeRootFileSystem, movable, nodeFiles } from './standIns.ts';
import { unpackEngine } from './unpack.ts';

/** No engine can be had on this machine; the message is for a person. */
export class NoEngine extends Error {}

/**
 * A Docker engine for tests: the user's own when it answers, with the real base images; otherwise, as root on Debian,
 * one unpacked from Debian's packages into .cache/engine, with stand-ins for the base images. Images of a registry
 * are not needed for it, only Debian's packages. A stand-in proves what our files do with a base image, not what the
 * official image holds.
 *
 * @throws NoEngine where neither can be had
 */
export async function startEngine(): Promise<Engine> {
  return (await usersEngine()) ?? (await unpackedEngine(await findPythons()));
}

async function unpackedEngine(pythons: readonly Python[]): Promise<Engine> {
  if (process.getuid?.() !== 0 || !isDebian()) {
    throw new NoEngine('no Docker engine answers; without one, root on Debian can start its own');
  }
  const tools = foundTools();
  // iptables: dockerd leaves the machine's alone, and needs it in each container's namespace to answer DNS there.
  for (const name of ['iptables', 'mmdebstrap', 'runc']) {
    const tool = tools[name];
    if (tool === undefined || 'missing' in tool || !existsSync(tool.path)) {
      throw new NoEngine(`no Docker engine answers, and there is no ${name} to start one with`);
    }
  }
  mkdirSync(engineFolder, { recursive: true });
  const rootFileSystem = makeRootFileSystem();
  // Awaited below: a failure before that must not end the process.
  rootFileSystem.catch(() => {});
  const daemon = await startDaemon(await unpackEngine());
  try {
    const chosen = movable(pythons).filter(({ version }) => pythonVersions.some((one) => one === version));
    const versions = chosen.map(({ version }) => version);
    const others = inDebian(pythonVersions.filter((version) => !versions.includes(version)));
    await buildStandIns(daemon.env, await rootFileSystem, chosen, others);
    const names = [
      ...versions.map((version) => `CPython ${version} of this machine`),
      ...others.map((version) => `Debian's Python ${version}`),
    ];
    return {
      description: `Docker from Debian's packages, with stand-ins for the base images: Debian, ${names.join(', ')}`,
      pythons: pythonVersions.filter((version) => [...versions, ...others].includes(version)),
      hasNode: nodeFiles() !== undefined,
      // Without a firewall there is no way out of the engine's own network.
      buildFlags: ['--network=host'],
      composeBuild: { network: 'host' },
      env: daemon.env,
      stop: async () => {
        // Each run adds some layers that no later one uses.
        const prune = ['builder', 'prune', '--force', '--keep-storage=1GB'];
        await run('docker', prune, { env: daemon.env }).finally(() => daemon.stop());
      },
    };
  } catch (error) {
    await daemon.stop();
    throw error;
  }
}
