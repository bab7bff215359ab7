import { promises } from 'node:fs';
import { join } from 'node:path';
import { InternalError } from '../../core/errors.ts';
import { packageFolder } from './packageFolder.ts';
import { byCodeUnit } from '../paths.ts';

/** The Python that every repository gets as it is; its files keep this name in front of their path. */
const runtime = 'runtime/django_fargate/';

/**
 * Reads every file of the package that is emitted: its templates, and the runtime.
 *
 * @param folder absolute folder of the package, which holds `templates/`; this one unless a test says otherwise
 * @returns content by POSIX path: of a template below `templates/`, of the runtime with `runtime/django_fargate/` in front;
 *   ordered by path
 */
export async function readTemplates(folder: string = packageFolder()): Promise<ReadonlyMap<string, Uint8Array>> {
  const templates = join(folder, 'templates');
  const found = (await list(templates, '')).map((path) => [path, join(templates, path)] as const);
  const python = (await list(folder, runtime))
    .filter((path) => !isBytecode(path))
    .map((path) => [path, join(folder, path)] as const);
  const sources = [...found, ...python].toSorted(([one], [other]) => byCodeUnit(one, other));
  const contents = await Promise.all(sources.map(([, file]) => promises.readFile(file)));
  return new Map(sources.map(([path], index) => [path, contents[index] as Uint8Array]));
}

/** What Python leaves beside the sources when it runs them. */
function isBytecode(path: string): boolean {
  return path.endsWith('.pyc') || path.includes('/__pycache__/');
}

async function list(folder: string, prefix: string): Promise<string[]> {
  const entries = await promises.readdir(join(folder, prefix), { withFileTypes: true });
  const found = await Promise.all(
    entries.map(async (entry) => {
      const path = `${prefix}${entry.name}`;
      if (entry.isDirectory()) return list(folder, `${path}/`);
      if (entry.isFile()) return [path];
      throw new InternalError(`${path} is neither a file nor a folder.`);
    }),
  );
  return found.flat();
}
