import assert from 'node:assert/strict';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { putAll, startProject } from '../regeneration/django.ts';
import { generator } from '../support/emit.ts';
import { needPython } from '../support/need.ts';
import { runOk } from '../support/run.ts';
import { venvFor } from '../support/venvs.ts';

const ask = `
from django.test import Client
print(Client(SERVER_NAME="localhost").get("/orders/").content.decode())
`;

describe('an app of a project that was there before, brought over as the refusal says', function () {
  this.timeout(300_000);
  const folder = mkdtempSync(path.join(tmpdir(), 'bring-over-'));
  after(() => rmSync(folder, { recursive: true, force: true }));

  it('answers in the new repository', async function () {
    const own = path.join(folder, 'bakery-site');
    putAll(own, startProject);
    const refused = await generator(['.', '--yes'], own);
    const words = /^ {2}yo django-fargate (?<words>.+)$/mu.exec(refused.stderr)?.groups?.['words']?.split(' ');
    assert(refused.code === 2 && words !== undefined, refused.output);
    const written = await generator([...words, '--yes'], own);
    assert.equal(written.code, 0, written.output);

    // "copy their folders to the same place in it"
    const repository = path.join(own, words[0] ?? '');
    cpSync(path.join(own, 'bakery/orders'), path.join(repository, 'bakery/orders'), { recursive: true });
    // "add them to INSTALLED_APPS in its settings/base.py and their URLs to its urls.py"
    const change = (file: string, from: string, to: string): void => {
      const place = path.join(repository, file);
      const text = readFileSync(place, 'utf8');
      assert(text.includes(from), `${file}: ${from}`);
      writeFileSync(place, text.replace(from, to));
    };
    change('bakery/settings/base.py', 'INSTALLED_APPS = [\n', 'INSTALLED_APPS = [\n    "bakery.orders",\n');
    change(
      'bakery/urls.py',
      'urlpatterns = [\n',
      'urlpatterns = [\n    path("orders/", include("bakery.orders.urls")),\n',
    );
    change('bakery/urls.py', 'from django.urls import path', 'from django.urls import include, path');

    // "add your packages to its requirements.in and run make lock"
    assert.match(refused.stderr, /add your packages to its requirements\.in and run "make lock"/u);
    assert.match(readFileSync(path.join(repository, 'requirements.in'), 'utf8'), /^django/mu);
    const lock = await runOk('make', ['--dry-run', 'lock'], { cwd: repository });
    assert.match(lock.stdout, /-m django_fargate\.lock --python/u);

    const python = await venvFor(repository, await needPython(this, '3.11'));
    const environment = { cwd: repository, env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } };
    await runOk(python, ['manage.py', 'check', '--fail-level', 'WARNING'], environment);
    const { stdout } = await runOk(python, ['manage.py', 'shell', '--verbosity', '0', '--command', ask], environment);
    assert.equal(stdout.trim(), 'two rolls');
  });
});
