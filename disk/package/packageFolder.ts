import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Absolute folder of this package: the sources, a build in `dist`, or an installed copy. Found without the help of module
 * resolution, in which an old Node.js and Bun differ.
 */
export function packageFolder(): string {
  const candidates = ['../..', '../../..'].map((up) => fileURLToPath(new URL(up, import.meta.url)));
  return candidates.find((folder) => existsSync(`${folder}/package.json`)) ?? candidates[0] ?? '';
}
