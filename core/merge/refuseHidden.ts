import { exitCodes, UserError } from '../errors.ts';
import type { Observed } from './observed.ts';
import type { Outcome } from './outcome.ts';

/** The modules that a new package of the same name would hide: `shop/settings.py` beside `shop/settings/`. */
export function modulesBeside(paths: readonly string[]): readonly string[] {
  return paths.filter((path) => path.endsWith('/__init__.py')).map(moduleOf);
}

/**
 * Refuses to write a Python package beside a module of the same name: Python would import the package, and the
 * project's own module would be gone without a trace.
 *
 * @param observed what stands at every path, those of `modulesBeside` included
 * @throws UserError (exit 3)
 */
export function refuseHidden(outcomes: readonly Outcome[], observed: ReadonlyMap<string, Observed>): void {
  for (const { path, kind } of outcomes) {
    if (kind !== 'create' || !path.endsWith('/__init__.py')) continue;
    const module = moduleOf(path);
    if (observed.get(module)?.kind !== 'file') continue;
    const folder = path.slice(0, -'/__init__.py'.length);
    throw new UserError(
      `${module} would be hidden by the package ${folder}/, which is to be written; nothing was written. ` +
        `Move it into the package (git mv ${module} ${folder}/base.py, and one level up for its BASE_DIR), ` +
        'then run the same command again.',
      { exitCode: exitCodes.conflicts },
    );
  }
}

function moduleOf(path: string): string {
  return path.replace(/\/__init__\.py$/, '.py');
}
