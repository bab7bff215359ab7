import { spawn } from 'node:child_process';
import type { ChildProcess } from 'node:child_process';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  rmdirSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { run } from '../run.ts';
import { engineFolder } from './folders.ts';

export interface Daemon {
  readonly env: NodeJS.ProcessEnv;
  stop(): Promise<void>;
}

/** Folders outside of .cache that containerd makes whatever it is told. */
const strayFolders = ['/opt/containerd/bin', '/opt/containerd/lib', '/opt/containerd', '/run/containerd/s'];

/**
 * Starts the unpacked dockerd on a socket of its own. It lives in mount and process namespaces of its own, so none of
 * its mounts or processes can outlive it, and the kernel ends it when this process dies. The machine's firewall stays
 * untouched: containers reach each other, and published ports go through docker-proxy.
 */
export async function startDaemon(programs: string): Promise<Daemon> {
  // A socket's path may have 107 characters: not in the checkout.
  const folder = mkdtempSync(path.join(tmpdir(), 'engine-'));
  const env = environment(programs, folder);
  const existing = new Set(strayFolders.filter((stray) => existsSync(stray)));
  const cgroup = path.basename(folder);
  const config = path.join(folder, 'daemon.json');
  writeFileSync(config, '{}\n');
  const log = path.join(folder, 'dockerd.log');
  const output = openSync(log, 'w');
  const namespaces = ['unshare', '--mount', '--pid', '--fork', '--kill-child=SIGTERM', '--mount-proc'];
  const flags = {
    'config-file': config,
    'data-root': path.join(engineFolder, 'data'),
    'exec-root': path.join(folder, 'exec'),
    pidfile: path.join(folder, 'dockerd.pid'),
    host: env['DOCKER_HOST'],
    'cgroup-parent': `/${cgroup}`,
    'exec-opt': 'native.cgroupdriver=cgroupfs',
    'userland-proxy-path': path.join(programs, 'usr', 'sbin', 'docker-proxy'),
    bridge: 'none',
    iptables: 'false',
    ip6tables: 'false',
    'ip-forward': 'false',
  };
  const command = ['dockerd', ...Object.entries(flags).map(([name, value]) => `--${name}=${value}`)];
  const child = spawn('setpriv', ['--pdeathsig', 'SIGKILL', ...namespaces, ...command], {
    env,
    stdio: ['ignore', output, output],
  });
  closeSync(output);
  const stop = async () => {
    await end(child);
    removeCgroups(cgroup);
    removeStrayFolders(existing);
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await answers(child, env);
  } catch (error) {
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n').slice(-15);
    await stop();
    throw new Error(`dockerd did not start:\n${lines.join('\n')}`, { cause: error });
  }
  return { env, stop };
}

function environment(programs: string, folder: string): NodeJS.ProcessEnv {
  const config = path.join(folder, 'config');
  const plugins = path.join(config, 'cli-plugins');
  mkdirSync(plugins, { recursive: true });
  const shipped = path.join(programs, 'usr', 'libexec', 'docker', 'cli-plugins');
  for (const plugin of readdirSync(shipped)) {
    symlinkSync(path.join(shipped, plugin), path.join(plugins, plugin));
  }
  const kept = Object.entries(process.env).filter(([name]) => !/^(DOCKER|BUILDX|BUILDKIT|COMPOSE)_/u.test(name));
  const system = ['/usr/local/sbin', '/usr/local/bin', '/usr/sbin', '/usr/bin', '/sbin', '/bin'];
  return {
    ...Object.fromEntries(kept),
    PATH: [path.join(programs, 'usr/bin'), path.join(programs, 'usr/sbin'), ...system].join(':'),
    DOCKER_HOST: `unix://${path.join(folder, 'docker.sock')}`,
    DOCKER_CONFIG: config,
  };
}

async function answers(child: ChildProcess, env: NodeJS.ProcessEnv): Promise<void> {
  const until = Date.now() + 30_000;
  for (;;) {
    if (child.exitCode !== null || child.signalCode !== null) {
      throw new Error(`exit ${child.exitCode ?? child.signalCode}`);
    }
    const { code } = await run('docker', ['info'], { env }).catch(() => ({ code: 1 }));
    if (code === 0) {
      return;
    }
    if (Date.now() > until) {
      throw new Error('no answer within 30 s');
    }
    await sleep(200);
  }
}

/** SIGTERM to dockerd itself, which ends its containers; after 30 s the namespace goes, and with it everything. */
async function end(child: ChildProcess): Promise<void> {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) {
    return;
  }
  const gone = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const children = `/proc/${child.pid}/task/${child.pid}/children`;
  const [dockerd] = readFileSync(children, 'utf8').trim().split(' ');
  if (dockerd !== undefined && dockerd !== '') {
    process.kill(Number(dockerd), 'SIGTERM');
  }
  const timer = setTimeout(() => process.kill(Number(dockerd), 'SIGKILL'), 30_000);
  await gone;
  clearTimeout(timer);
}

/** dockerd leaves the parents of its containers' control groups behind, empty; with cgroup v1 in each hierarchy. */
function removeCgroups(name: string): void {
  const mount = '/sys/fs/cgroup';
  for (const hierarchy of ['.', ...readdirSync(mount)]) {
    const group = path.join(mount, hierarchy, name);
    removeEmpty(path.join(group, 'buildkit'));
    removeEmpty(group);
  }
}

function removeStrayFolders(existing: ReadonlySet<string>): void {
  for (const folder of strayFolders) {
    if (!existing.has(folder)) {
      removeEmpty(folder);
    }
  }
}

function removeEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Absent, or used by others.
  }
}
