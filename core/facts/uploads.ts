/**
 * What Django does with the body of a request, and what a client needs to send it.
 *
 * Sources, read 2026-11-30: Django 5.2 settings, FILE_UPLOAD_MAX_MEMORY_SIZE and DATA_UPLOAD_MAX_MEMORY_SIZE (2621440
 * bytes); Django 5.2, "File uploads", upload handlers; ECS developer guide, "Use bind
 * mounts with Amazon ECS" (a VOLUME of the Dockerfile keeps the mode of its folder).
 */

/** A body up to this size stays in memory; the files of a larger one go to `/tmp`. */
export const bodyInMemoryMiB = 2.5;

/**
 * What a client sends at least, in Mbit/s: a phone with weak reception. An assumption: it only says how long the largest
 * upload takes.
 */
export const slowClientMbitPerSecond = 5;

/** Seconds that a body of so many MiB takes from a slow client. */
export function uploadSeconds(mib: number): number {
  return (mib * 8 * 1.048576) / slowClientMbitPerSecond;
}
