import { item, plural } from './item.ts';
import { sources } from './sources.ts';
import type { Item, CeleryPlan } from './types.ts';

/** The scheduler stops before its successor starts, so that there is never a second one. */
const beatConnections = 1;

export interface Background {
  /** Connections of all of them at the peak of a deployment; 0 without Celery. */
  readonly all: number;
  /** Those of the full fleet outside a deployment. */
  readonly usual: number;
  readonly items: { readonly celeryConnections?: Item; readonly beatConnections?: Item };
}

/** Database connections of the Celery worker and of beat: each child holds one, and the main process one. */
export function backgroundConnections(celery: CeleryPlan | undefined, beat: boolean): Background {
  if (celery === undefined) {
    return { all: 0, usual: 0, items: {} };
  }
  const [concurrency, peak] = [celery.concurrency.value, celery.peakTasks.value];
  const workers = (concurrency + 1) * peak;
  const scheduler = beat ? beatConnections : 0;
  return {
    all: workers + scheduler,
    usual: (concurrency + 1) * celery.maxTasks.value + scheduler,
    items: {
      celeryConnections: item(
        workers,
        `(${plural(concurrency, 'child', 'children')} + 1) x ${peak} Celery workers at the peak of a deployment = ${workers}`,
        sources.celery,
      ),
      ...(beat
        ? { beatConnections: item(beatConnections, 'the one scheduler of periodic tasks', sources.celery) }
        : {}),
    },
  };
}
