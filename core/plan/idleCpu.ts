import { plural } from './item.ts';
import { memoryOptionsMiB, vcpus } from '../facts/fargate.ts';
import { baseMemoryMiB, tmpfsMiB, workersAtMost, workersForCpu, workersForMemory } from './task.ts';
import type { SizingAnswers } from './types.ts';

/** The answers that decide how many processes a task holds. */
type TaskAnswers = Pick<SizingAnswers, 'vcpu' | 'memoryMiB' | 'workerMemoryMiB'>;

/**
 * How a task whose memory holds fewer workers than it has vCPU gets to use all of them: more memory, smaller workers,
 * fewer vCPU; each only where it is possible, as flags. Empty where the workers use all of it.
 */
export function waysToUseCpu({ vcpu, memoryMiB, workerMemoryMiB }: TaskAnswers, workers: number): readonly string[] {
  if (workers >= vcpu) {
    return [];
  }
  const found: string[] = [];
  const overheadMiB = baseMemoryMiB + tmpfsMiB;
  const pairs = memoryOptionsMiB(vcpu);
  const more = pairs.find((pair) => workersForMemory(pair, workerMemoryMiB) >= vcpu);
  if (more !== undefined) {
    found.push(`--memory ${more}`);
  }
  const smallerMiB = Math.floor(((memoryMiB ?? Math.max(...pairs)) - overheadMiB) / Math.ceil(vcpu));
  found.push(smallerWorkers(smallerMiB));
  const fewer = vcpus.findLast(
    (size) => size < vcpu && workersAtMost(size, workerMemoryMiB) >= Math.max(size, workers),
  );
  if (fewer !== undefined) {
    found.push(takeFewer(fewer, { vcpu, memoryMiB, workerMemoryMiB }));
  }
  return found;
}

/** Smaller processes, as a flag. */
export function smallerWorkers(workerMemoryMiB: number): string {
  return `--worker-memory ${workerMemoryMiB} if you measure no more`;
}

/** A smaller task; an explicit memory goes with it where Fargate does not pair the two, or it holds too few workers. */
function takeFewer(vcpu: number, { memoryMiB, workerMemoryMiB }: TaskAnswers): string {
  const pairs = memoryOptionsMiB(vcpu);
  const holds = (pair: number): boolean => workersForMemory(pair, workerMemoryMiB) >= vcpu;
  if (memoryMiB === undefined || (pairs.includes(memoryMiB) && holds(memoryMiB))) {
    return `--vcpu ${vcpu}`;
  }
  const neededMiB = baseMemoryMiB + tmpfsMiB + workersForCpu(vcpu) * workerMemoryMiB;
  const other = pairs.find((pair) => pair >= neededMiB) ?? Math.max(...pairs);
  return `--vcpu ${vcpu} --memory ${other}`;
}

/** That a part of the CPU is paid and idle, and what to do; undefined where the workers use all of it. */
export function warnOfIdleCpu(answers: TaskAnswers, workers: number): string | undefined {
  const ways = waysToUseCpu(answers, workers);
  return ways.length === 0 ? undefined : describeIdleCpu(plural(workers, 'worker'), workers, answers.vcpu, ways);
}

/** That a part of the CPU is paid and idle. */
export function describeIdleCpu(who: string, processes: number, vcpu: number, ways: readonly string[]): string {
  return (
    `${who} ${processes === 1 ? 'uses' : 'use'} ${processes} of the ${vcpu} vCPU at most, because a Python process uses one core ` +
    `at a time; the rest is billed but idle. Use ${ways.join(', or ')}.`
  );
}
