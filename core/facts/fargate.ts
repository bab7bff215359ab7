/**
 * What AWS Fargate (Linux, platform version 1.4.0) accepts in a task definition and a service.
 *
 * Sources, read 2026-11-23: botocore 1.44.5, `ecs` service model (RegisterTaskDefinition.memory,
 * ContainerDefinition.stopTimeout, DeploymentConfiguration); cfn-lint 1.58.0, `fargate_cpu_memory.json`.
 * Left out: 32 vCPU with 61440, 122880 or 249856 MiB, which only cfn-lint knows and the service model does not.
 */
import type { Bounds } from './bounds.ts';

/** One row per task size; `stepMiB: 'double'` means that each option is twice the one before. */
const sizes = [
  { vcpu: 0.25, fromMiB: 512, toMiB: 2048, stepMiB: 'double' },
  { vcpu: 0.5, fromMiB: 1024, toMiB: 4096, stepMiB: 1024 },
  { vcpu: 1, fromMiB: 2048, toMiB: 8192, stepMiB: 1024 },
  { vcpu: 2, fromMiB: 4096, toMiB: 16384, stepMiB: 1024 },
  { vcpu: 4, fromMiB: 8192, toMiB: 30720, stepMiB: 1024 },
  { vcpu: 8, fromMiB: 16384, toMiB: 61440, stepMiB: 4096 },
  { vcpu: 16, fromMiB: 32768, toMiB: 122880, stepMiB: 8192 },
] as const;

/** Every vCPU value that Fargate sells, ascending. */
export const vcpus: readonly number[] = sizes.map((size) => size.vcpu);

/** Values of `runtimePlatform.cpuArchitecture`. */
export const cpuArchitectures = ['X86_64', 'ARM64'] as const;
export type CpuArchitecture = (typeof cpuArchitectures)[number];

const memoryOptions: ReadonlyMap<number, readonly number[]> = new Map(
  sizes.map(({ vcpu, fromMiB, toMiB, stepMiB }) => {
    const options: number[] = [];
    for (let memoryMiB: number = fromMiB; memoryMiB <= toMiB; memoryMiB += stepMiB === 'double' ? memoryMiB : stepMiB) {
      options.push(memoryMiB);
    }
    return [vcpu, options];
  }),
);

/** The task memory values (MiB, ascending) that Fargate pairs with `vcpu`; empty for a vCPU value it does not sell. */
export function memoryOptionsMiB(vcpu: number): readonly number[] {
  return memoryOptions.get(vcpu) ?? [];
}

/** CPU units of a task definition: 1024 per vCPU. */
export function cpuUnits(vcpu: number): number {
  return vcpu * 1024;
}

/** Seconds between SIGTERM and SIGKILL on Fargate. */
export const stopTimeoutBoundsSeconds = { minimum: 2, maximum: 120 } as const satisfies Bounds;
