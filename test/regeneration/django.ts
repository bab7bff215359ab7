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
  'bakery/orders/models.py': 'from django.db import models\n',
};

/** The same with its settings in a package, as \`bakery.settings.dev\`. */
export const settingsPackage: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(startProject)
      .filter(([file]) => file !== 'bakery/settings.py')
      .map(([file, content]) => [file, content.replace('"bakery.settings"', '"bakery.settings.dev"')]),
  ),
  'bakery/settings/__init__.py': '',
  'bakery/settings/base.py': settings,
  'bakery/settings/dev.py': 'from .base import *\n',
};

export function putAll(folder: string, files: Readonly<Record<string, string>>): void {
  for (const [file, content] of Object.entries(files)) put(folder, file, content);
}
