import { peakTasks } from './connections.ts';
import type { Route } from './demand.ts';
import { fit, wantedMaxTasks } from './fit.ts';
import { item, plural } from './item.ts';
import { refuse } from './refuse.ts';
import { sources } from './sources.ts';
import { setAsideFor } from './waysOut.ts';

/** Each slot of a web task holds a connection: threads and tasks are lowered until the database holds all of them. */
export const direct: Route = (web) => {
  const { answers, workers, wantedThreads, kneeThreads, maxConnections, demands } = web;
  const { minTasks } = answers;
  const fitted = fit({
    ...{ workers, wantedThreads, kneeThreads, minTasks, maxTasks: answers.maxTasks, maxConnections },
    reservedConnections: setAsideFor(demands),
  });
  if (fitted === undefined) {
    return { refusal: refuse(web) };
  }
  const slots = workers * fitted.threads;
  const peak = peakTasks(fitted.maxTasks);
  return {
    ...fitted,
    ceilingWhy: `min(${wantedMaxTasks(answers)}, what ${maxConnections} connections allow)`,
    holders: peak,
    each: slots,
    webConnections: item(
      slots * peak,
      `${slots} slots x ${peak} tasks at the peak of a deployment`,
      sources.connMaxAge,
    ),
    usual: { value: slots * fitted.maxTasks, why: `${slots} slots x ${plural(fitted.maxTasks, 'task')}` },
    sections: {},
  };
};
