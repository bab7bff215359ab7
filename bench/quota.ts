import { existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';

/** Length of a CPU period, in microseconds: the kernel's default, and what container engines set. */
const periodUs = 100_000;
const prefix = 'django-fargate-bench-';

/** What a group has used so far. */
export interface Usage {
  readonly cpuSeconds: number;
  /** CPU periods in which something ran, and those of them in which it was stopped because the quota was used up. */
  readonly periods: number;
  readonly throttledPeriods: number;
}

/** Where groups are made: one mount for each controller with cgroup v1, one for all with v2. */
interface Place {
  readonly version: 1 | 2;
  readonly cpu: string;
  readonly cpuacct: string;
  /** Absent where memory cannot be limited. */
  readonly memory: string | undefined;
}

const made = new Set<string>();
process.on('exit', () => made.forEach(removeFolder));

/** A CPU quota, and a memory limit where the machine allows one, on all processes of one task. */
export class Quota {
  readonly limitsMemory: boolean;
  readonly #folders: readonly string[];
  readonly #place: Place;
  readonly #name: string;

  /** @throws when the machine has no writable cgroup controller for CPU: it takes root */
  constructor(name: string, vcpu: number, memoryMiB: number) {
    this.#place = findPlace();
    this.#name = `${prefix}${process.pid}-${name}`;
    this.limitsMemory = this.#place.memory !== undefined;
    const { cpu, cpuacct, memory, version } = this.#place;
    const parents = new Set([cpu, cpuacct, ...(memory === undefined ? [] : [memory])]);
    this.#folders = [...parents].map((parent) => path.join(parent, this.#name));
    for (const folder of this.#folders) {
      mkdirSync(folder);
      made.add(folder);
    }
    if (version === 1) {
      this.#write(cpu, 'cpu.cfs_period_us', periodUs);
      this.#write(cpu, 'cpu.cfs_quota_us', Math.round(vcpu * periodUs));
    } else {
      this.#write(cpu, 'cpu.max', `${Math.round(vcpu * periodUs)} ${periodUs}`);
    }
    if (memory !== undefined) {
      const bytes = memoryMiB * 1024 * 1024;
      this.#write(memory, version === 1 ? 'memory.limit_in_bytes' : 'memory.max', bytes);
    }
  }

  /** Put before a command, starts it and all its children in the group. */
  get prefix(): readonly string[] {
    const files = this.#folders.map((folder) => `'${path.join(folder, 'cgroup.procs')}'`).join(' ');
    return ['sh', '-c', `set -e; for file in ${files}; do echo $$ > "$file"; done; exec "$@"`, 'sh'];
  }

  usage(): Usage {
    const stat = this.#counters(this.#place.cpu, 'cpu.stat');
    const cpuSeconds =
      this.#place.version === 1
        ? Number(this.#read(this.#place.cpuacct, 'cpuacct.usage')) / 1e9
        : (stat.get('usage_usec') ?? Number.NaN) / 1e6;
    return { cpuSeconds, periods: stat.get('nr_periods') ?? 0, throttledPeriods: stat.get('nr_throttled') ?? 0 };
  }

  /** How many processes the kernel killed because the memory was used up. */
  memoryKills(): number {
    const { memory, version } = this.#place;
    if (memory === undefined) {
      return 0;
    }
    return this.#counters(memory, version === 1 ? 'memory.oom_control' : 'memory.events').get('oom_kill') ?? 0;
  }

  /** After the end of its processes. */
  remove(): void {
    this.#folders.forEach(removeFolder);
  }

  #counters(parent: string, file: string): ReadonlyMap<string, number> {
    const lines = this.#read(parent, file).trim().split('\n');
    return new Map(lines.map((line) => line.split(' ')).map(([name = '', value]) => [name, Number(value)]));
  }

  #read(parent: string, file: string): string {
    return readFileSync(path.join(parent, this.#name, file), 'utf8');
  }

  #write(parent: string, file: string, value: number | string): void {
    writeFileSync(path.join(parent, this.#name, file), String(value));
  }
}

function findPlace(): Place {
  const mounts = readFileSync('/proc/mounts', 'utf8')
    .split('\n')
    .map((line) => line.split(' '))
    .map(([, folder = '', type, options = '']) => ({ folder, type, options: options.split(',') }));
  const v1 = (controller: string) =>
    mounts.find(({ type, options }) => type === 'cgroup' && options.includes(controller))?.folder;
  const [cpu, cpuacct] = [v1('cpu'), v1('cpuacct')];
  if (cpu !== undefined && cpuacct !== undefined) {
    // Below another group than the first we would leave limits that somebody set on us.
    const memory = /^\d+:(?:.*,)?memory(?:,.*)?:\/$/mu.test(readFileSync('/proc/self/cgroup', 'utf8'));
    return removeLeftovers({ version: 1, cpu, cpuacct, memory: memory ? v1('memory') : undefined });
  }
  const v2 = mounts.find(({ type }) => type === 'cgroup2')?.folder;
  if (v2 === undefined) {
    throw new Error('no cgroup file system is mounted: CPU quotas need Linux with cgroup v1 or v2');
  }
  const enabled = path.join(v2, 'cgroup.subtree_control');
  for (const controller of ['cpu', 'memory']) {
    if (!readFileSync(enabled, 'utf8').split(/\s/u).includes(controller)) {
      writeFileSync(enabled, `+${controller}`);
    }
  }
  return removeLeftovers({ version: 2, cpu: v2, cpuacct: v2, memory: v2 });
}

/** Groups of an earlier run that was killed; one that still holds a process stays. */
function removeLeftovers(place: Place): Place {
  for (const parent of new Set([place.cpu, place.cpuacct, place.memory ?? place.cpu])) {
    const groups = readdirSync(parent).filter((name) => name.startsWith(prefix));
    for (const group of groups.filter((name) => !name.startsWith(`${prefix}${process.pid}-`))) {
      const owner = Number(group.slice(prefix.length).split('-')[0]);
      if (!existsSync(`/proc/${owner}`)) {
        removeFolder(path.join(parent, group));
      }
    }
  }
  return place;
}

/** A killed process leaves its group a moment later. */
function removeFolder(folder: string): void {
  for (let attempt = 0; attempt < 40 && existsSync(folder); attempt += 1) {
    try {
      rmdirSync(folder);
    } catch {
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    }
  }
  made.delete(folder);
}
