import assert from 'node:assert/strict';
import path from 'node:path';
import { commandNames, findCommandName } from '../../../core/answers/commandNames.ts';
import { findCommands } from '../../../disk/package/findCommands.ts';
import { root } from '../../support/paths.ts';

describe('core/answers/commandNames', () => {
  it('names every command but the one that writes a repository', async () => {
    const found = await findCommands(path.join(root, 'generators'));
    assert.deepEqual([...commandNames].toSorted(), [...found.keys()].filter((name) => name !== 'app').toSorted());
  });

  for (const [word, meant] of Object.entries({
    rezise: 'resize',
    resize: 'resize',
    Resize: 'resize',
    rsize: 'resize',
    plna: undefined,
    plan: 'plan',
    pla: 'plan',
    upgrad: 'upgrade',
    updrade: 'upgrade',
    cellery: 'celery',
    pgbuoncer: 'pgbouncer',
    help: '--help',
    version: '--version',
    'django-fargate:resize': 'resize',
    'django-fargate:frobnicate': '--help',
    app: undefined,
    shop: undefined,
    replica: undefined,
    './rezise': undefined,
    '../resize': undefined,
    'sites/plan': undefined,
    '.': undefined,
    '': undefined,
  })) {
    it(`${JSON.stringify(word)}: ${meant ?? 'a folder'}`, () => assert.equal(findCommandName(word), meant));
  }
});
