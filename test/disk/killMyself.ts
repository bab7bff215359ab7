// Run in a process of its own: writes two files, and kills itself at the given call.
import { applyChanges } from '../../disk/apply.ts';
import { planChanges } from '../../disk/changes.ts';
import { faultyFileSystem } from './faultyFileSystem.ts';
import { killed } from './killed.ts';

const [root = '', call = ''] = process.argv.slice(2);
const { fs } = faultyFileSystem({
  before: (name) => {
    if (name.startsWith(call)) process.kill(process.pid, 'SIGKILL');
  },
});
await applyChanges(root, await planChanges(root, killed, fs), fs);
