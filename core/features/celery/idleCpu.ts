import { memoryOptionsMiB } from '../../facts/fargate.ts';
import { describeIdleCpu, smallerWorkers } from '../../plan/idleCpu.ts';
import { plural } from '../../plan/item.ts';
import type { SizingAnswers } from '../../plan/types.ts';
import { overheadOf } from './memory.ts';

/**
 * Memory of a Celery child, in MiB, with which every vCPU of the worker has one. A worker's memory is the most that Fargate
 * pairs already where its children are too few, and a smaller task holds fewer still: nothing else helps.
 */
export function childMemoryToUseCpuMiB(answers: SizingAnswers): number {
  const mostMiB = Math.max(...memoryOptionsMiB(answers.celeryVcpu));
  return Math.floor((mostMiB - overheadOf(answers)) / (Math.ceil(answers.celeryVcpu) + 1));
}

/** The warning of a Celery worker; undefined where its children use all of its CPU. */
export function warnOfIdleCeleryCpu(answers: SizingAnswers, children: number): string | undefined {
  const { celeryVcpu } = answers;
  if (children >= celeryVcpu) {
    return undefined;
  }
  const who = plural(children, 'Celery child', 'Celery children');
  return describeIdleCpu(who, children, celeryVcpu, [smallerWorkers(childMemoryToUseCpuMiB(answers))]);
}
