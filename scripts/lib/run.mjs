import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a command without showing what it prints, unless it fails: then all of it goes to stderr.
 *
 * @param {string} what one or two words for the message of a failure
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<void>} rejects with a message for the user
 */
export function runQuietly(what, command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    const output = [];
    child.stdout.on('data', (chunk) => output.push(chunk));
    child.stderr.on('data', (chunk) => output.push(chunk));
    child.on('error', (error) => reject(new Error(`${what} failed: ${error.message}`)));
    child.on('close', (code, signal) => {
      if (code === 0) {
        resolve();
        return;
      }
      process.stderr.write(Buffer.concat(output));
      reject(new Error(`${what} failed (${signal ?? `exit ${code}`})`));
    });
  });
}

/**
 * Runs a command with this process's terminal and passes signals on to it.
 *
 * @param {string} command
 * @param {readonly string[]} args
 * @param {import('node:child_process').SpawnOptions} options
 * @returns {Promise<number>} its exit code; 128 + the signal's number when a signal ended it, as a shell reports it
 */
export function runAttached(command, args, options) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { ...options, stdio: 'inherit' });
    // Ctrl-C reaches the child by itself when there is a terminal: the whole foreground group gets it.
    const passed = process.stdin.isTTY ? ['SIGTERM', 'SIGHUP'] : ['SIGTERM', 'SIGHUP', 'SIGINT'];
    for (const signal of passed) {
      process.on(signal, () => child.kill(signal));
    }
    if (process.stdin.isTTY) {
      process.on('SIGINT', () => {});
    }
    child.on('error', reject);
    child.on('close', (code, signal) => resolve(code ?? 128 + constants.signals[signal]));
  });
}
