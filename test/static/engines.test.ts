import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import semver from 'semver';
import { root } from '../support/paths.ts';

interface Locked {
  readonly version: string;
  readonly dev?: boolean;
  readonly devOptional?: boolean;
  readonly engines?: { readonly node?: string };
}

const lock = JSON.parse(readFileSync(path.join(root, 'package-lock.json'), 'utf8')) as {
  readonly packages: Readonly<Record<string, Locked>>;
};

/** What an installation of the package brings: yarn 1 refuses all of it for one package that does not know this Node.js. */
const brought = Object.entries(lock.packages).filter(
  ([name, { dev, devOptional }]) => name !== '' && dev !== true && devOptional !== true,
);

/** Packages whose ranges do not hold every version of Node.js that ours holds. */
function narrower(ours: string, packages: readonly (readonly [string, Locked])[]): readonly string[] {
  return packages
    .filter(([, { engines }]) => engines?.node !== undefined && !semver.subset(ours, engines.node))
    .map(([name, { version, engines }]) => `${name} ${version}: ${engines?.node}`);
}

describe('the versions of Node.js that package.json names', () => {
  const ours = lock.packages['']?.engines?.node ?? '';

  it('are those of every package that is installed with it', () => {
    assert(brought.length > 50);
    assert.deepEqual(narrower(ours, brought), []);
  });

  it('are compared as a package manager would', () => {
    const prompts: Locked = { version: '8.7.5', engines: { node: '>=23.5.0 || ^22.13.0 || ^20.17.0' } };
    assert.equal(narrower(ours, [['@inquirer/prompts', prompts]]).length, 1);
    assert.deepEqual(narrower('^20.19.0 || ^22.13.0', [['@inquirer/prompts', prompts]]), []);
  });

  it('are what the scripts and the lock file say, too', () => {
    const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Locked;
    assert.equal(manifest.engines?.node, ours);
  });

  it('prompts and Yeoman come without the adapter, whose ranges drop older versions of Node.js', () => {
    const names = brought.map(([name]) => name.replace(/^.*node_modules\//u, ''));
    for (const name of ['@yeoman/adapter', 'inquirer', '@inquirer/prompts', 'yeoman-environment']) {
      assert(!names.includes(name), name);
    }
  });
});
