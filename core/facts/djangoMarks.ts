/** The modules that `django-admin startproject` and `startapp` write, and the names people give to settings. */
const module = /(?:^|\/)(?:(?:manage|wsgi|asgi|urls|apps|models|admin|\w*settings\w*)|settings\/\w+)\.py$/u;

/** Files in which Python projects name what they depend on. */
const dependencies =
  /(?:^|\/)(?:[\w.-]*requirements[\w.-]*\.(?:txt|in|pip)|requirements\/[\w.-]+\.(?:txt|in|pip)|pyproject\.toml|Pipfile|Pipfile\.lock|poetry\.lock|uv\.lock|pdm\.lock|setup\.py|setup\.cfg|environment\.ya?ml)$/u;

/** Django itself, and what is of no use without it (`django-environ`, `djangorestframework`, `wagtail`): first or quoted. */
const dependency =
  /(?:^[ \t-]*|["'])(?:django|wagtail)[\w.-]*(?=$|[ \t"'[\]<>=~!;@,:])|github\.com\/(?:django|wagtail)\//imu;

/**
 * Whether a file of this name can tell that its folder holds a Django project.
 *
 * @param path relative POSIX path
 */
export function mayMarkDjango(path: string): boolean {
  return module.test(path) || dependencies.test(path);
}

/**
 * Whether a file tells that its folder holds a Django project: a module that speaks of Django, or a list of dependencies
 * that names it.
 *
 * @param path relative POSIX path, one that `mayMarkDjango` takes
 */
export function marksDjango(path: string, text: string): boolean {
  if (module.test(path)) return /\bdjango|\bwagtail\b|\bINSTALLED_APPS\b/iu.test(text);
  return dependency.test(text.replaceAll(/(?:^|\s)#.*$/gmu, ''));
}

/** The module that `manage.py` and similar files set DJANGO_SETTINGS_MODULE to: `shop.settings`. */
export function findSettingsModule(text: string): string | undefined {
  return /DJANGO_SETTINGS_MODULE["']\s*,\s*["'](?<settings>[A-Za-z_]\w*(?:\.\w+)+)["']/u.exec(text)?.groups?.[
    'settings'
  ];
}
