import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { run } from '../support/run.ts';
import { runtimeCases, runtimeFolder, venvOf } from '../support/runtime.ts';

/** A fault of a module of the release program, the tests that are run, and the one that must notice. */
type Fault = readonly [what: string, module: string, search: string, by: string, tests: string, notices: string];

const faults: readonly Fault[] = [
  [
    'takes credentials of another account',
    'identity',
    'if here != wanted:',
    'if False:',
    'account',
    'test_another_account_is_asked_nothing_but_its_number',
  ],
  [
    'takes every migration for the last of its app',
    'migrations',
    'if other.rpartition(".")[0] == name.rpartition(".")[0]',
    'if False',
    'migrations',
    'test_migrations_are_read_without_being_imported',
  ],
  [
    'lets its migrations run beside those of another release',
    'release',
    'aws.ecs.stop_task(cluster=cluster, task=task, reason="another release migrates")',
    'pass',
    'release',
    'test_of_two_that_start_to_migrate_at_once_the_later_stops',
  ],
  [
    'rolls back automatically across a migration that breaks the release before',
    'release',
    'not new and not is_broken',
    'not is_broken',
    'rollback',
    'test_a_migration_under_the_override_switches_the_automatic_rollback_off',
  ],
  [
    'goes back across such a migration',
    'rollback',
    '    if across:',
    '    if False:',
    'rollback',
    'test_a_rollback_across_an_overridden_migration_is_refused',
  ],
  [
    'takes a deployment that ECS rolled back for a good one',
    'stack_deployment',
    'not watch.ours or watch.state == "FAILED"',
    'watch.state == "FAILED"',
    'release',
    'test_a_web_service_that_ecs_alone_took_back_is_a_failure',
  ],
  [
    'waits for one of the services only',
    'stack_deployment',
    'all(watch.state == "COMPLETED" for watch in watches)',
    'watches[-1].state == "COMPLETED"',
    'companions_in_stacks',
    'test_none_is_released_while_another_comes_up',
  ],
  [
    'leaves the services of two releases side by side',
    'ecs_deployment',
    'self.take_back(before)',
    'pass',
    'companions_by_hand',
    'test_a_web_service_that_fails_takes_the_others_back',
  ],
  [
    'replaces the worker before who sends its tasks, on the way back',
    'rollback',
    'dict(reversed(companions.items()))',
    'companions',
    'companions_by_hand',
    'test_a_rollback_replaces_who_sends_before_who_works',
  ],
  [
    'takes a task that failed for one that succeeded',
    'tasks',
    'all(code == 0 for code in exits)',
    'True',
    'release',
    'test_a_failed_migration_leaves_the_service_alone',
  ],
  [
    'is content with three answers of which some are old',
    'smoke',
    'good = good + 1 if new else 0',
    'good = good + 1 if new else good',
    'smoke',
    'test_the_new_release_must_answer_three_times_in_a_row',
  ],
  [
    'deletes a stack that was complete once',
    'unfinished',
    'state == "CREATE_COMPLETE" or state',
    'state',
    'unfinished',
    'test_a_stack_that_was_complete_once_is_never_deleted',
  ],
  [
    'replaces PgBouncer in a release',
    'pgbouncer',
    'if runs != wanted:',
    'if False:',
    'pgbouncer',
    'test_a_changed_pgbouncer_is_refused_by_a_release_and_taken_by_bootstrap',
  ],
  [
    'builds an image of what is in no commit',
    'push',
    'if status.stdout:',
    'if False:',
    'push',
    'test_what_is_in_no_commit_is_not_pushed_under_the_name_of_one',
  ],
  [
    'releases by what is in no commit',
    'checkout',
    'if git(configuration, "status", "--porcelain", "--", folder):',
    'if False:',
    'checkout',
    'test_a_program_that_is_in_no_commit_releases_nothing',
  ],
];

describe('the tests of the release program', function () {
  this.timeout(120_000);
  let folder = '';
  before(() => {
    folder = mkdtempSync(path.join(tmpdir(), 'planted-'));
    cpSync(runtimeFolder, folder, { recursive: true });
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  const [example] = runtimeCases.filter(({ tests }) => tests === 'release');
  assert.ok(example !== undefined);

  for (const [what, module, search, by, tests, notices] of faults) {
    it(`object to one that ${what}`, async function () {
      const python = await venvOf(this, example);
      const file = path.join(folder, 'django_fargate', 'release', `${module}.py`);
      const text = readFileSync(file, 'utf8');
      assert.equal(text.split(search).length, 2, 'nothing was planted, or more than one fault');
      writeFileSync(
        file,
        text.replace(search, () => by),
      );
      try {
        const args = ['-m', 'pytest', '-p', 'no:cacheprovider', '--quiet', '--tb', 'no', '-k', notices];
        const env = { ...process.env, PYTHONDONTWRITEBYTECODE: '1' };
        const { code, output } = await run(python, [...args, `tests/release/test_${tests}.py`], {
          cwd: folder,
          env,
          timeoutMs: 60_000,
        });
        assert.equal(code, 1, output);
        assert.match(output, new RegExp(`FAILED \\S*::${notices}\\b`, 'u'));
      } finally {
        writeFileSync(file, text);
      }
    });
  }
});
