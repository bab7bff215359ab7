import { plural, show } from '../../plan/item.ts';
import type { Plan, SizingAnswers } from '../../plan/types.ts';
import { busyConnections, loginSeconds, queryVcpu, takeoverSeconds, tasksServed } from './pool.ts';

/** Where its pools or its threads are too small for the fleet at times. */
export function warnOfPgbouncer(
  answers: SizingAnswers,
  { pgbouncer, gunicorn, service }: Omit<Plan, 'warnings'>,
): readonly string[] {
  if (pgbouncer === undefined) {
    return [];
  }
  const found: string[] = [];
  const maxTasks = service.maxTasks.value;
  const fleet = { answers, workers: gunicorn.workers.value, slots: gunicorn.slots.value, maxTasks };
  const busy = busyConnections(fleet);
  const both = pgbouncer.poolSize.value * pgbouncer.tasks.value;
  if (both < busy) {
    const most = tasksServed(fleet, both);
    const fewer = most < 1 ? '' : `--max-tasks ${most} stays within them; `;
    found.push(
      `The two PgBouncers have ${plural(both, 'server connection')} together, and ${plural(maxTasks, 'task')} at the scaling target may keep ${busy} busy: then requests always wait for one. ${fewer}a larger --rds-class has more.`,
    );
  } else if (pgbouncer.poolSize.value < busy) {
    found.push(
      `Each PgBouncer has ${plural(pgbouncer.poolSize.value, 'server connection')}, and ${plural(maxTasks, 'task')} at the scaling target may keep ${busy} busy: while one of the two is replaced, requests wait. A larger --rds-class has more.`,
    );
  }
  if (queryVcpu(fleet) > 1) {
    found.push(
      `One PgBouncer alone cannot carry the queries of ${plural(maxTasks, 'task')}: they need ${show(queryVcpu(fleet))} vCPU, and it has one thread. While one of the two is replaced, requests wait.`,
    );
  }
  if (takeoverSeconds(fleet) > loginSeconds) {
    found.push(
      `When one PgBouncer stops, its clients log in to the other within ${show(takeoverSeconds(fleet), 0)} s, and Django gives up after ${loginSeconds} s: requests fail meanwhile. Fewer --max-tasks, or larger tasks with fewer slots, have fewer clients.`,
    );
  }
  return found;
}
