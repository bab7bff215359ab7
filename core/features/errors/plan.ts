import { flushMaximumSeconds } from '../../facts/errorTrackers.ts';
import type { Demand, FeaturePlan } from '../../plan/demand.ts';
import { item } from '../../plan/item.ts';
import { sources } from '../../plan/sources.ts';
import { orderTimeouts } from '../../plan/timeouts.ts';
import type { SizingAnswers } from '../../plan/types.ts';

/** It sends from a thread of its own, so that requests need no more slots and no more time. */
function demand({ slowestRequestSeconds: slowest }: SizingAnswers): Demand {
  const graceful = orderTimeouts(slowest).gunicorn.gracefulTimeoutSeconds.value;
  const flush = Math.min(flushMaximumSeconds, graceful - slowest - 1);
  return {
    sections: {
      errors: {
        flushSeconds: item(
          flush,
          `min(${flushMaximumSeconds}, ${graceful} s graceful_timeout - ${slowest} s slowest request - 1) = ${flush} s: a worker that ends waits no longer for events that are not sent yet`,
          sources.sentry,
        ),
      },
    },
  };
}

export const errorsPlan: FeaturePlan = {
  demand,
  table: [['Sentry flush', ({ errors }) => errors?.flushSeconds, 's']],
};
