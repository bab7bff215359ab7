/** Names of Python modules that have moved: old -> new. */
export type MovedModules = ReadonlyMap<string, string>;

/** The modules among files that the generator has renamed: new path -> old path. */
export function movedModules(origins: ReadonlyMap<string, string>): MovedModules {
  const pairs = [...origins].filter(([to, from]) => isModule(to) && isModule(from));
  return new Map(pairs.map(([to, from]) => [moduleOf(from), moduleOf(to)]));
}

/**
 * Lets a Python text name modules by where they are now: in `import` and `from`, a relative one, too, and in texts such as
 * a setting of Django.
 *
 * @param path relative POSIX path of the text, by which a relative import is understood
 */
export function followModules(path: string, text: string, moved: MovedModules): string {
  if (moved.size === 0) return text;
  const folders = path.split('/').slice(0, -1);
  const absolute = text.replaceAll(/^([ \t]*from[ \t]+)(\.+)([\w.]*)(?=[ \t]+import\b)/gm, (all, from, dots, rest) => {
    // One dot is the package that the text lies in.
    const holders = folders.slice(0, folders.length + 1 - (dots as string).length);
    const to = moved.get([...holders, ...(rest === '' ? [] : [rest])].join('.'));
    return to === undefined ? all : `${from}${to}`;
  });
  // The longest first: a package and a module of it may have gone to different places.
  const names = [...moved.keys()].toSorted((one, other) => other.length - one.length);
  const known = new RegExp(String.raw`(?<![\w.])(?:${names.join('|').replaceAll('.', String.raw`\.`)})(?!\w)`, 'g');
  return absolute.replaceAll(known, (name) => moved.get(name) ?? name);
}

/** Whether a path is that of a module in a package: `gunicorn.conf.py` is imported by nobody. */
function isModule(path: string): boolean {
  return /^(?:\w+\/)+\w+\.py$/.test(path);
}

/** `shop/worker/logs.py` is `shop.worker.logs`, a package's `__init__.py` is the package. */
function moduleOf(path: string): string {
  return path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');
}
