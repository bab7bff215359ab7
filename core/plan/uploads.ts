import { bodyInMemoryMiB, slowClientMbitPerSecond, uploadSeconds } from '../facts/uploads.ts';
import { item, plural } from './item.ts';
import { loadOf, wantedThreads } from './load.ts';
import { sources } from './sources.ts';
import type { Plan, SizingAnswers } from './types.ts';

/** A photograph of a phone or a scanned document; longer than a slow client takes for it, no request may last. */
export const largestUploadDefaultMiB = 10;
/** What the longest request that ECS allows can carry: more takes longer than 105 s. */
export const largestUploadMaximumMiB = 60;
/** Of `/tmp`, what is there for everything else that a task writes, in MiB. */
const otherFilesMiB = 24;
/** `/tmp` of a task without uploads, and the least that any task has, in MiB. */
export const smallestTmpMiB = 64;
/** Up to this size `/tmp` is in memory. More of it would be paid as memory, and the task's disk costs nothing. */
const tmpInMemoryMaximumMiB = 256;

/** The answers that decide how much of a task uploads take. */
export type UploadAnswers = Pick<
  SizingAnswers,
  'vcpu' | 'cpuMs' | 'waitMs' | 'largestUploadMiB' | 'slowestRequestSeconds'
>;

/** Largest body of a request, in MiB: as given, else what a slow client sends within the slowest request. */
export function largestUploadMiB({ largestUploadMiB: given, slowestRequestSeconds }: UploadAnswers): number {
  const most = Math.floor(slowestRequestSeconds / uploadSeconds(1));
  return given ?? Math.min(largestUploadDefaultMiB, Math.max(1, most));
}

/** What `/tmp` holds when each of so many uploads has its files there, in MiB. */
export function tmpMiB(uploads: number, largestMiB: number): number {
  return Math.max(smallestTmpMiB, otherFilesMiB + uploads * largestMiB);
}

/** The sum behind it, as a reason says it. */
export function explainTmp(uploads: string, count: number, largestMiB: number): string {
  const sum = `${otherFilesMiB} + ${uploads} x ${largestMiB} MiB`;
  return `max(${smallestTmpMiB}, ${sum}) = ${tmpMiB(count, largestMiB)}`;
}

/** Whether so large a `/tmp` is on the task's disk instead of in its memory. */
export function isTmpOnDisk(mib: number): boolean {
  return mib > tmpInMemoryMaximumMiB;
}

/** What uploads take of a task's memory. */
export interface UploadMemory {
  /** Slots that keep the CPU busy: the connections may allow fewer, never more. */
  readonly slots: number;
  readonly onDisk: boolean;
  /** `/tmp`, where it is in memory. */
  readonly tmpfsMiB: number;
  /** Bodies that Django keeps in memory. */
  readonly bodiesMiB: number;
}

/**
 * The most that uploads can take of a task's memory: every slot holds one. It is counted for all the workers that the CPU
 * can use and the threads that they want, so it depends neither on the memory nor on the connections: a smaller task has
 * fewer slots, never more.
 */
export function uploadMemory(answers: UploadAnswers, workers: number): UploadMemory {
  const slots = workers * wantedThreads(loadOf(answers, workers), workers);
  const tmp = tmpMiB(slots, largestUploadMiB(answers));
  const onDisk = isTmpOnDisk(tmp);
  return { slots, onDisk, tmpfsMiB: onDisk ? 0 : tmp, bodiesMiB: Math.ceil(slots * bodyInMemoryMiB) };
}

/** What the uploads on all slots of a task take. */
export function planUploads(
  answers: SizingAnswers,
  slots: number,
  onDisk: boolean,
): Pick<Plan, 'uploads'> & {
  readonly tmpfsMiB: Plan['task']['tmpfsMiB'];
} {
  const largest = largestUploadMiB(answers);
  const tmp = tmpMiB(slots, largest);
  const seconds = Math.ceil(uploadSeconds(largest));
  const tmpWhy = `${explainTmp(plural(slots, 'slot'), slots, largest)} MiB: the files of a body above ${bodyInMemoryMiB} MiB lie there`;
  const place = onDisk
    ? `; above ${tmpInMemoryMaximumMiB} MiB it is on the task's disk, which costs nothing`
    : '; in memory';
  return {
    tmpfsMiB: item(
      onDisk ? 0 : tmp,
      onDisk ? `none: /tmp, ${tmp} MiB, is a volume on the task's disk` : `${tmpWhy}; in the task's memory`,
      sources.fargateTmpfs,
    ),
    uploads: {
      largestMiB: item(
        largest,
        answers.largestUploadMiB === undefined
          ? `min(${largestUploadDefaultMiB}, max(1, what ${slowClientMbitPerSecond} Mbit/s carries in ${answers.slowestRequestSeconds} s)) = ${largest} MiB: a larger body is answered with 413 before it is read`
          : `as given, ${largest} MiB: a larger body is answered with 413 before it is read`,
        sources.uploads,
      ),
      tmpMiB: item(tmp, `${tmpWhy}${place}`, onDisk ? sources.ephemeralStorage : sources.fargateTmpfs),
      inMemoryMiB: item(
        Math.ceil(slots * bodyInMemoryMiB),
        `ceil(${plural(slots, 'slot')} x ${bodyInMemoryMiB} MiB) of bodies that Django keeps in memory`,
        sources.uploads,
      ),
      slowestSeconds: item(
        seconds,
        `${largest} MiB x 8.39 Mbit / ${slowClientMbitPerSecond} Mbit/s = ${seconds} s that a slow client holds a slot`,
        sources.slowClient,
      ),
    },
  };
}
