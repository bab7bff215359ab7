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
/** What changes something. `test/disk` walks every call, in one process; here one of each kind ends a real one. */
const kinds = ['mkdir', 'open', 'write', 'link', 'rename', 'unlink'] as const;
type Kind = (typeof kinds)[number];

interface Moment {
  readonly title: string;
  /** Which calls are counted; all unless it is given. */
  readonly kind?: Kind;
  /** How many of them are made before, as a share. */
  readonly share: number;
}

const moments: readonly Moment[] = [
  { title: 'before its first call', share: 0 },
  ...kinds.map((kind) => ({ title: `in the middle of its calls of ${kind}`, kind, share: 0.5 })),
  { title: 'shortly before its end', share: 0.95 },
];
const flags = { vcpu: 1, 'on-conflict': 'theirs' };

describe('case 34: kill -9 of a resize', function () {
  this.timeout(600_000);
  let untouched: Tree;
  let complete: Tree;
  let calls: readonly string[];

  /** Edits that are merged, one that is in conflict, and a deletion. */
  async function makeEdited(): Promise<string> {
    const folder = await newRepository();
    edit(folder, { ...edits, 'gunicorn.conf.py': threads });
    rmSync(path.join(folder, 'deploy/ecs/ops.json'));
    return folder;
  }

  /** Runs the command, which ends at one of its calls. Gives the signal that ended it. */
  async function runKilled(
    folder: string,
    { at, kind, log }: { readonly at: number; readonly kind?: Kind | undefined; readonly log?: string },
  ): Promise<string | null> {
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const kill = {
      KILL_BELOW: folder,
      KILL_AT: String(at),
      ...(kind === undefined ? {} : { KILL_CALL: kind }),
      ...(log === undefined ? {} : { KILL_LOG: log }),
    };
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
    assert.equal(await runKilled(folder, { at: 0, log }), null);
    complete = await treeOf(folder);
    const lines = readFileSync(log, 'utf8').trimEnd().split('\n');
    calls = lines.map((line) => line.split(' ')[0] ?? '');
    for (const kind of kinds) assert(calls.includes(kind), kind);
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

  for (const [index, { title, kind, share }] of moments.entries()) {
    const isRepeated = index % 2 === 0;
    it(`${title}: ${isRepeated ? 'the same run again, then --undo' : '--undo, then the same run again'}`, async () => {
      const folder = await makeEdited();
      const counted = calls.filter((call) => kind === undefined || call === kind).length;
      assert.equal(await runKilled(folder, { at: 1 + Math.floor(share * counted), kind }), 'SIGKILL');
      assertNoneTorn(await treeOf(folder));
      const repeat = async (): Promise<void> => {
        const { code, message } = await run(folder, { flags });
        assert.equal(code, 0, message);
        assertTree(await treeOf(folder), complete);
      };
      if (isRepeated) await repeat();
      const { code, message } = await run(folder, { flags: { undo: true } });
      assert.equal(code, 0, message);
      assertTree(await treeOf(folder), untouched);
      await repeat();
    });
  }

  it('after another run, and before its first change: --undo cleans up, and the other run stays until asked again', async () => {
    const folder = await makeEdited();
    assert.equal((await run(folder, { flags: { 'slowest-request': 40 } })).code, 0);
    const resized = await treeOf(folder);
    assert.equal(await runKilled(folder, { at: 1, kind: 'rename' }), 'SIGKILL');
    const names = Object.keys(await treeOf(folder));
    assert(names.includes('.django-fargate/lock') && names.includes('.django-fargate/journal.json'), String(names));
    const dry = await run(folder, { flags: { undo: true, 'dry-run': true } });
    assert.match(dry.stdout, /before it changed anything/u);
    const { code, stdout, message } = await run(folder, { flags: { undo: true } });
    assert.equal(code, 0, message);
    assert.match(stdout, /^The run before it, "yo django-fargate:resize --slowest-request 40" of .* UTC, is kept; /mu);
    assertTree(await treeOf(folder), resized);
    const again = await run(folder, { flags: { undo: true } });
    assert.match(again.stdout, /^Undoing "yo django-fargate:resize --slowest-request 40" of /mu);
    assertTree(await treeOf(folder), untouched);
  });
});
