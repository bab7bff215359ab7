import type { Answers } from '../../answers/types.ts';
import { brokerNodeIn } from '../../facts/celery.ts';
import { cpuUnits } from '../../facts/fargate.ts';
import type { Plan } from '../../plan/types.ts';
import { beatSize } from './size.ts';

/** What the templates see of it; its numbers are in `plan.celery`, and only where there is one. */
export function viewCelery({ broker, beat, celeryMinTasks, region }: Answers, { celery }: Plan) {
  return {
    broker,
    celery: celery !== undefined,
    beat: celery !== undefined && beat,
    protects: celery?.protectionMinutes !== undefined,
    celeryFromZero: celery !== undefined && celeryMinTasks === 0,
    beatTask: { cpuUnits: cpuUnits(beatSize.vcpu), memoryMiB: beatSize.memoryMiB },
    brokerNode: brokerNodeIn(region),
  };
}
