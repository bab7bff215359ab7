import { plural } from './item.ts';
import { memoryOptionsMiB, vcpus } from '../facts/fargate.ts';
import { neededMiB, overheadMiB, workersAtMost, workersForMemory } from './task.ts';
import type { TaskAnswers } from './task.ts';

/**
 * How a task whose memory holds fewer workers than it has vCPU gets to use all of them: more memory, smaller workers,
 * fewer vCPU; each only where it is possible, as flags. Empty where the workers use all of it.
 */
export function waysToUseCpu(answers: TaskAnswers, workers: number): readonly string[] {
  const { vcpu, memoryMiB } = answers;
  if (workers >= vcpu) {
    return [];
  }
  const found: string[] = [];
  const pairs = memoryOptionsMiB(vcpu);
  const more = pairs.find((pair) => workersForMemory(pair, answers) >= vcpu);
  if (more !== undefined) {
    found.push(`--memory ${more}`);
  }
  const smallerMiB = Math.floor(((memoryMiB ?? Math.max(...pairs)) - overheadMiB(answers)) / Math.ceil(vcpu));
  found.push(smallerWorkers(smallerMiB));
  const fewer = vcpus.findLast(
    (size) => size < vcpu && workersAtMost({ ...answers, vcpu: size }) >= Math.max(size, workers),
  );
  if (fewer !== undefined) {
    found.push(takeFewer({ ...answers, vcpu: fewer }));
  }
  return found;
}

/** Smaller processes, as a flag. */
export function smallerWorkers(workerMemoryMiB: number): string {
  return `--worker-memory ${workerMemoryMiB} if you measure no more`;
}

/** A smaller task; an explicit memory goes with it where Fargate does not pair the two, or it holds too few workers. */
function takeFewer(answers: TaskAnswers): string {
  const { vcpu, memoryMiB } = answers;
  const pairs = memoryOptionsMiB(vcpu);
  const holds = (pair: number): boolean => workersForMemory(pair, answers) >= vcpu;
  if (memoryMiB === undefined || (pairs.includes(memoryMiB) && holds(memoryMiB))) {
    return `--vcpu ${vcpu}`;
  }
  const other = pairs.find((pair) => pair >= neededMiB(answers)) ?? Math.max(...pairs);
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
