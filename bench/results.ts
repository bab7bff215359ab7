import type { Contender, Workload } from './contenders.ts';
import { quantile } from './saturate.ts';
import type { Saturated } from './saturate.ts';
import type { Boot, Memory } from './task.ts';

/** One measurement of one contender. */
export interface Round extends Saturated {
  readonly cpuSeconds: number;
  readonly throttledShare: number;
  readonly connections: number;
  readonly memory: Memory;
  /** Of the whole machine: near 0, it was too busy to measure. */
  readonly idleCores: number;
  readonly stolenCores: number;
}

/** Workers, threads and capacity of an emitted repository. */
export interface Sizes {
  readonly workers: number;
  readonly threads: number;
  readonly slots: number;
  readonly capacityRequestsPerSecond: number;
  readonly memoryMiB: number;
}

/** All rounds of one contender at one size and workload. */
export interface Cell {
  readonly vcpu: number;
  readonly workload: Workload;
  readonly contender: Contender;
  /** For the emitted configuration only. */
  readonly sizes?: Sizes;
  readonly boot: Boot;
  readonly limitsMemory: boolean;
  readonly memoryKills: number;
  readonly rounds: readonly Round[];
}

/** Over all rounds. */
export interface Summary {
  readonly requestsPerSecond: number;
  /** Of the slowest and the fastest round. */
  readonly lowest: number;
  readonly highest: number;
  readonly p99Ms: number;
  readonly failed: number;
  readonly failures: string;
  readonly connections: number;
  readonly memory: Memory;
  /** CPU time of all processes for each answered request. */
  readonly cpuMsPerRequest: number;
  readonly vcpuUsed: number;
  readonly throttledShare: number;
  /** Of the busiest round. */
  readonly idleCores: number;
  readonly stolenCores: number;
}

const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);

export function summarise({ rounds }: Cell): Summary {
  const latencies = rounds.flatMap((round) => round.latenciesMs);
  const seconds = sum(rounds.map((round) => round.seconds));
  const rates = rounds.map((round) => round.latenciesMs.length / round.seconds);
  const failures = new Map<string, number>();
  for (const [kind, count] of rounds.flatMap((round) => [...round.failures])) {
    failures.set(kind, (failures.get(kind) ?? 0) + count);
  }
  const cpuSeconds = sum(rounds.map((round) => round.cpuSeconds));
  return {
    requestsPerSecond: latencies.length / seconds,
    lowest: Math.min(...rates),
    highest: Math.max(...rates),
    p99Ms: quantile(latencies, 0.99),
    failed: sum([...failures.values()]),
    failures: [...failures].map(([kind, count]) => `${kind}: ${count}`).join(', '),
    connections: Math.max(...rounds.map((round) => round.connections)),
    memory: {
      pssMiB: Math.max(...rounds.map((round) => round.memory.pssMiB)),
      rssMiB: Math.max(...rounds.map((round) => round.memory.rssMiB)),
    },
    cpuMsPerRequest: (1000 * cpuSeconds) / latencies.length,
    vcpuUsed: cpuSeconds / seconds,
    throttledShare: sum(rounds.map((round) => round.throttledShare)) / rounds.length,
    idleCores: Math.min(...rounds.map((round) => round.idleCores)),
    stolenCores: Math.max(...rounds.map((round) => round.stolenCores)),
  };
}
