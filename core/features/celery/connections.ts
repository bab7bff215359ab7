import type { ConnectionDemand } from '../../plan/demand.ts';
import { item, plural } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import type { SizingAnswers } from '../../plan/types.ts';
import { sizeCelery } from './size.ts';

/** The scheduler stops before its successor starts, so that there is never a second one. */
const beatConnections = 1;

/** Database connections of the Celery worker and of beat: each child holds one, and the main process one. */
function countConnections(answers: SizingAnswers): Omit<ConnectionDemand, 'fewer'> {
  const celery = sizeCelery(answers);
  const [concurrency, peak] = [celery.concurrency.value, celery.peakTasks.value];
  const workers = (concurrency + 1) * peak;
  const scheduler = answers.beat ? beatConnections : 0;
  return {
    who: 'Celery',
    peak: workers + scheduler,
    usual: (concurrency + 1) * celery.maxTasks.value + scheduler,
    items: {
      celeryConnections: item(
        workers,
        `(${plural(concurrency, 'child', 'children')} + 1) x ${peak} Celery workers at the peak of a deployment = ${workers}`,
        sources.celery,
      ),
      ...(answers.beat
        ? { beatConnections: item(beatConnections, 'the one scheduler of periodic tasks', sources.celery) }
        : {}),
    },
  };
}

/** Its connections, and how it gets along with fewer: with the most workers beside which everything else fits. */
export function demandConnections(answers: SizingAnswers): ConnectionDemand {
  const demand = countConnections(answers);
  return {
    ...demand,
    fewer: (others, maxConnections) => {
      const least = Math.max(1, answers.celeryMinTasks);
      for (let most = answers.celeryMaxTasks - 1; most >= least; most -= 1) {
        const connections = countConnections({ ...answers, celeryMaxTasks: most }).peak;
        const total = others + connections;
        if (total <= maxConnections) {
          return {
            text: `fewer Celery workers: --celery-max-tasks ${most}: ${connections} Celery instead of ${demand.peak}, in all ${total} <= ${maxConnections}`,
            changes: { celeryMaxTasks: most },
          };
        }
      }
      return undefined;
    },
  };
}
