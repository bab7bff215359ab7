import { exitCodes, UserError } from '../../errors.ts';
import type { Observed } from '../observed.ts';
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
  for (const { path, kind: outcome } of outcomes) {
    if (outcome !== 'create' || !path.endsWith('/__init__.py')) continue;
    const module = moduleOf(path);
    // Whatever is called like a module may be one: a link, or a file that cannot be read.
    const kind = observed.get(module)?.kind ?? 'absent';
    if (kind === 'absent' || kind === 'folder') continue;
    const folder = path.slice(0, -'/__init__.py'.length);
    throw new UserError(
      `${module} would be hidden by the new package ${folder}/; nothing was written. ` +
        `Rename ${module} and its imports, then run the same command again.`,
      { exitCode: exitCodes.conflicts },
    );
  }
}

function moduleOf(path: string): string {
  return path.replace(/\/__init__\.py$/, '.py');
}
