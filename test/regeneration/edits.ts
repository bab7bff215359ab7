import { replace } from './trees.ts';
import type { Edits } from './trees.ts';

/**
 * What people really change, away from what a resize changes: a hook of gunicorn, a target of make, a service, a rule
 * of the linter, a package, a time-out of CI, a variable of the task.
 */
export const edits: Edits = {
  '.github/workflows/ci.yml': replace('    timeout-minutes: 15\n', '    timeout-minutes: 25 # the runners are slow\n'),
  Makefile: replace(
    '.PHONY: down\n',
    '.PHONY: shell\nshell: $(VENV)/.installed ## Open a shell\n\t$(PY) manage.py shell\n\n.PHONY: down\n',
  ),
  'compose.yaml': replace('volumes:\n  db:\n', '  redis:\n    image: redis:8\n\nvolumes:\n  db:\n'),
  'deploy/ecs/web.json': replace(
    '{ "name": "ALLOWED_HOSTS"',
    '{ "name": "SENTRY_DSN", "value": "https://example.com/1" },\n        { "name": "ALLOWED_HOSTS"',
  ),
  'gunicorn.conf.py': (text) =>
    `${text}\n\ndef post_fork(server, worker):\n    server.log.info("worker %s", worker.pid)\n`,
  'pyproject.toml': replace('line-length = 100', 'line-length = 88'),
  'requirements.in': replace('gunicorn', 'djangorestframework>=3.17,<4\ngunicorn'),
};

/** An edit of what `--vcpu 1` changes, and the same file edited where it changes nothing. */
export const threads = replace('positive("GUNICORN_THREADS", 2)', 'positive("GUNICORN_THREADS", 8)');
