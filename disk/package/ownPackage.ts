import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { packageFolder } from './packageFolder.ts';

export interface OwnPackage {
  /** Absolute folder of this package. */
  readonly root: string;
  readonly version: string;
}

/** This package: the sources, a build in `dist`, or an installed copy. */
export function ownPackage(): OwnPackage {
  const root = packageFolder();
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as { readonly version: string };
  return { root, version };
}
