import { baseMemoryMiB } from '../../plan/task.ts';
import { largestUploadMiB, smallestTmpMiB, tmpMiB } from '../../plan/uploads.ts';
import type { SizingAnswers } from '../../plan/types.ts';

/** Children that the CPU can use: two a vCPU, since half of a task's time it waits, and two at least. */
export function concurrencyForCpu(vcpu: number): number {
  return Math.max(2, Math.ceil(2 * vcpu));
}

/** What `/tmp` holds when each child reads the largest upload, in MiB; without uploads nothing is read. */
export function tmpFor(answers: SizingAnswers, concurrency: number): number {
  return answers.media === 'none' ? smallestTmpMiB : tmpMiB(concurrency, largestUploadMiB(answers));
}

/** Memory that belongs to no process. It is counted for the children that the CPU can use: fewer read less. */
export function overheadOf(answers: SizingAnswers): number {
  return baseMemoryMiB + tmpFor(answers, concurrencyForCpu(answers.celeryVcpu));
}

/** The children, and the process that feeds them, are each as large as a worker of gunicorn: the same code. */
export function memoryFor(answers: SizingAnswers, concurrency: number): number {
  return overheadOf(answers) + (concurrency + 1) * answers.workerMemoryMiB;
}

/** Children that fit into a Celery worker's memory beside the base, `/tmp` and the main process; never below 0. */
export function childrenForMemory(answers: SizingAnswers, memoryMiB: number): number {
  return Math.max(0, Math.floor((memoryMiB - overheadOf(answers)) / answers.workerMemoryMiB) - 1);
}
