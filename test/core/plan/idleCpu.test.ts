import assert from 'node:assert/strict';
import { memoryOptionsMiB, vcpus } from '../../../core/facts/fargate.ts';
import { childMemoryToUseCpuMiB } from '../../../core/features/celery/idleCpu.ts';
import { waysToUseCpu } from '../../../core/plan/idleCpu.ts';
import { trySolve } from '../../../core/plan/solve.ts';
import type { Plan } from '../../../core/plan/types.ts';
import { planFor, sizing } from './sizing.ts';

const calm = { rdsClass: 'db.m7g.8xlarge', multiAz: true, domain: 'example.com' };

describe('core/plan/idleCpu: vCPU that no process uses', () => {
  it('is told of, with ways out in numbers', () => {
    const { warnings } = planFor({ ...calm, vcpu: 4, memoryMiB: 8192, workerMemoryMiB: 3000 });
    assert.deepEqual(warnings, [
      '2 workers use 2 of the 4 vCPU at most, because a Python process uses one core at a time; the rest is billed but ' +
        'idle. Use --memory 12288, or --worker-memory 2001 if you measure no more, or --vcpu 2.',
    ]);
  });

  it('is told of for one worker', () => {
    const { warnings } = planFor({ ...calm, vcpu: 2, memoryMiB: 4096, workerMemoryMiB: 3000 });
    assert.match(
      warnings[1] ?? '',
      /^1 worker uses 1 of the 2 vCPU at most, .* Use --memory 7168, or --worker-memory 1897 /,
    );
  });

  it('is told of for Celery', () => {
    const celery = { ...calm, broker: 'sqs', celeryVcpu: 4, workerMemoryMiB: 9000 } as const;
    assert.deepEqual(planFor({ ...celery, vcpu: 1, memoryMiB: 8192, workerMemoryMiB: 7000 }).warnings.slice(-1), [
      '3 Celery children use 3 of the 4 vCPU at most, because a Python process uses one core at a time; the rest is ' +
        'billed but idle. Use --worker-memory 6097 if you measure no more.',
    ]);
  });

  it('is not there after any of the ways out, wherever there is some', () => {
    const sizes = [200, 900, 1500, 3000, 7000, 9000, 14_000, 30_000];
    const tried = vcpus.flatMap((vcpu) =>
      sizes.flatMap((workerMemoryMiB) =>
        [undefined, ...memoryOptionsMiB(vcpu)].map((memoryMiB) =>
          sizing({ ...calm, vcpu, workerMemoryMiB, memoryMiB, rdsMaxConnections: 5000, maxTasks: 2 }),
        ),
      ),
    );
    let followed = 0;
    for (const answers of tried) {
      const plan = solved(answers);
      if (plan === undefined) continue;
      for (const text of waysToUseCpu(answers, plan.gunicorn.workers.value)) {
        const after = solved({ ...answers, ...readFlags(text) });
        assert.ok(after !== undefined, `${text} for ${JSON.stringify(answers)}`);
        assert.ok(after.gunicorn.workers.value >= after.task.vcpu.value, text);
        assert.ok(memoryOptionsMiB(after.task.vcpu.value).includes(after.task.memoryMiB.value), text);
        followed += 1;
      }
    }
    assert.ok(followed > 100, String(followed));
  });

  it('is not there after the way out of a Celery worker, and is before', () => {
    for (const celeryVcpu of vcpus.filter((vcpu) => vcpu > 1)) {
      const enoughMiB = childMemoryToUseCpuMiB(sizing({ ...calm, celeryVcpu }));
      for (const [workerMemoryMiB, idles] of [
        [enoughMiB, false],
        [enoughMiB + 1, true],
      ] as const) {
        const { celery: worker, warnings } = planFor({
          ...calm,
          broker: 'sqs',
          celeryVcpu,
          workerMemoryMiB,
          vcpu: 1,
          memoryMiB: 8192,
        });
        assert.equal((worker?.concurrency.value ?? 0) < celeryVcpu, idles);
        assert.equal(
          warnings.some((warning) => warning.includes('Celery child')),
          idles,
          warnings.join('\n'),
        );
      }
    }
  });
});

/** The answers that a way out gives, as they are printed. */
function readFlags(text: string): Partial<Parameters<typeof trySolve>[0]> {
  const keys = { vcpu: 'vcpu', memory: 'memoryMiB', 'worker-memory': 'workerMemoryMiB' } as const;
  const given = [...text.matchAll(/--(vcpu|memory|worker-memory) (\S+)/gu)];
  assert.ok(given.length > 0, text);
  return Object.fromEntries(given.map(([, flag, value]) => [keys[flag as keyof typeof keys], Number(value)]));
}

/** The plan, undefined where the task holds no worker at all. */
function solved(answers: Parameters<typeof trySolve>[0]): Plan | undefined {
  try {
    const outcome = trySolve(answers);
    return 'plan' in outcome ? outcome.plan : undefined;
  } catch {
    return undefined;
  }
}
