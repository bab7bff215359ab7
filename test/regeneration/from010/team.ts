import { edits as usual } from '../edits.ts';
import { replace } from '../trees.ts';
import type { Edits } from '../trees.ts';

/** What a project of some months has changed in settings, addresses and pipelines. */
export const teamEdits: Edits = {
  ...usual,
  'compose.yaml': replace('volumes:\n  db:\n', '  mail:\n    image: axllent/mailpit:v1\n\nvolumes:\n  db:\n'),
  'shop/settings/base.py': replace(
    '    "django.contrib.staticfiles",\n',
    '    "django.contrib.staticfiles",\n    "catalog",\n',
  ),
  'shop/settings/production.py': replace(
    'env.stop_if_faulty()',
    'STRIPE_KEY = env.text("STRIPE_KEY", default="")\n\nenv.stop_if_faulty()',
  ),
  'shop/urls.py': (text) =>
    replace(
      'urlpatterns = [\n',
      'urlpatterns = [\n    path("catalog/", include("catalog.urls")),\n',
    )(text.replace(/from django\.urls import (?:include, )?path/u, 'from django.urls import include, path')),
};

/** The team's own app, with a test. */
export const teamFiles: Readonly<Record<string, string>> = {
  'catalog/__init__.py': '',
  'catalog/urls.py':
    'from django.http import HttpRequest, HttpResponse\n' +
    'from django.urls import path\n\n\n' +
    'def index(request: HttpRequest) -> HttpResponse:\n    return HttpResponse("two rolls")\n\n\n' +
    'urlpatterns = [path("", index)]\n',
  'tests/test_catalog.py':
    'def test_the_catalog_answers(client):\n    assert client.get("/catalog/").content == b"two rolls"\n',
};
