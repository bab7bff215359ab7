import type { Bounds } from './bounds.ts';

/**
 * Threads per gthread worker that a plan may hold. Ours, not gunicorn's: with one thread a single slow request blocks
 * the worker and its health check; above 16 threads Python's global lock leaves nothing to gain.
 */
export const threadsBounds = { minimum: 2, maximum: 16 } as const satisfies Bounds;
