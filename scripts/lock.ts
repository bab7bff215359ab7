/**
 * Locks templates/versions and writes templates/requirements.json from it, of which the requirements of an emitted
 * repository are assembled.
 *   npm run lock                 after a change of templates/versions/pyproject.toml
 *   npm run lock -- --upgrade    also to newer versions within its bounds
 *   npm run lock -- --check      writes nothing, fails when a file is not up to date
 * Needs uv (pip install uv). The lock names files and hashes, and no host that packages come from.
 */
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { renderData } from '../core/emit/requirements/data.ts';
import { requirementsData } from './requirements/requirementsData.ts';
import { uv } from './requirements/uv.ts';

const templates = path.join(import.meta.dirname, '..', 'templates');
const { values } = parseArgs({ options: { upgrade: { type: 'boolean' }, check: { type: 'boolean' } } });

const folder = mkdtempSync(path.join(tmpdir(), 'lock-'));
try {
  for (const file of ['pyproject.toml', 'uv.lock']) {
    copyFileSync(path.join(templates, 'versions', file), path.join(folder, file));
  }
  const options = values.check === true ? ['--check', '--offline'] : values.upgrade === true ? ['--upgrade'] : [];
  uv('uv', folder, ['lock', '--quiet', ...options]);
  const lock = readFileSync(path.join(folder, 'uv.lock'), 'utf8')
    .replaceAll(/registry = "[^"]*"/g, 'registry = "index"')
    .replaceAll(/url = "[^"]*\/([^"/]+)"/g, 'path = "$1"');
  if (lock.includes('://')) throw new Error('The lock still names a host.');
  writeFileSync(path.join(folder, 'uv.lock'), lock);

  const texts = { 'versions/uv.lock': lock, 'requirements.json': renderData(requirementsData('uv', folder)) };
  for (const [file, text] of Object.entries(texts)) {
    const target = path.join(templates, file);
    if (values.check !== true) writeFileSync(target, text);
    else if (readFileSync(target, 'utf8') !== text)
      throw new Error(`templates/${file} is not up to date: npm run lock`);
  }
} finally {
  rmSync(folder, { recursive: true });
}
