import { readFileSync } from 'node:fs';
import satisfies from 'semver/functions/satisfies.js';
import { packageFolder } from './packageFolder.ts';

/**
 * Refuses a Node.js that is older than package.json allows, before anything is loaded that it does not know. So this
 * module and what it imports keep to what such a one can parse.
 *
 * @param version such as `20.19.0`
 * @throws an error with exit code 2, as `yo` needs it
 */
export function requireNode(version: string = process.versions.node): void {
  const text = readFileSync(`${packageFolder()}/package.json`, 'utf8');
  const range = (JSON.parse(text) as { readonly engines: { readonly node: string } }).engines.node;
  if (satisfies(version, range, { includePrerelease: true })) return;
  const message =
    `generator-django-fargate needs Node.js ${range}; this is Node.js ${version}. Install a newer one, ` +
    'then run the same command again.';
  throw Object.assign(new Error(message), { code: 2 });
}
