import { setTimeout as sleep } from 'node:timers/promises';
import { databaseRole } from './postgres.ts';
import type { Postgres } from './postgres.ts';

/** The rows of pg_stat_activity that are a service's. */
export const webConnections = `usename = '${databaseRole.user}' AND backend_type = 'client backend'`;

/** The most connections of the service that were open at a time until the work was done, asked 4 times a second. */
export async function highestDuring<T>(
  postgres: Postgres,
  work: Promise<T>,
): Promise<{ readonly highest: number; readonly result: T }> {
  let done = false;
  const finished = work.finally(() => {
    done = true;
  });
  // Handled below.
  finished.catch(() => undefined);
  let highest = 0;
  while (!done) {
    const [count] = await postgres.sql(`SELECT count(*) FROM pg_stat_activity WHERE ${webConnections}`);
    highest = Math.max(highest, Number(count));
    await sleep(250);
  }
  return { highest, result: await finished };
}
