import { readFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';

export interface OwnPackage {
  /** Absolute folder of this package. */
  readonly root: string;
  readonly version: string;
}

/** This package: the sources, a build in `dist`, or an installed copy. */
export function ownPackage(): OwnPackage {
  const file = fileURLToPath(import.meta.resolve('generator-django-fargate/package.json'));
  const { version } = JSON.parse(readFileSync(file, 'utf8')) as { readonly version: string };
  return { root: dirname(file), version };
}
