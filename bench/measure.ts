import { runOk } from '../test/support/run.ts';
import type { Postgres } from '../test/support/servers/postgres.ts';
import { nameOf, others, plan } from './contenders.ts';
import type { Contender, Workload } from './contenders.ts';
import { emit } from './emitted.ts';
import { hostCpu } from './host.ts';
import type { Emitted } from './emitted.ts';
import type { Cell, Round, Sizes } from './results.ts';
import { saturate } from './saturate.ts';
import { Task } from './task.ts';

export interface How {
  readonly workloads: readonly Workload[];
  readonly rounds: number;
  /** Of each measurement. */
  readonly seconds: number;
  /** Requests that are under way at a time. */
  readonly clients: number;
  readonly python: string;
  readonly database: Postgres;
}

/** One gunicorn; an emitted configuration may serve several workloads. */
interface Entry {
  readonly contender: Contender;
  readonly task: Task;
  readonly cells: readonly { readonly workload: Workload; readonly sizes?: Sizes; readonly rounds: Round[] }[];
}

/** Until all clients wait in line. */
const warmUpSeconds = 0.6;
const timeoutSeconds = 30;

/** Starts every contender at one size, each under a quota of its own, and loads one after the other, in rounds. */
export async function measureSize(vcpu: number, how: How): Promise<readonly Cell[]> {
  const { workloads, rounds, python } = how;
  const emitted: Emitted[] = [];
  for (const workload of workloads) {
    emitted.push(await emit(vcpu, workload));
  }
  // The image holds the bytecode, too.
  for (const { repository } of emitted) {
    await runOk(python, ['-m', 'compileall', '-q', repository]);
  }
  const entries: Entry[] = [];
  try {
    for (const { contender, repository, memoryMiB, cells } of contenders(emitted)) {
      const name = `${vcpu}-${entries.length}`;
      const args = contender.args ?? [];
      const task = await Task.start({ ...how, name, repository, args, vcpu, memoryMiB });
      entries.push({ contender, task, cells });
      await openConnections(task, how);
      const { firstAnswerSeconds, firstAnswerCpuSeconds } = task.boot;
      const boot = `first answer after ${firstAnswerSeconds.toFixed(1)} s, ${firstAnswerCpuSeconds.toFixed(2)} CPU s`;
      process.stdout.write(`${vcpu} vCPU, ${contender.name}: ${boot}\n`);
    }
    for (let round = 1; round <= rounds; round += 1) {
      for (const workload of workloads) {
        for (const { contender, task, cells } of entries) {
          const cell = cells.find((candidate) => candidate.workload === workload);
          if (cell !== undefined) {
            const measured = await measure(task, workload, how);
            cell.rounds.push(measured);
            const rate = (measured.latenciesMs.length / measured.seconds).toFixed(1);
            const idle = `${measured.idleCores.toFixed(1)} cores idle`;
            const what = `${vcpu} vCPU, ${nameOf(workload)}, ${contender.name}, round ${round}`;
            process.stdout.write(`${what}: ${rate}/s, ${idle}\n`);
          }
        }
      }
    }
    return entries.flatMap(({ contender, task, cells }) => {
      const { boot, quota } = task;
      const shared = { vcpu, contender, boot, memoryKills: quota.memoryKills(), limitsMemory: quota.limitsMemory };
      return cells.map((cell) => ({ ...shared, ...cell }));
    });
  } finally {
    for (const { task } of entries) {
      await task.end();
    }
  }
}

/** The emitted configurations, each different one once, then the others, which are the same for every workload. */
function contenders(emitted: readonly Emitted[]) {
  const shapes = new Map<string, Emitted[]>();
  for (const one of emitted) {
    const shape = `${one.sizes.workers} x ${one.sizes.threads}`;
    shapes.set(shape, [...(shapes.get(shape) ?? []), one]);
  }
  const cellOf = ({ workload, sizes }: Emitted) => ({ workload, sizes, rounds: [] as Round[] });
  const [first] = emitted as [Emitted];
  const { repository, sizes } = first;
  return [
    ...[...shapes.values()].map((same) => ({ ...(same[0] as Emitted), contender: plan, cells: same.map(cellOf) })),
    ...others.map((contender) => ({
      contender,
      repository,
      sizes,
      cells: emitted.map(({ workload }) => ({ workload, rounds: [] as Round[] })),
    })),
  ].map((one) => ({ ...one, memoryMiB: one.sizes.memoryMiB }));
}

async function measure(task: Task, { cpuMs, waitMs }: Workload, { clients, seconds }: How): Promise<Round> {
  let start = task.quota.usage();
  let end = start;
  let hostStart = hostCpu();
  let hostEnd = hostStart;
  let connections = 0;
  let memory = task.memory();
  const saturated = await saturate({
    url: `${task.service.url}/workload/${cpuMs}/${waitMs}`,
    clients,
    warmUpSeconds,
    seconds,
    timeoutSeconds,
    atEdge: async (edge) => {
      if (edge === 'start') {
        start = task.quota.usage();
        hostStart = hostCpu();
        return;
      }
      end = task.quota.usage();
      hostEnd = hostCpu();
      memory = task.memory();
      connections = await task.connections();
    },
  });
  return {
    ...saturated,
    cpuSeconds: end.cpuSeconds - start.cpuSeconds,
    throttledShare: (end.throttledPeriods - start.throttledPeriods) / Math.max(1, end.periods - start.periods),
    connections,
    memory,
    idleCores: (hostEnd.idleSeconds - hostStart.idleSeconds) / saturated.seconds,
    stolenCores: (hostEnd.stolenSeconds - hostStart.stolenSeconds) / saturated.seconds,
  };
}

/** Each costs a TLS handshake, which belongs to no workload. */
async function openConnections(task: Task, { clients }: How): Promise<void> {
  const url = `${task.service.url}/workload/1/20`;
  await saturate({ url, clients, warmUpSeconds: 1, seconds: 0, timeoutSeconds, atEdge: () => {} });
}
