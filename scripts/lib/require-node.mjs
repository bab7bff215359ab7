import { readFileSync } from 'node:fs';
import { satisfies } from './node-version.mjs';

/** Ends the process with one line when this Node.js is older than package.json allows. */
export function requireNode() {
  const range = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')).engines.node;
  if (!satisfies(process.versions.node, range)) {
    process.stderr.write(
      'generator-django-fargate needs Node.js ' + range + '; this is Node.js ' + process.versions.node + '.\n',
    );
    process.exit(2);
  }
}
