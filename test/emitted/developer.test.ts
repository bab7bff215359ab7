import assert from 'node:assert/strict';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emittedCases, projectOf, repositoryOf } from '../support/emit.ts';
import { needPython } from '../support/need.ts';
import { run, runOk } from '../support/run.ts';
import { venvFor } from '../support/venvs.ts';

/** Writes no compiled files; a password that anything sees in here is a known one. */
const clean = { ...process.env, PYTHONDONTWRITEBYTECODE: '1', RUFF_NO_CACHE: 'true' };

/** A model with all that makes a migration long: help texts, a function of the app, a user. */
const post = [
  'from django.conf import settings',
  'from django.db import models',
  '',
  '',
  'def where(instance, name):',
  '    return f"posts/{name}"',
  '',
  '',
  'class Post(models.Model):',
  '    author = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.CASCADE)',
  '    scan = models.FileField(upload_to=where)',
  '    title = models.CharField(',
  '        max_length=200,',
  `        help_text="${'What a reader sees first. '.repeat(3)}"`,
  `        "${'It is in the address, too. '.repeat(3)}",`,
  '    )',
  '',
  '    def __str__(self):',
  '        return self.title',
];

const failing = (name: string) => [`def test_planted_${name}():`, '    assert 1 == 2'];

const cases = emittedCases.filter(({ flags }) => flags.length === 0 || (flags[1] === '6.1' && flags.includes('none')));

describe("a developer's first commands", function () {
  this.timeout(300_000);

  for (const example of cases) {
    describe(example.name, () => {
      let folder = '';
      let repository = '';
      let project = '';
      let python = '';

      before(async function () {
        python = await venvFor(
          await repositoryOf(example),
          await needPython(this, example.pythonMinimum, example.python),
        );
        const source = await repositoryOf(example);
        folder = mkdtempSync(path.join(tmpdir(), 'developer-'));
        repository = path.join(folder, 'shop');
        cpSync(source, repository, { recursive: true });
        project = projectOf(repository);
      });

      after(() => rmSync(folder, { recursive: true, force: true }));

      function put(file: string, ...lines: string[]): void {
        mkdirSync(path.dirname(path.join(repository, file)), { recursive: true });
        writeFileSync(path.join(repository, file), `${lines.join('\n')}\n`);
      }
      const append = (file: string, ...lines: string[]) =>
        put(file, readFileSync(path.join(repository, file), 'utf8').trimEnd(), ...lines);
      const runs = (...args: string[]) => runOk(python, args, { cwd: repository, env: clean });
      const fails = async (args: readonly string[], env: NodeJS.ProcessEnv = clean) => {
        const { code, output } = await run(python, args, { cwd: repository, env, input: '' });
        assert.equal(code, 1, output);
        return output;
      };
      const pytest = ['-m', 'pytest', '-p', 'no:cacheprovider', '--quiet'];

      it('write what our lint takes as it is: startapp, makemigrations, a field of the user', async () => {
        await runs('manage.py', 'startapp', 'blog');
        await runs('-m', 'ruff', 'check', '.');
        await runs('-m', 'ruff', 'format', '--check', '.');
        put('blog/models.py', ...post);
        append('accounts/models.py', '', '    phone = models.CharField(max_length=30, blank=True)');
        const user = path.join(repository, 'accounts/models.py');
        writeFileSync(user, readFileSync(user, 'utf8').replace('\n\n\n', '\nfrom django.db import models\n\n\n'));
        append(`${project}/settings/base.py`, '', 'INSTALLED_APPS += ["blog"]');
        await runs('manage.py', 'makemigrations');
        assert.ok(existsSync(path.join(repository, 'accounts/migrations/0002_user_phone.py')));
        assert.match(readFileSync(path.join(repository, 'blog/migrations/0001_initial.py'), 'utf8'), /^.{101}/mu);
        await runs('-m', 'ruff', 'check', '.');
        await runs('-m', 'ruff', 'format', '--check', '.');
        append('blog/views.py', 'import os');
        assert.match(await fails(['-m', 'ruff', 'check', '.']), /F401[^]*`os` imported but unused/u);
        put('blog/views.py', '');
      });

      it('have their tests found where Django and people put them', async () => {
        put('tests/test_planted.py', ...failing('at_the_root'));
        put('blog/tests.py', ...failing('in_the_module'));
        put('accounts/tests/test_planted.py', ...failing('in_the_folder'));
        put('accounts/tests/__init__.py');
        rmSync(path.join(repository, 'accounts/tests.py'));
        const output = await fails([...pytest, '-k', 'planted']);
        assert.match(output, /\b3 failed\b/u);
        for (const file of ['tests/test_planted.py', 'accounts/tests/test_planted.py']) {
          rmSync(path.join(repository, file));
        }
        put('blog/tests.py', '');
      });

      it('hear of a missing static file in a template, in a page and in a style sheet', async () => {
        const tests = [...pytest, 'tests/test_settings.py', 'blog', '-k', 'static or page'];
        put('blog/static/blog/site.css', 'body { background: url("none.png") }');
        put('blog/templates/blog/page.html', '{% load static %}<img src="{% static "blog/none.png" %}">');
        put(
          'blog/tests.py',
          'from django.template.loader import render_to_string',
          '',
          '',
          'def test_page():',
          '    assert "blog/none.png" in render_to_string("blog/page.html")',
        );
        const output = await fails(tests);
        assert.match(output, /\b3 failed\b/u);
        assert.match(output, /page\.html:1: \(django_fargate\.W001\) No static file 'blog\/none\.png'/u);
        assert.match(output, /FAILED tests\/test_settings\.py::test_static_files_name_only_others/u);
        assert.match(output, /FAILED blog\/tests\.py::test_page/u);
        put('blog/static/blog/none.png', '');
        assert.match((await runs(...tests)).output, /\b[3-9] passed\b/u);
      });

      it('create a superuser and clear sessions, or are told why not', async () => {
        const create = ['manage.py', 'createsuperuser'];
        await runs('manage.py', 'migrate', '--verbosity', '0');
        assert.match(await fails(create), /no terminal here[^]*nothing was created/u);
        const named = [...create, '--noinput', '--username', 'ada', '--email', 'ada@example.com'];
        const env = { ...clean, DJANGO_SUPERUSER_PASSWORD: 'seven-Lamps-burn' };
        await runOk(python, named, { cwd: repository, env });
        const script = [
          'from datetime import timedelta',
          'from django.contrib.auth import authenticate',
          'from django.contrib.sessions.models import Session',
          'from django.utils.timezone import now',
          'assert authenticate(username="ada", password="seven-Lamps-burn").is_superuser',
          'for key, days in (("old", -1), ("new", 1)):',
          '    Session.objects.create(session_key=key, session_data="", expire_date=now() + timedelta(days))',
        ];
        await runs('manage.py', 'shell', '--command', script.join('\n'));
        await runs('manage.py', 'clearsessions');
        const left = 'from django.contrib.sessions.models import Session; print(*Session.objects.values_list("pk"))';
        assert.match((await runs('manage.py', 'shell', '--command', left)).output, /\('new',\)\s*$/u);
      });
    });
  }
});
