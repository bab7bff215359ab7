import { put } from './support.ts';

const environ = (settings: string): string => `os.environ.setdefault("DJANGO_SETTINGS_MODULE", "${settings}")`;

const settings = `"""Django settings for bakery project."""

from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent

SECRET_KEY = "django-insecure-mine"
DEBUG = True
ALLOWED_HOSTS = []
INSTALLED_APPS = ["django.contrib.admin", "bakery.orders"]
ROOT_URLCONF = "bakery.urls"
DATABASES = {"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": BASE_DIR / "db.sqlite3"}}
`;

/** What \`django-admin startproject bakery .\` writes, and an app of the user's, by path. */
export const startProject: Readonly<Record<string, string>> = {
  'manage.py': `#!/usr/bin/env python
"""Django's command-line utility for administrative tasks."""
import os
import sys


def main():
    """Run administrative tasks."""
    ${environ('bakery.settings')}
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
`,
  'bakery/__init__.py': '',
  'bakery/asgi.py': `import os\n\n${environ('bakery.settings')}\n`,
  'bakery/settings.py': settings,
  'bakery/urls.py':
    'from django.contrib import admin\nfrom django.urls import path\n\nurlpatterns = [path("admin/", admin.site.urls)]\n',
  'bakery/wsgi.py': `import os\n\n${environ('bakery.settings')}\n`,
  'bakery/orders/__init__.py': '',
  'bakery/orders/models.py': 'from django.db import models\n',
  'bakery/orders/urls.py':
    'from django.http import HttpResponse\nfrom django.urls import path\n\n' +
    'urlpatterns = [path("", lambda request: HttpResponse("two rolls"), name="orders")]\n',
};

const only = (...files: readonly string[]): Readonly<Record<string, string>> =>
  Object.fromEntries(files.map((file) => [file, startProject[file] ?? '']));

const under = (folder: string, files: Readonly<Record<string, string>>): Readonly<Record<string, string>> =>
  Object.fromEntries(Object.entries(files).map(([file, content]) => [`${folder}/${file}`, content]));

const settingsPackage = { 'bakery/settings/__init__.py': '', 'bakery/settings/base.py': settings };

/** How people lay Django projects out, and the file by which each is known. */
export const layouts: readonly {
  readonly title: string;
  readonly files: Readonly<Record<string, string>>;
  readonly mark: string;
}[] = [
  { title: 'as django-admin startproject makes it', files: startProject, mark: 'manage.py' },
  {
    title: 'settings/{base,dev,production}.py, the last of which imports .local, as Wagtail starts one',
    files: {
      ...only('manage.py', 'bakery/__init__.py', 'bakery/urls.py', 'bakery/wsgi.py'),
      ...settingsPackage,
      'bakery/settings/dev.py':
        'from .base import *\n\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n',
      'bakery/settings/production.py':
        'from .base import *\n\nDEBUG = False\n\ntry:\n    from .local import *\nexcept ImportError:\n    pass\n',
      'requirements.txt': 'Django>=5.2\nwagtail>=7\n',
      Dockerfile: 'FROM python:3.12-slim\n',
    },
    mark: 'manage.py',
  },
  {
    title: 'config/settings/{base,local,production}.py beside the package of apps',
    files: {
      'manage.py': (startProject['manage.py'] ?? '').replace('bakery.settings', 'config.settings.local'),
      'config/__init__.py': '',
      'config/settings/__init__.py': '',
      'config/settings/base.py': settings,
      'config/settings/local.py': 'from .base import *\n',
      'config/wsgi.py': startProject['bakery/wsgi.py'] ?? '',
      'bakery/users/models.py': 'from django.db import models\n',
      'requirements/base.txt': 'django==5.2.1\n',
    },
    mark: 'manage.py',
  },
  { title: 'in src/', files: { 'README.md': '# x\n', ...under('src', startProject) }, mark: 'src/manage.py' },
  { title: 'in web/src/', files: under('web/src', startProject), mark: 'web/src/manage.py' },
  {
    title: 'in backend/ beside a frontend',
    files: { 'frontend/package.json': '{}\n', ...under('backend', startProject) },
    mark: 'backend/manage.py',
  },
  { title: 'without manage.py', files: only('bakery/settings.py', 'bakery/wsgi.py'), mark: 'bakery/settings.py' },
  { title: 'whose package is the folder', files: { 'settings.py': settings, 'urls.py': '' }, mark: 'settings.py' },
  { title: 'WSGI alone', files: only('bakery/wsgi.py'), mark: 'bakery/wsgi.py' },
  { title: 'one app alone', files: { 'models.py': 'from django.db import models\n' }, mark: 'models.py' },
  { title: 'requirements alone', files: { 'requirements.txt': '# web\nDjango==5.2\n' }, mark: 'requirements.txt' },
  {
    title: 'pyproject.toml alone',
    files: { 'pyproject.toml': '[project]\ndependencies = ["django>=5.2"]\n' },
    mark: 'pyproject.toml',
  },
  { title: 'Pipfile alone', files: { Pipfile: '[packages]\ndjango = "*"\n' }, mark: 'Pipfile' },
];

export function putAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) put(folder, file, content);
}
