import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { Tree } from '../disk/tree.ts';
import { edits, threads } from './edits.ts';
import { edit, newRepository, run, treeOf } from './support.ts';
import { assertTree } from './trees.ts';
import { scratch } from '../support/generate.ts';
import { bin } from '../bin/runBin.ts';

const preload = fileURLToPath(new URL('killAt.mjs', import.meta.url));
const kills = 14;
const flags = { vcpu: 1, 'on-conflict': 'theirs' };

describe('case 34: kill -9 of a resize', function () {
  this.timeout(600_000);
  let untouched: Tree;
  let complete: Tree;
  let calls: number;

  /** Edits that are merged, one that is in conflict, and a deletion. */
  async function makeEdited(): Promise<string> {
    const folder = await newRepository();
    edit(folder, { ...edits, 'gunicorn.conf.py': threads });
    rmSync(path.join(folder, 'deploy/ecs/ops.json'));
    return folder;
  }

  /** Runs the command, which ends at one of its calls. Gives the signal that ended it. */
  async function runKilled(folder: string, at: number, log?: string): Promise<string | null> {
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const kill = { KILL_BELOW: folder, KILL_AT: String(at), ...(log === undefined ? {} : { KILL_LOG: log }) };
    const child = spawn(process.execPath, ['--import', preload, bin, 'resize', '--yes', ...words], {
      cwd: folder,
      env: { ...process.env, ...kill },
      stdio: 'ignore',
    });
    const [, signal] = (await once(child, 'exit')) as [number | null, string | null];
    return signal;
  }

  before(async () => {
    const folder = await makeEdited();
    untouched = await treeOf(folder);
    const log = path.join(scratch(), 'calls');
    assert.equal(await runKilled(folder, 0, log), null);
    complete = await treeOf(folder);
    const made = readFileSync(log, 'utf8').trimEnd().split('\n');
    for (const call of ['open', 'write', 'link', 'rename', 'unlink', 'mkdir']) {
      assert(
        made.some((line) => line.startsWith(`${call} `)),
        call,
      );
    }
    calls = made.length;
  });

  /** Each file is as it was, or as it is to be; what else there is belongs to the run. */
  function assertNoneTorn(now: Tree): void {
    for (const [file, entry] of Object.entries(now)) {
      if (/(?:^|\/)\.django-fargate-|^\.django-fargate\/(?:lock|journal\.json)/u.test(file)) continue;
      const isWhole = [untouched[file], complete[file]].some((whole) => isDeepStrictEqual(entry, whole));
      assert(isWhole, `${file} is neither as before nor as after`);
    }
    const gone = Object.keys(untouched).filter((file) => file in complete && !(file in now));
    assert.deepEqual(gone, []);
  }

  for (let step = 0; step < kills; step += 1) {
    const isRepeated = step % 2 === 0;
    it(`after ${step} of ${kills} parts of its calls: ${isRepeated ? 'the same run again, then --undo' : '--undo, then the same run again'}`, async () => {
      const folder = await makeEdited();
      assert.equal(await runKilled(folder, 1 + Math.floor((step * calls) / kills)), 'SIGKILL');
      assertNoneTorn(await treeOf(folder));
      const repeat = async (): Promise<void> => {
        const { code, message } = await run(folder, { flags });
        assert.equal(code, 0, message);
        assertTree(await treeOf(folder), complete);
      };
      if (isRepeated) await repeat();
      const { code, message } = await run(folder, { flags: { undo: true } });
      // What had changed nothing cannot be taken back.
      if (code === 2 && !isRepeated) {
        assert.match(message, /^There is no run to take back/u);
        assertNoneTorn(await treeOf(folder));
        for (const [file, entry] of Object.entries(untouched)) assert.deepEqual((await treeOf(folder))[file], entry);
      } else {
        assert.equal(code, 0, message);
        assertTree(await treeOf(folder), untouched);
      }
      await repeat();
    });
  }
});
