import type { Developer } from './developer.ts';

/** The week's file of settings that most weeks change. */
const base = 'shop/settings/base.py';
const models = 'catalog/models.py';

function install(developer: Developer, app: string): void {
  developer.edit(base, '    "shop",\n', `    "shop",\n    "${app}",\n`);
}

/** The first week: an app with models and files, the admin, a login page, a page and a form. */
export async function writePages(developer: Developer): Promise<void> {
  await developer.manage('startapp', 'catalog');
  install(developer, 'catalog');
  developer.append(base, 'LOGIN_REDIRECT_URL = "products"');
  developer.edit('shop/urls.py', 'from django.urls import path\n', 'from django.urls import include, path\n');
  developer.edit('shop/urls.py', 'from django.views.generic import RedirectView\n', '');
  developer.edit(
    'shop/urls.py',
    '    path("", RedirectView.as_view(pattern_name="admin:index")),\n',
    '    path("accounts/", include("django.contrib.auth.urls")),\n    path("", include("catalog.urls")),\n',
  );
  await developer.require('pillow>=12,<13');
  developer.place('1-pages');
  await developer.manage('makemigrations', 'catalog');
  await developer.commit('Pages of products');
}

/**
 * The second week: a mail, a throttled API, a cache, a variable and a secret, a package with a C library that is not in its
 * wheel, one from a git repository.
 *
 * @param labels the requirement of the package from Git
 */
export async function writeServices(developer: Developer, labels: string): Promise<void> {
  developer.append('deploy/apt.txt', 'libmagic1');
  developer.append('deploy/apt-build.txt', 'git');
  await developer.require('djangorestframework>=3.16,<4', 'python-magic>=0.4.27,<0.5', labels);
  install(developer, 'rest_framework');
  developer.append(
    base,
    'REST_FRAMEWORK = {"DEFAULT_THROTTLE_RATES": {"anon": "3/minute"}}',
    '',
    'SUPPORT_URL = env.text("SUPPORT_URL")',
    'WAREHOUSE_KEY = env.text("WAREHOUSE_KEY")',
  );
  developer.editJson('deploy/environment.json', {
    SUPPORT_URL: { value: 'https://support.example.com' },
    WAREHOUSE_KEY: { secret: true },
  });
  developer.place('2-services');
  await developer.commit('Questions, an API, stock from the warehouse');
}

/** The third week, on PostgreSQL: an array, a key that may be empty, a unique code that is not, data that is filled in. */
export async function changeModels(developer: Developer): Promise<void> {
  // Django 6.1 refuses its fields without it.
  install(developer, 'django.contrib.postgres');
  developer.edit(models, 'max_length=20, unique=True', 'max_length=20');
  developer.edit(
    models,
    'Supplier, on_delete=models.PROTECT)',
    'Supplier, on_delete=models.SET_NULL, null=True, blank=True)',
  );
  developer.edit(models, 'from django.db', 'from django.contrib.postgres.fields import ArrayField\nfrom django.db');
  developer.edit(
    models,
    'blank=True)\n\n    def',
    'blank=True)\n    tags = ArrayField(models.CharField(max_length=30), default=list, db_default=[], blank=True)\n\n    def',
  );
  developer.place('3-changes');
  await developer.manage('makemigrations', 'catalog', '--name=tags');
  await developer.manage('makemigrations', 'catalog', '--empty', '--name=fill_tags');
  const migration = 'catalog/migrations/0003_fill_tags.py';
  developer.edit(
    migration,
    '\n\nclass Migration',
    [
      '',
      '',
      'def fill(apps, schema_editor):',
      '    Product = apps.get_model("catalog", "Product")',
      '    Product.objects.filter(name__icontains="chair").update(tags=["seat"])',
      '',
      '',
      'class Migration',
    ].join('\n'),
  );
  developer.edit(
    migration,
    'operations = [\n    ]',
    'operations = [migrations.RunPython(fill, migrations.RunPython.noop)]',
  );
  await developer.commit('Tags of products');
}

/** The fourth week: a background task. */
export async function writeTasks(developer: Developer): Promise<void> {
  const file = 'catalog/views.py';
  developer.edit(file, 'import hmac\n', 'import hmac\nfrom functools import partial\n');
  developer.edit(file, 'from django.http', 'from django.db import transaction\nfrom django.http');
  developer.edit(file, 'from .forms', 'from . import tasks\nfrom .forms');
  developer.edit(
    file,
    '        form.instance.added_by = self.request.user\n        return super().form_valid(form)\n',
    [
      '        form.instance.added_by = self.request.user',
      '        response = super().form_valid(form)',
      '        transaction.on_commit(partial(tasks.measure.delay, self.object.pk))',
      '        return response',
      '',
    ].join('\n'),
  );
  developer.edit(
    models,
    '    manual =',
    '    width = models.PositiveIntegerField(null=True, editable=False)\n    height = models.PositiveIntegerField(null=True, editable=False)\n    manual =',
  );
  developer.place('4-background');
  await developer.manage('makemigrations', 'catalog', '--name=size');
  await developer.commit('The size of a picture');
}
