import assert from 'node:assert/strict';
import { UserError } from '../../../core/errors.ts';
import { memoryOptionsMiB, vcpus } from '../../../core/facts/fargate.ts';
import { rdsClasses } from '../../../core/facts/rds.ts';
import type { Refusal } from '../../../core/plan/demand.ts';
import { solve, trySolve } from '../../../core/plan/solve.ts';
import type { SizingAnswers } from '../../../core/plan/types.ts';
import { compute } from './arithmetic.ts';
import { classes, gibOf, givenConnections, sizes } from './grid.ts';
import { brokenInvariants } from './invariants.ts';
import { sizing } from './sizing.ts';

/** max_connections of a class by the published formula, written out here. */
function connectionsOf(gib: number): number {
  return Math.min(5000, Math.floor((0.89 * gib * 2 ** 30 - 200 * 2 ** 20) / 9_531_392));
}

interface Refused {
  readonly answers: SizingAnswers;
  readonly refusal: Refusal;
}

const refused: Refused[] = [];
/** Refusals that could not be worked out. */
const failed: string[] = [];

/** Every third refusal of the grids: enough that each kind comes up thousands of times. */
function collectRefusals(): void {
  let count = 0;
  for (const cases of [...vcpus.map((vcpu) => sizes(vcpu)), classes(), givenConnections()]) {
    for (const answers of cases) {
      count += 1;
      // Where the task's memory holds no worker, it is refused before connections are counted.
      const memoryMiB = answers.memoryMiB ?? Math.max(...memoryOptionsMiB(answers.vcpu));
      if (count % 3 !== 0 || memoryMiB < 128 + 64 + answers.workerMemoryMiB) {
        continue;
      }
      try {
        const outcome = trySolve(answers);
        if ('refusal' in outcome) {
          refused.push({ answers, refusal: outcome.refusal });
        }
      } catch (error) {
        failed.push(`${String(error)}: ${JSON.stringify(answers)}`);
      }
    }
  }
}

/** Checks every refusal; stops after a few faults, so that the message can be read. */
function checkAll(check: (answers: SizingAnswers, refusal: Refusal) => readonly string[]): void {
  const faults: string[] = [];
  for (const { answers, refusal } of refused) {
    const found = check(answers, refusal);
    faults.push(...found.map((fault) => `${fault}: ${JSON.stringify(answers)}`));
    if (faults.length > 3) {
      break;
    }
  }
  assert.deepEqual(faults, []);
  assert.ok(refused.length > 10_000, `${refused.length} refusals`);
}

/** The answers as somebody has them who types the flags that a way out names, and drops those it says to drop. */
function follow(answers: SizingAnswers, text: string): SizingAnswers {
  const number = (flag: string): number | undefined => {
    const found = new RegExp(`(?<!without )--${flag} ([\\d.]+)`).exec(text)?.[1];
    return found === undefined ? undefined : Number(found);
  };
  const drops = (flag: string): boolean => text.includes(`without --${flag}`);
  return {
    ...answers,
    rdsClass: /--rds-class (\S+)/.exec(text)?.[1] ?? answers.rdsClass,
    vcpu: number('vcpu') ?? answers.vcpu,
    minTasks: number('min-tasks') ?? answers.minTasks,
    pooler: text.includes('--pooler pgbouncer') ? 'pgbouncer' : answers.pooler,
    maxTasks: number('max-tasks') ?? answers.maxTasks,
    memoryMiB: drops('memory') ? undefined : (number('memory') ?? answers.memoryMiB),
    rdsMaxConnections: drops('rds-max-connections')
      ? undefined
      : (number('rds-max-connections') ?? answers.rdsMaxConnections),
  };
}

/** What is wrong with the plan for some answers, when they should have one. */
function unsolved(answers: SizingAnswers): readonly string[] {
  const { memoryMiB, vcpu, minTasks, maxTasks } = answers;
  if (memoryMiB !== undefined && !memoryOptionsMiB(vcpu).includes(memoryMiB)) {
    return [`${memoryMiB} MiB is not paired with ${vcpu} vCPU`];
  }
  if (maxTasks !== undefined && maxTasks < minTasks) {
    return [`--max-tasks ${maxTasks} is below --min-tasks ${minTasks}`];
  }
  const outcome = trySolve(answers);
  return 'plan' in outcome ? brokenInvariants(outcome.plan, answers) : [outcome.refusal.reason];
}

/** Every `formula = number` and `number <= number` of a text that is not true. */
function untrueSums(text: string): readonly string[] {
  const found: string[] = [];
  for (const [whole, formula = '', result = '', limit] of text.matchAll(
    /((?:\d+ (?:workers|x)) [\d\w +]*?) = (\d+)(?: (?:<= (\d+))?)?/g,
  )) {
    if (compute(formula) !== Number(result) || (limit !== undefined && Number(result) > Number(limit))) {
      found.push(whole);
    }
  }
  for (const [whole, left, sign, right] of text.matchAll(/(\d+) (<=|>=) (\d+)/g)) {
    if (sign === '<=' ? Number(left) > Number(right) : Number(left) < Number(right)) {
      found.push(whole);
    }
  }
  return found;
}

describe('core/plan/refuse: every refusal of the grid', function () {
  this.timeout(120_000);
  before(collectRefusals);

  it('is worked out', () => {
    assert.deepEqual(failed.slice(0, 3), []);
  });

  it('says what is needed and what there is, with a sum that is right', () => {
    checkAll((_answers, { reason }) => {
      const parts = /^(.+) = (\d+) connections at the peak of a deployment, but (\S+) holds (\d+)\.$/.exec(reason);
      const [, formula = '', needed, , holds] = parts ?? [];
      return parts !== null && compute(formula) === Number(needed) && Number(needed) > Number(holds) ? [] : [reason];
    });
  });

  it('has three ways out, in words', () => {
    checkAll((_answers, { waysOut }) => {
      const bad = waysOut.filter(({ text }) => /undefined|NaN|Infinity|null|-\d/.test(text.replaceAll('--', '')));
      return waysOut.length === 3 ? bad.map(({ text }) => text) : [`${waysOut.length} ways out`];
    });
  });

  it('has ways out whose sums are right', () => {
    checkAll((_answers, { waysOut }) => waysOut.flatMap(({ text }) => untrueSums(text)));
  });

  it('has ways out that solve, when their changes are applied', () => {
    checkAll((answers, { waysOut }) =>
      waysOut.flatMap(({ text, changes }) =>
        changes === undefined ? [] : unsolved({ ...answers, ...changes }).map((fault) => `${text}: ${fault}`),
      ),
    );
  });

  it('has ways out that solve, when the flags in the text are typed', () => {
    checkAll((answers, { waysOut }) =>
      waysOut.flatMap(({ text, changes }) =>
        changes === undefined ? [] : unsolved(follow(answers, text)).map((fault) => `${text}: ${fault}`),
      ),
    );
  });

  it('names the class with the least memory, of its kind, that holds the number', () => {
    const smallest = new Map<string, number | undefined>();
    const least = (letter: string, needed: number): number | undefined => {
      const key = `${letter} ${needed}`;
      if (!smallest.has(key)) {
        const fits = rdsClasses.filter(
          (row) => row.name.startsWith(`db.${letter}`) && connectionsOf(row.memoryGiB) >= needed,
        );
        smallest.set(key, fits.length === 0 ? undefined : Math.min(...fits.map((row) => row.memoryGiB)));
      }
      return smallest.get(key);
    };
    checkAll((answers, { reason, waysOut: [larger] }) => {
      const needed = Number(/= (\d+) connections/.exec(reason)?.[1]);
      if (connectionsOf(gibOf(answers.rdsClass)) >= needed) {
        // Only --rds-max-connections stands in the way, no class.
        return [];
      }
      const letter = /^db\.([tmrx])/.exec(answers.rdsClass)?.[1] ?? 't';
      const expected = least(letter === 'x' ? 'r' : letter, needed) ?? least('m', needed);
      const named = larger?.changes?.rdsClass;
      if (named === undefined) {
        return needed > 5000 && larger?.text.includes(String(needed)) === true ? [] : [larger?.text ?? 'no way out'];
      }
      const holds = connectionsOf(gibOf(named));
      const text = `${named}${answers.rdsMaxConnections === undefined ? '' : ' without --rds-max-connections'} (${gibOf(named)} GiB) holds ${holds} >= ${needed}`;
      return gibOf(named) === expected && holds >= needed && larger?.text.includes(text) === true
        ? []
        : [`${larger?.text}, expected ${expected} GiB`];
    });
  });

  it('calls no class larger that has no more memory than the present one', () => {
    checkAll((answers, { waysOut: [larger] }) => {
      const { text = '', changes } = larger ?? {};
      const named = changes?.rdsClass ?? answers.rdsClass;
      const isLarger = gibOf(named) > gibOf(answers.rdsClass);
      return isLarger || !text.startsWith('a larger database: --') ? [] : [text];
    });
  });

  it('gives a pool that uses up what is left, without going over, and the plan that comes of it', () => {
    checkAll((answers, { reason, waysOut }) => {
      const text = waysOut[1]?.text ?? '';
      const limit = Number(/holds (\d+)\.$/.exec(reason)?.[1]);
      const pool = Number(/default_pool_size (\d+)/.exec(text)?.[1]);
      if (Number.isNaN(pool)) {
        // Nothing is left for a pool, or fewer than the fleet keeps busy.
        const [, busy, shared] = /keep (\d+) connections busy, and its 2 tasks would share (\d+)$/.exec(text) ?? [];
        const isTooSmall = Number(shared) < Number(busy) && Number(shared) <= limit - 18;
        return limit < 20 || limit - 18 < 2 || isTooSmall || text.includes('cannot carry the queries') ? [] : [text];
      }
      const outcome = trySolve({ ...answers, ...waysOut[1]?.changes });
      if (!('plan' in outcome)) return [text];
      const { pgbouncer, gunicorn, service } = outcome.plan;
      const clients = gunicorn.slots.value * service.peakTasks.value;
      const right = 2 * pool + 18 <= limit && (2 * (pool + 1) + 18 > limit || pool === clients);
      return right && pool === pgbouncer?.poolSize.value && text.includes(` ${clients} clients`) ? [] : [text];
    });
  });

  it('keeps as many tasks as fit', () => {
    checkAll((answers, { waysOut: [, , fewer] }) => {
      const { changes, text } = fewer ?? { text: 'no third way out' };
      if (changes === undefined || changes.vcpu !== undefined) {
        return [];
      }
      const more = {
        ...answers,
        minTasks: changes.minTasks === undefined ? answers.minTasks : changes.minTasks + 1,
        maxTasks: changes.maxTasks === undefined ? answers.maxTasks : changes.maxTasks + 1,
      };
      return more.minTasks <= answers.minTasks && unsolved(more).length === 0 ? [`${text}: one more fits`] : [];
    });
  });
});

describe('core/plan/refuse', () => {
  it('refuses 16 vCPU on db.t4g.micro with 10 tasks, with three worked ways out', () => {
    const answers = sizing({ vcpu: 16, rdsClass: 'db.t4g.micro', minTasks: 10 });
    // 16 x 2 x 20 + 18 = 658; 10 x 0.7 x 543 requests/s x 75 ms = 285, and 2 x 30 are left; 2 workers at 2 vCPU: 4 x 14 + 18 = 74, and 4 x 16 + 18 = 82.
    const message = [
      'The plan does not fit: 16 workers x 2 threads x 20 tasks + 1 migration + 2 operators + 15 reserved = 658 connections at the peak of a deployment, but db.t4g.micro holds 78.',
      'Three ways out:',
      '  1. a larger database: --rds-class db.t4g.large (8 GiB) holds 780 >= 658',
      '  2. PgBouncer in front of RDS: not possible, 10 tasks at the scaling target may keep 285 connections busy, and its 2 tasks would share 60',
      '  3. smaller and fewer tasks: --vcpu 2 --min-tasks 7: 2 workers x 2 threads x 14 tasks + 1 migration + 2 operators + 15 reserved = 74 <= 78',
    ].join('\n');
    assert.throws(() => solve(answers), { name: 'UserError', exitCode: 2, message });
  });

  it('names the highest ceiling for an explicit one that is too high', () => {
    // Threads at the knee, 2: floor((178 - 18) / 8) = 20.
    assert.throws(
      () => solve(sizing({ maxTasks: 40 })),
      /3\. fewer tasks: --max-tasks 20: 2 workers x 2 threads x 40 tasks \+ .* = 178 <= 178$/,
    );
  });

  it('names fewer lowest tasks when one fits', () => {
    // 4 workers x 2 threads: floor((78 - 18) / 16) = 3.
    assert.throws(
      () => solve(sizing({ vcpu: 4, rdsClass: 'db.t4g.micro', minTasks: 10 })),
      /3\. fewer tasks: --min-tasks 3: 4 workers x 2 threads x 6 tasks \+ .* = 66 <= 78$/,
    );
  });

  it('says so when no class is large enough', () => {
    // 16 x 2 x 400 + 18 = 12818.
    assert.throws(
      () => solve(sizing({ vcpu: 16, rdsClass: 'db.m7g.16xlarge', minTasks: 200 })),
      /1\. a larger database: no class is large enough, RDS allows at most 5000 connections and 12818 are needed/,
    );
  });

  it('says so when not even one task fits', () => {
    const outcome = trySolve(sizing({ rdsMaxConnections: 20 }));
    assert.ok('refusal' in outcome);
    assert.match(
      outcome.refusal.waysOut[2]?.text ?? '',
      /one task does not fit into 20 connections even at 0\.25 vCPU/,
    );
    assert.equal(outcome.refusal.waysOut[2]?.changes, undefined);
  });

  it('refuses for the connections even where smaller tasks would not hold one worker', () => {
    // 8000 MiB a worker: tasks of 1 vCPU and less are passed over when smaller ones are looked for.
    const answers = sizing({ vcpu: 16, rdsClass: 'db.t4g.micro', minTasks: 10, workerMemoryMiB: 7000 });
    assert.throws(() => solve(answers), /^UserError: The plan does not fit: 16 workers x 2 threads x 20 tasks/);
  });
});

describe('core/plan/task: memory that holds no worker', () => {
  const cases: readonly (readonly [string, Partial<SizingAnswers>, RegExp])[] = [
    [
      'as asked',
      { vcpu: 0.25, memoryMiB: 512, workerMemoryMiB: 400 },
      /^512 MiB do not hold a single worker: 128 \+ 64 tmpfs \+ 10 uploads in memory \+ 400 = 602 MiB\. Use --memory 1024 or more\.$/,
    ],
    [
      'the largest pair',
      { vcpu: 0.25, workerMemoryMiB: 1847 },
      /^2048 MiB do not hold a single worker: .* = 2049 MiB\. Use a larger task \(--vcpu\) or smaller workers \(--worker-memory 1846\)\.$/,
    ],
  ];
  for (const [name, changes, message] of cases) {
    it(name, () => {
      assert.throws(
        () => solve(sizing(changes)),
        (error) => error instanceof UserError && error.exitCode === 2 && message.test(error.message),
      );
    });
  }

  it('takes the advice', () => {
    assert.equal(solve(sizing({ vcpu: 0.25, memoryMiB: 1024, workerMemoryMiB: 400 })).gunicorn.workers.value, 2);
    assert.equal(solve(sizing({ vcpu: 0.25, workerMemoryMiB: 1846 })).gunicorn.workers.value, 1);
  });
});
