import { basename, dirname, join, relative } from 'node:path';
import { storedSection } from '../core/answers/files.ts';
import { parseProjectName } from '../core/answers/projectName.ts';
import { UserError } from '../core/errors.ts';
import { findDjangoProject } from '../disk/read/findDjangoProject.ts';
import type { DjangoProject } from '../disk/read/findDjangoProject.ts';
import { isFree } from '../disk/read/isFree.ts';
import type { Repository } from './openRepository.ts';
import { quote } from './report.ts';

/** Packages of settings that are not named after the project. */
const general: ReadonlySet<string> = new Set(
  'api app apps backend conf config core main project server settings site src web website'.split(' '),
);

/**
 * Refuses a folder that holds a Django project which is not ours. Files of ours would be imported by modules of the
 * project (`settings/local.py` by its production settings) or picked up by name (`gunicorn.conf.py`, `compose.yaml`),
 * and what was deployed would be an empty site beside it.
 *
 * @param cwd from where the command was called
 * @throws UserError (exit 2) that says where to write the repository, and what to move into it
 */
export async function refuseDjangoProject(cwd: string, { folder, baseline, yoRc }: Repository): Promise<void> {
  if (baseline !== undefined) return;
  const found = await findDjangoProject(folder);
  if (found === undefined) return;
  if (storedSection(yoRc) !== undefined) {
    throw new UserError(
      `${folder} contains a generated repository without its .django-fargate/baseline.json; nothing was written. ` +
        'Restore that file from version control, or run yo django-fargate:resize --rebuild-baseline there.',
    );
  }
  const beside = await freeFolderBeside(folder);
  const name = ownName(found);
  const command = [
    'yo django-fargate',
    quote(relative(cwd, beside)),
    ...(name === undefined ? [] : [`--project-name ${name}`]),
  ];
  throw new UserError(
    [
      `${folder} contains a Django project (${found.mark}); nothing was written.`,
      'This command only writes new repositories: its settings, tests and Dockerfile would mix with yours.',
      'Write the repository into an empty folder beside it:',
      `  ${command.join(' ')}`,
      'Then move your apps: copy their folders to the same place in it, add them to INSTALLED_APPS in its ' +
        'settings/base.py and their URLs to its urls.py, add your packages to its requirements.in and run "make lock". ' +
        '"make test" shows what is missing.',
    ].join('\n'),
  );
}

async function freeFolderBeside(folder: string): Promise<string> {
  const stem = join(dirname(folder), `${basename(folder) || 'site'}-fargate`);
  for (let number = 1; ; number += 1) {
    const candidate = number === 1 ? stem : `${stem}-${number}`;
    if (await isFree(candidate)) return candidate;
  }
}

/** The name of the project, if it is usable: then apps inside its package keep their import paths. */
function ownName({ package: name }: DjangoProject): string | undefined {
  return name !== undefined && !general.has(name) && 'value' in parseProjectName(name) ? name : undefined;
}
