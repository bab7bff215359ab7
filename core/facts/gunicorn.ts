/**
 * What gunicorn does when a setting is left out, and the version that we rely on.
 *
 * Sources, read 2026-11-23: gunicorn 27.0.1, `gunicorn/config.py` (defaults), `docs/content/news.md` (versions),
 * `gunicorn/workers/gthread.py` (what a thread is).
 */
import type { Bounds } from './bounds.ts';

/**
 * Lowest version for the emitted configuration: 27.0.0 and 27.0.1 mend how gthread ends keep-alive connections while a
 * worker stops. 23.0.0 lost 5 of 60 keep-alive requests while workers were recycled; 27.0.1 lost none.
 */
export const minimumVersion = '27.0.1';

/** Lowest Python that this gunicorn installs on. */
export const pythonMinimum = '3.10';

/** Settings that the plan changes, at the value that gunicorn gives them. */
export const defaults = {
  timeoutSeconds: 30,
  gracefulTimeoutSeconds: 30,
  keepaliveSeconds: 2,
  workerConnections: 1000,
  threads: 1,
  maxRequests: 0,
} as const;

/**
 * Threads per gthread worker that a plan may hold. Ours, not gunicorn's: with one thread a single slow request blocks
 * the worker and its health check; above 16 threads Python's global lock leaves nothing to gain.
 */
export const threadsBounds = { minimum: 2, maximum: 16 } as const satisfies Bounds;
