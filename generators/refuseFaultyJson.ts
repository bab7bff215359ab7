import { join } from 'node:path';
import { readObjectSync } from '../disk/read/readJson.ts';

/**
 * Yeoman parses two files of the current folder before anything of ours runs, and would fail without naming them.
 *
 * @throws UserError that names the file and the place in it
 */
export function refuseFaultyJson(cwd: string): void {
  readObjectSync(join(cwd, '.yo-rc.json'));
  readObjectSync(join(cwd, 'package.json'));
}
