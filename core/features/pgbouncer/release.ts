import type { FeatureRelease } from '../feature.ts';

/** No release replaces it, so it is none of the services. */
export const pgbouncerRelease: FeatureRelease = {
  says: (_, { pgbouncer }) => ({
    pgbouncer: pgbouncer ? { tasks: pgbouncer.tasks.value, peakTasks: pgbouncer.peakTasks.value } : null,
  }),
};
