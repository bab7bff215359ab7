import { cpuUnits, memoryOptionsMiB } from '../facts/fargate.ts';
import { UserError } from '../errors.ts';
import { item, plural } from './item.ts';
import { sources } from './sources.ts';
import type { Plan, SizingAnswers } from './types.ts';

/** What gunicorn's arbiter, the init process and the log driver need, in MiB; measured below 100. */
export const baseMemoryMiB = 128;
/** `/tmp` of the read-only container, counted in the task's memory, in MiB. */
export const tmpfsMiB = 64;

/** Workers that the CPU can use: two at least, so that one can be recycled while the other serves. */
export function workersForCpu(vcpu: number): number {
  return Math.max(2, Math.ceil(vcpu));
}

/** Workers that fit into the task's memory beside the base and `/tmp`. */
export function workersForMemory(memoryMiB: number, workerMemoryMiB: number): number {
  return Math.max(0, Math.floor((memoryMiB - baseMemoryMiB - tmpfsMiB) / workerMemoryMiB));
}

/** Workers of a task whose memory is computed; 0 when even the most memory holds none. */
export function workersAtMost(vcpu: number, workerMemoryMiB: number): number {
  return Math.min(workersForCpu(vcpu), workersForMemory(Math.max(...memoryOptionsMiB(vcpu)), workerMemoryMiB));
}

/**
 * The task's size: the memory that was asked for, else the smallest that Fargate pairs with the vCPU and that holds
 * the workers.
 * @throws UserError when not even one worker fits
 */
export function sizeTask(answers: SizingAnswers): { readonly task: Plan['task']; readonly workers: number } {
  const { vcpu, workerMemoryMiB } = answers;
  const pairs = memoryOptionsMiB(vcpu);
  const wanted = workersForCpu(vcpu);
  const neededMiB = baseMemoryMiB + tmpfsMiB + wanted * workerMemoryMiB;
  const smallest = pairs.find((memoryMiB) => memoryMiB >= neededMiB);
  const memoryMiB = answers.memoryMiB ?? smallest ?? Math.max(...pairs);
  const workers = Math.min(wanted, workersForMemory(memoryMiB, workerMemoryMiB));
  if (workers < 1) {
    refuseMemory(answers, memoryMiB, pairs);
  }
  const need = `${baseMemoryMiB} + ${tmpfsMiB} tmpfs + ${plural(wanted, 'worker')} x ${workerMemoryMiB} = ${neededMiB} MiB`;
  let memoryWhy = `smallest that Fargate pairs with ${vcpu} vCPU and holds ${need}`;
  if (answers.memoryMiB !== undefined) {
    memoryWhy = `as given; ${plural(wanted, 'worker')} ${wanted === 1 ? 'needs' : 'need'} ${need}`;
  } else if (smallest === undefined) {
    memoryWhy = `largest that Fargate pairs with ${vcpu} vCPU; ${plural(wanted, 'worker')} would need ${need}`;
  }
  return {
    workers,
    task: {
      vcpu: item(vcpu, `${vcpu} vCPU for each web task`, sources.answer),
      cpuUnits: item(cpuUnits(vcpu), `${vcpu} vCPU x 1024 CPU units`, sources.fargateSizes),
      memoryMiB: item(memoryMiB, memoryWhy, sources.fargateSizes),
      tmpfsMiB: item(
        tmpfsMiB,
        'writable /tmp beside a read-only root file system, counted in the task memory',
        sources.fargateTmpfs,
      ),
      workerMemoryMiB: item(workerMemoryMiB, `${workerMemoryMiB} MiB for one worker; measure yours`, sources.answer),
    },
  };
}

function refuseMemory(answers: SizingAnswers, memoryMiB: number, pairs: readonly number[]): never {
  const needed = baseMemoryMiB + tmpfsMiB + answers.workerMemoryMiB;
  const enough = pairs.find((pair) => pair >= needed);
  const next =
    enough === undefined
      ? `Use a larger task (--vcpu) or smaller workers (--worker-memory ${Math.max(...pairs) - baseMemoryMiB - tmpfsMiB}).`
      : `Use --memory ${enough} or more.`;
  throw new UserError(
    `${memoryMiB} MiB do not hold a single worker: ${baseMemoryMiB} + ${tmpfsMiB} tmpfs + ${answers.workerMemoryMiB} = ${needed} MiB. ${next}`,
  );
}
