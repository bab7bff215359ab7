import { cpuUnits, memoryOptionsMiB } from '../facts/fargate.ts';
import { UserError } from '../errors.ts';
import { item, plural } from './item.ts';
import { sources } from './sources.ts';
import type { Plan, SizingAnswers } from './types.ts';
import { uploadMemory } from './uploads.ts';
import type { UploadAnswers, UploadMemory } from './uploads.ts';

/** What gunicorn's arbiter, the init process and the log driver need, in MiB; measured below 100. */
export const baseMemoryMiB = 128;

/** The answers that decide how many workers a task holds. */
export type TaskAnswers = UploadAnswers & Pick<SizingAnswers, 'memoryMiB' | 'workerMemoryMiB'>;

/** Workers that the CPU can use: two at least, so that one can be recycled while the other serves. */
export function workersForCpu(vcpu: number): number {
  return Math.max(2, Math.ceil(vcpu));
}

/** What uploads take of a task. */
export function uploadsOf(answers: UploadAnswers): UploadMemory {
  return uploadMemory(answers, workersForCpu(answers.vcpu));
}

/** Memory that is not the workers': the base, `/tmp` and the bodies of requests. */
export function overheadMiB(answers: UploadAnswers): number {
  const { tmpfsMiB, bodiesMiB } = uploadsOf(answers);
  return baseMemoryMiB + tmpfsMiB + bodiesMiB;
}

/** The sum of it, as reasons say it, with the sign between its parts. */
export function explainOverhead(answers: UploadAnswers, sign: '+' | '-'): string {
  const { tmpfsMiB, bodiesMiB } = uploadsOf(answers);
  const parts = [
    `${baseMemoryMiB}`,
    ...(tmpfsMiB === 0 ? [] : [`${tmpfsMiB} tmpfs`]),
    `${bodiesMiB} uploads in memory`,
  ];
  return parts.join(` ${sign} `);
}

/** Workers that fit into the task's memory beside all that is not theirs. */
export function workersForMemory(memoryMiB: number, answers: TaskAnswers): number {
  return Math.max(0, Math.floor((memoryMiB - overheadMiB(answers)) / answers.workerMemoryMiB));
}

/** Workers of a task whose memory is computed; 0 when even the most memory holds none. */
export function workersAtMost(answers: TaskAnswers): number {
  const { vcpu } = answers;
  return Math.min(workersForCpu(vcpu), workersForMemory(Math.max(...memoryOptionsMiB(vcpu)), answers));
}

/** Memory of a task with all the workers that its CPU can use. */
export function neededMiB(answers: TaskAnswers): number {
  return overheadMiB(answers) + workersForCpu(answers.vcpu) * answers.workerMemoryMiB;
}

type Task = Omit<Plan['task'], 'tmpfsMiB'>;

/**
 * The task's size: the memory that was asked for, else the smallest that Fargate pairs with the vCPU and that holds
 * the workers and what their slots upload.
 * @throws UserError when not even one worker fits
 */
export function sizeTask(answers: SizingAnswers): {
  readonly task: Task;
  readonly workers: number;
  readonly tmpOnDisk: boolean;
} {
  const { vcpu, workerMemoryMiB } = answers;
  const pairs = memoryOptionsMiB(vcpu);
  const wanted = workersForCpu(vcpu);
  const needed = neededMiB(answers);
  const smallest = pairs.find((memoryMiB) => memoryMiB >= needed);
  const memoryMiB = answers.memoryMiB ?? smallest ?? Math.max(...pairs);
  const workers = Math.min(wanted, workersForMemory(memoryMiB, answers));
  if (workers < 1) {
    refuseMemory(answers, memoryMiB, pairs);
  }
  const need = `${explainOverhead(answers, '+')} + ${plural(wanted, 'worker')} x ${workerMemoryMiB} = ${needed} MiB`;
  let memoryWhy = `smallest that Fargate pairs with ${vcpu} vCPU and holds ${need}`;
  if (answers.memoryMiB !== undefined) {
    memoryWhy = `as given; ${plural(wanted, 'worker')} ${wanted === 1 ? 'needs' : 'need'} ${need}`;
  } else if (smallest === undefined) {
    memoryWhy = `largest that Fargate pairs with ${vcpu} vCPU; ${plural(wanted, 'worker')} would need ${need}`;
  }
  return {
    workers,
    tmpOnDisk: uploadsOf(answers).onDisk,
    task: {
      vcpu: item(vcpu, `${vcpu} vCPU for each web task`, sources.answer),
      cpuUnits: item(cpuUnits(vcpu), `${vcpu} vCPU x 1024 CPU units`, sources.fargateSizes),
      memoryMiB: item(memoryMiB, memoryWhy, sources.fargateSizes),
      workerMemoryMiB: item(workerMemoryMiB, `${workerMemoryMiB} MiB for one worker; measure yours`, sources.answer),
    },
  };
}

function refuseMemory(answers: SizingAnswers, memoryMiB: number, pairs: readonly number[]): never {
  const overhead = overheadMiB(answers);
  const needed = overhead + answers.workerMemoryMiB;
  const enough = pairs.find((pair) => pair >= needed);
  const next =
    enough === undefined
      ? `Use a larger task (--vcpu) or smaller workers (--worker-memory ${Math.max(...pairs) - overhead}).`
      : `Use --memory ${enough} or more.`;
  throw new UserError(
    `${memoryMiB} MiB do not hold a single worker: ${explainOverhead(answers, '+')} + ${answers.workerMemoryMiB} = ${needed} MiB. ${next}`,
  );
}
