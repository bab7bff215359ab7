// Loaded before the command: ends it, as kill -9 does, right before a call that changes something in a folder.
//   KILL_BELOW   the folder
//   KILL_CALL    the kind of the call: only those are counted; all of them unless it is given
//   KILL_AT      the number of the call, from 1; a call of a higher number than there are ends nothing
//   KILL_LOG     a file into which each call is written, one a line
import { appendFileSync, promises } from 'node:fs';

const { KILL_BELOW, KILL_CALL, KILL_AT, KILL_LOG } = process.env;
let calls = 0;

/** Whether a call is one of those that are counted. */
function counts(call, path) {
  return String(path).startsWith(KILL_BELOW) && (KILL_CALL === undefined || KILL_CALL === call);
}

function before(call, path) {
  if (!counts(call, path)) return;
  calls += 1;
  if (KILL_LOG !== undefined) appendFileSync(KILL_LOG, `${call} ${path}\n`);
  if (calls === Number(KILL_AT)) process.kill(process.pid, 'SIGKILL');
}

for (const call of ['mkdir', 'chmod', 'rename', 'unlink', 'rmdir']) {
  const real = promises[call];
  promises[call] = (path, ...rest) => {
    before(call, path);
    return real.call(promises, path, ...rest);
  };
}
const { link, open } = promises;
promises.link = (from, to) => {
  before('link', to);
  return link.call(promises, from, to);
};
promises.open = async (path, flags, ...rest) => {
  if (flags !== 'r') before('open', path);
  const file = await open.call(promises, path, flags, ...rest);
  const { writeFile } = file;
  file.writeFile = async (bytes, ...more) => {
    // Half of it is there already.
    const isEnd = calls + 1 === Number(KILL_AT) && counts('write', path);
    if (isEnd) await writeFile.call(file, bytes.subarray(0, bytes.length / 2), ...more);
    before('write', path);
    return writeFile.call(file, bytes, ...more);
  };
  return file;
};
