// Run in a process of its own: does what the third argument names, and kills itself at the given call.
import { run } from './atEveryCall.ts';
import { faultyFileSystem } from './faultyFileSystem.ts';
import { killed, label } from './killed.ts';
import { undoLast } from './undoLast.ts';
import { upgrade } from './upgrade.ts';

const [root = '', call = '', what = ''] = process.argv.slice(2);
const { fs } = faultyFileSystem({
  before: (name) => {
    if (name.startsWith(call)) process.kill(process.pid, 'SIGKILL');
  },
});
if (what === 'create') await run(root, killed, { fs });
if (what === 'upgrade') await run(root, upgrade.files, { fs, backup: { label } });
if (what === 'undo') await undoLast(root, fs);
