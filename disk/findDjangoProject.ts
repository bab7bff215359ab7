import { observeAll } from './observeAll.ts';

/** A Django project that was there before us. */
export interface DjangoProject {
  /** The package that holds the settings: `shop` of `shop.settings`. */
  readonly package: string;
  /** What `manage.py` sets DJANGO_SETTINGS_MODULE to. */
  readonly settings: string;
}

/** What `django-admin startproject` writes, and what people make of it. */
const setting = /DJANGO_SETTINGS_MODULE["']\s*,\s*["'](?<settings>(?<name>[A-Za-z_]\w*)(?:\.\w+)+)["']/u;

/** The Django project in a folder: a `manage.py` that names a settings module which is there. */
export async function findDjangoProject(folder: string): Promise<DjangoProject | undefined> {
  const manage = (await observeAll(folder, ['manage.py'])).get('manage.py');
  if (manage?.kind !== 'file') return undefined;
  const found = setting.exec(new TextDecoder().decode(manage.bytes))?.groups;
  if (found?.['settings'] === undefined || found['name'] === undefined) return undefined;
  const module = found['settings'].replaceAll('.', '/');
  // The last where settings.py was moved, as we ask for, and the package is not whole yet.
  const places = [`${module}.py`, `${module}/__init__.py`, `${module}/base.py`];
  const there = await observeAll(folder, places);
  const isThere = places.some((place) => there.get(place)?.kind === 'file');
  return isThere ? { package: found['name'], settings: found['settings'] } : undefined;
}
