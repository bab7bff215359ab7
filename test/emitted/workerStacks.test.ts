import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { assertObjection, tryEdits } from '../support/editedStacks.ts';
import type { StackEdit } from '../support/editedStacks.ts';
import { emittedCases, repositoryOf } from '../support/emit.ts';
import { needPython } from '../support/need.ts';
import { venvFor } from '../support/venvs.ts';

const edits: Readonly<Record<'sqs' | 'redis' | 'pgbouncer', readonly StackEdit[]>> = {
  sqs: [
    ['more workers', 'service', /(WorkerScalableTarget:[^]*?MaxCapacity: )\d+/u, '$199', 'numbers_of_the_worker'],
    ['no room', 'service', /(\n {2}Worker:[^]*?MaximumPercent: )\d+/u, '$1100', 'deployment_of_the_workers_can_start'],
    ['other children', 'service', /(running) \* \d+,/u, '$1 * 99,', 'numbers_of_the_worker'],
    ['another weight', 'service', /(waiting) \* [\d.]+/u, '$1 * 1', 'numbers_of_the_worker'],
    ['another cooldown', 'service', /(WorkerScaling:[^]*?ScaleOutCooldown: )\d+/u, '$10', 'numbers_of_the_worker'],
    ['zones evened out', 'service', /(\n {2}Worker:[^]*?Rebalancing: )DISABLED/u, '$1ENABLED', 'no_worker_is_stopped'],
    ['a second beat', 'service', /(\n {2}Beat:[^]*?MaximumPercent: )\d+/u, '$1200', 'never_a_second_scheduler'],
    ['a short visibility timeout', 'broker', /VisibilityTimeout: \d+/u, 'VisibilityTimeout: 30', 'stays_hidden'],
    ['another queue', 'broker', /(QueueName: \S+)-celery\n/u, '$1-tasks\n', 'may_use_this_queue'],
    ['no count of failures', 'platform', /MetricName: TasksFailed/u, 'MetricName: TasksLost', 'what_it_writes'],
  ],
  redis: [
    ['one node', 'broker', /NumCacheClusters: 2/u, 'NumCacheClusters: 1', 'loses_no_task'],
    ['tasks that are dropped', 'broker', /noeviction/u, 'allkeys-lru', 'loses_no_task'],
    ['another major version alone', 'broker', /EngineVersion: "8/u, 'EngineVersion: "9', 'loses_no_task'],
    ['no TLS', 'broker', /TransitEncryptionMode: required/u, 'TransitEncryptionMode: preferred', 'with_tls'],
    ['another port', 'broker', /Port: 6379/u, 'Port: 6380', 'reached_by_the_tasks_only'],
  ],
  pgbouncer: [
    ['a third task', 'pgbouncer', /DesiredCount: 2/u, 'DesiredCount: 3', 'never_a_third_pgbouncer'],
    ['room for a third', 'pgbouncer', /MaximumPercent: 100/u, 'MaximumPercent: 200', 'room_for_the_worst_deployment'],
    ['zones evened out', 'pgbouncer', /Rebalancing: DISABLED/u, 'Rebalancing: ENABLED', 'never_a_third_pgbouncer'],
    ['another name', 'pgbouncer', /Name: pgbouncer\n/u, 'Name: pooler\n', 'web_tasks_find_pgbouncer'],
    ['an old address', 'pgbouncer', /(Type: A\n[^]*?TTL: )10/u, '$1300', 'web_tasks_find_pgbouncer'],
    ['another port', 'network', /(TasksToPgbouncer:[^]*?ToPort: )6432/u, '$15432', 'reached_by_the_tasks_only'],
    [
      'no way to the database',
      'network',
      /(PgbouncerToDatabase:[^]*?SourceSecurityGroupId: !Ref )\w+/u,
      '$1TaskSecurityGroup',
      'reached_by_the_tasks_only',
    ],
    ['a patient alarm', 'pgbouncer', /(PgbouncerWait:[^]*?Threshold: )\d+/u, '$19000000', 'numbers_of_pgbouncer'],
    ['a metric of nobody', 'platform', /MetricName: PgbouncerTurnedAway/u, 'MetricName: Gone', 'what_it_writes'],
    ['another log', 'platform', /\/ecs\/(\S+)-pgbouncer/u, '/ecs/$1-pooler', 'what_it_writes'],
    ['a database that is too small', 'data', /max_connections: "\d+"/u, 'max_connections: "60"', 'room_for_the_worst'],
  ],
};

describe('the emitted tests of the stacks of a worker and of PgBouncer', function () {
  this.timeout(300_000);

  for (const [what, planted] of Object.entries(edits)) {
    describe(`with ${what}`, () => {
      let runs: Awaited<ReturnType<typeof tryEdits>> = [];

      before('run them', async function () {
        const example = emittedCases.find(({ flags }) => flags.includes(what));
        assert.ok(example !== undefined);
        const source = await repositoryOf(example);
        const python = await venvFor(source, await needPython(this, example.pythonMinimum, example.python));
        const folder = mkdtempSync(path.join(tmpdir(), 'planted-'));
        try {
          cpSync(source, folder, { recursive: true });
          runs = await tryEdits(python, folder, planted);
        } finally {
          rmSync(folder, { recursive: true, force: true });
        }
      });

      for (const [index, edit] of planted.entries()) {
        it(`object to ${edit[0]}`, () => assertObjection(edit, runs[index]));
      }
    });
  }
});
