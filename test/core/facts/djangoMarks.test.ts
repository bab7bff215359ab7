import assert from 'node:assert/strict';
import { findSettingsModule, marksDjango, mayMarkDjango } from '../../../core/facts/djangoMarks.ts';

const tells = (path: string, text: string): boolean => mayMarkDjango(path) && marksDjango(path, text);

describe('core/facts/djangoMarks', () => {
  const marks: readonly (readonly [string, string])[] = [
    ['manage.py', 'os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")'],
    ['src/manage.py', 'from configurations.management import execute_from_command_line # django'],
    ['config/wsgi.py', 'from django.core.wsgi import get_wsgi_application'],
    ['shop/asgi.py', 'os.environ["DJANGO_SETTINGS_MODULE"] = "shop.settings"'],
    ['shop/settings.py', 'INSTALLED_APPS = []'],
    ['shop/settings_prod.py', '"django.contrib.admin"'],
    ['config/settings/base.py', 'INSTALLED_APPS = (\n'],
    ['home/models.py', 'from wagtail.models import Page'],
    ['orders/apps.py', 'from django.apps import AppConfig'],
    ['requirements.txt', 'psycopg\nDjango>=4.2,<5\n'],
    ['requirements/production.txt', 'django==5.2  # LTS\n'],
    ['requirements/base.in', 'django\n'],
    ['dev-requirements.txt', 'djangorestframework~=3.16\n'],
    ['requirements.txt', 'wagtail[testing]>=6\n'],
    ['requirements.txt', 'Django @ git+https://github.com/django/django@main\n'],
    ['requirements.txt', 'git+https://github.com/django/django.git@stable/5.2.x#egg=Django\n'],
    ['pyproject.toml', '[project]\ndependencies = ["gunicorn", "Django~=5.2"]\n'],
    ['pyproject.toml', "[project]\ndependencies = [\n  'django-environ',\n]\n"],
    ['pyproject.toml', '[tool.poetry.dependencies]\ndjango = "^5.2"\n'],
    ['Pipfile', '[packages]\ndjango = "*"\n'],
    ['Pipfile.lock', '{"default": {"django": {"hashes": []}}}'],
    ['poetry.lock', '[[package]]\nname = "django"\n'],
    ['backend/uv.lock', 'name = "django"\n'],
    ['setup.cfg', 'install_requires =\n    Django>=4\n'],
    ['environment.yml', 'dependencies:\n  - django=5.2\n'],
  ];
  for (const [path, text] of marks) {
    it(`${path} tells: ${JSON.stringify(text)}`, () => assert.equal(tells(path, text), true));
  }

  const others: readonly (readonly [string, string])[] = [
    ['manage.py', 'from flask_script import Manager'],
    ['models.py', 'import torch'],
    ['settings.py', 'DEBUG = True'],
    ['requirements.txt', 'flask\n# django is what we left\ngunicorn # not django\n'],
    ['requirements.txt', 'not-django\nmydjango==1\n'],
    ['pyproject.toml', '[project]\ndependencies = ["fastapi"]\ndescription = "Better than Django"\n'],
    ['README.md', 'A Django project'],
    ['package.json', '{"keywords": ["django"]}'],
    ['docs/guide.txt', 'django\n'],
    ['main.py', 'import django'],
  ];
  for (const [path, text] of others) {
    it(`${path} does not: ${JSON.stringify(text)}`, () => assert.equal(tells(path, text), false));
  }

  it('reads the settings module', () => {
    const quoted = (module: string) => `os.environ.setdefault('DJANGO_SETTINGS_MODULE', '${module}')`;
    assert.equal(findSettingsModule(quoted('config.settings.local')), 'config.settings.local');
    assert.equal(findSettingsModule(quoted('settings')), undefined);
    assert.equal(findSettingsModule(''), undefined);
  });
});
