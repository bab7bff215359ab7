import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emitRepository } from '../test/support/emit.ts';
import type { Workload } from './contenders.ts';
import type { Sizes } from './results.ts';

const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
process.on('exit', () => rmSync(folder, { recursive: true, force: true }));

export interface Emitted {
  readonly repository: string;
  readonly workload: Workload;
  readonly sizes: Sizes;
}

/** A repository written for this size and workload, and the sizes in its deploy/sizing.json. */
export async function emit(vcpu: number, workload: Workload): Promise<Emitted> {
  const { cpuMs, waitMs } = workload;
  const repository = path.join(mkdtempSync(path.join(folder, 'case-')), 'shop');
  await emitRepository(repository, ['--vcpu', `${vcpu}`, '--cpu-ms', `${cpuMs}`, '--wait-ms', `${waitMs}`]);
  type Items<Name extends string> = Readonly<Record<Name, { readonly value: number }>>;
  const { gunicorn, task } = JSON.parse(readFileSync(path.join(repository, 'deploy', 'sizing.json'), 'utf8')) as {
    gunicorn: Items<'workers' | 'threads' | 'slots' | 'capacityRequestsPerSecond'>;
    task: Items<'memoryMiB'>;
  };
  const sizes = {
    workers: gunicorn.workers.value,
    threads: gunicorn.threads.value,
    slots: gunicorn.slots.value,
    capacityRequestsPerSecond: gunicorn.capacityRequestsPerSecond.value,
    memoryMiB: task.memoryMiB.value,
  };
  return { repository, workload, sizes };
}
