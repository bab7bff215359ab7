import assert from 'node:assert/strict';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { emitRepository } from '../support/emit.ts';
import { need, needPython } from '../support/need.ts';
import { run } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import { get } from '../support/servers/http.ts';
import { freePort } from '../support/servers/ports.ts';
import { databaseRole, Postgres } from '../support/servers/postgres.ts';
import { Server, stopServers, until } from '../support/servers/process.ts';
import { linkVenv, venvFor } from '../support/venvs.ts';

/** An app that needs PostgreSQL: a field, a query and an extension that SQLite does not have. */
const app: Readonly<Record<string, string>> = {
  '__init__.py': '',
  'migrations/__init__.py': '',
  'models.py': `
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Item(models.Model):
    name = models.CharField(max_length=50)
    tags = ArrayField(models.CharField(max_length=20), default=list)

    def __str__(self):
        return self.name
`,
  'migrations/0001_extension.py': `
from django.contrib.postgres.operations import TrigramExtension
from django.db import migrations


class Migration(migrations.Migration):
    initial = True
    dependencies = []
    operations = [TrigramExtension()]
`,
  'views.py': `
from django.contrib.postgres.search import TrigramSimilarity
from django.http import JsonResponse

from .models import Item


def items(request):
    found = Item.objects.annotate(near=TrigramSimilarity("name", request.GET.get("name", "")))
    names = found.order_by("tags").distinct("tags").values_list("name", "tags")
    return JsonResponse({"items": list(names)})
`,
  'tests.py': `
import pytest

from catalog.models import Item


@pytest.mark.django_db
def test_one_item_of_each_tags(client):
    for name in ("roll", "bun"):
        Item.objects.create(name=name, tags=["bread", "white"])
    Item.objects.create(name="tea", tags=[])
    assert client.get("/items/").json() == {"items": [["tea", []], ["roll", ["bread", "white"]]]}
`,
};

describe('an emitted repository with an app that needs PostgreSQL', function () {
  this.timeout(300_000);
  let folder = '';
  let repository = '';
  let postgres: Postgres;
  let url = '';

  before(async function () {
    need(this, 'make');
    const programs = { postgres: need(this, 'postgres'), openssl: need(this, 'openssl') };
    const python = await needPython(this, '3.11');
    folder = mkdtempSync(path.join(tmpdir(), 'database-'));
    repository = await emitRepository(path.join(folder, 'shop'), []);
    linkVenv(await venvFor(repository, python), repository);
    const { max_connections: limit } =
      /max_connections=(?<max_connections>\d+)/u.exec(read('compose.yaml'))?.groups ?? {};
    postgres = await Postgres.create({ ...programs, maxConnections: Number(limit) });
    const { user, password, name } = databaseRole;
    // What the role of compose.yaml may: tests make databases. It is no superuser here.
    await postgres.sql(`ALTER ROLE ${user} CREATEDB`, 'postgres');
    url = `postgresql://${user}:${encodeURIComponent(password)}@127.0.0.1:${postgres.port}/${name}`;
    mkdirSync(path.join(repository, 'catalog', 'migrations'), { recursive: true });
    for (const [file, text] of Object.entries(app)) write(`catalog/${file}`, text.trimStart());
    write('shop/settings/base.py', `${read('shop/settings/base.py')}\nINSTALLED_APPS += ["catalog"]\n`);
    const urls = read('shop/urls.py').replace('urlpatterns = [\n', 'urlpatterns = [\n    path("items/", items),\n');
    write('shop/urls.py', urls.replace('\n\n', '\n\nfrom catalog.views import items\n'));
  });

  after(async () => {
    await stopServers();
    if (folder !== '') rmSync(folder, { recursive: true, force: true });
  });

  const read = (file: string): string => readFileSync(path.join(repository, file), 'utf8');
  const write = (file: string, text: string): void => writeFileSync(path.join(repository, file), text);

  function inside(program: string, args: readonly string[], databaseUrl = ''): Promise<Outcome> {
    const env = { ...process.env, DATABASE_URL: databaseUrl };
    return run(program, args, { cwd: repository, env });
  }

  const manage = (args: readonly string[], databaseUrl = '') =>
    inside('.venv/bin/python', ['manage.py', ...args], databaseUrl);

  it('is refused on SQLite in a sentence with the way out, by migrate and by its tests', async () => {
    assert.equal((await manage(['makemigrations', 'catalog', '--skip-checks'])).code, 0);
    const sentence = /catalog\.Item\.tags: only PostgreSQL has ArrayField, and this database is SQLite\.[^]*`make db`/u;
    const dev = await manage(['migrate']);
    assert.equal(dev.code, 1, dev.output);
    assert.match(dev.output, sentence);
    assert.doesNotMatch(dev.output, /Traceback/u);
    const tests = await inside('.venv/bin/python', [
      '-m',
      'pytest',
      '-q',
      '-p',
      'no:cacheprovider',
      'catalog/tests.py',
    ]);
    assert.equal(tests.code, 1, tests.output);
    assert.match(tests.output, sentence);
  });

  it('passes make check, lint-migrations and test by one variable, which .env may hold', async () => {
    const targets = ['check', 'lint-migrations', 'test'];
    write('.env', `DATABASE_URL=${url}\n`);
    const env = { ...process.env };
    delete env['DATABASE_URL'];
    const { code, output } = await run('make', targets, { cwd: repository, env });
    rmSync(path.join(repository, '.env'));
    assert.equal(code, 0, output);
    assert.match(output, /^Applied to PostgreSQL \d+\.$/mu);
    assert.match(output, /Erroneous migrations: 0\/[1-9]/u);
    assert.match(output, /\b[1-9]\d* passed\b/u);
  });

  it('is served by migrate and runserver', async () => {
    const { code, output } = await manage(['migrate'], url);
    assert.equal(code, 0, output);
    await postgres.sql("INSERT INTO catalog_item (name, tags) VALUES ('roll', '{bread}'), ('bun', '{bread}')");
    const port = await freePort();
    const server = new Server('runserver', ['.venv/bin/python', 'manage.py', 'runserver', '--noreload', String(port)], {
      cwd: repository,
      env: { ...process.env, DATABASE_URL: url },
    });
    await until('runserver answers', 30, async () => (await ask(port)) !== '');
    assert.match(await ask(port), /^\{"items": \[\["(?:roll|bun)", \["bread"\]\]\]\}$/u);
    await server.stop('SIGTERM');
  });

  async function ask(port: number): Promise<string> {
    try {
      return (await get(`http://127.0.0.1:${port}/items/`)).body;
    } catch {
      return '';
    }
  }
});
