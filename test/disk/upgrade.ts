import type { Planned } from '../../disk/changes/planned.ts';
import type { Scene } from './atEveryCall.ts';
import { planned } from './planned.ts';

const replacing = (path: string, before: string, after: string, mode?: number): Planned =>
  planned(path, after, { replaces: Buffer.from(before), ...(mode === undefined ? {} : { mode }) });
const removal = (path: string, content: string): Planned => ({ path, removes: Buffer.from(content) });

/** All that a run can do to a repository, at once. */
export const upgrade: Scene = {
  title: 'a repository of which files change, appear and go',
  before: {
    '.django-fargate/baseline.json': '{"schema": 1}\n',
    'shop/settings.py': { content: 'DEBUG = False\n', mode: 0o640 },
    'shop/mine.py': 'mine\n',
    'run.sh': { content: '#!/bin/sh\n', mode: 0o644 },
    'lock.sh': { content: 'old\n', mode: 0o755 },
    'old.txt': { content: 'gone\n', mode: 0o600 },
    'docs/deep/a.md': 'a\n',
    'docs/deep/b.md': 'b\n',
    'ops/old.sh': { content: 'old\n', mode: 0o755 },
    'ops/mine.sh': 'mine\n',
    empty: { folder: true },
  },
  files: [
    replacing('.django-fargate/baseline.json', '{"schema": 1}\n', '{"schema": 1, "more": 2}\n'),
    replacing('shop/settings.py', 'DEBUG = False\n', 'DEBUG = False\nMORE = 1\n'),
    replacing('run.sh', '#!/bin/sh\n', '#!/bin/sh\n', 0o755),
    replacing('lock.sh', 'old\n', 'new\n', 0o644),
    planned('new/folder/file.py', 'new\n'),
    planned('shop/mine.py', 'mine\n'),
    removal('old.txt', 'gone\n'),
    removal('docs/deep/a.md', 'a\n'),
    removal('docs/deep/b.md', 'b\n'),
    removal('ops/old.sh', 'old\n'),
    removal('ops/never.sh', 'never\n'),
  ],
  linksRefused: false,
};

/** One file of each kind: enough where every call is tried several times. */
export const smallUpgrade: Scene = {
  title: 'a repository with a file of each kind',
  before: {
    '.django-fargate/baseline.json': '1\n',
    'settings.py': { content: 'DEBUG = False\n', mode: 0o640 },
    'run.sh': '#!/bin/sh\n',
    'docs/old.md': { content: 'old\n', mode: 0o600 },
  },
  files: [
    replacing('.django-fargate/baseline.json', '1\n', '2\n'),
    replacing('settings.py', 'DEBUG = False\n', 'MORE = 1\n'),
    replacing('run.sh', '#!/bin/sh\n', '#!/bin/sh\n', 0o755),
    planned('new/file.py', 'new\n'),
    removal('docs/old.md', 'old\n'),
  ],
  linksRefused: false,
};
