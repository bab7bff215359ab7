import assert from 'node:assert/strict';
import { AsyncLocalStorage } from 'node:async_hooks';
import { mkdirSync, promises, rmSync } from 'node:fs';
import path from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { readCommandLine } from '../../core/answers/flags.ts';
import { command as app } from '../../generators/app/command.ts';
import type { Shell } from '../../generators/command.ts';
import { toCodedError } from '../../generators/guard.ts';
import { writeRepository } from '../../generators/writeRepository.ts';
import { scratch } from '../support/generate.ts';
import type { Tree } from '../disk/tree.ts';
import { freshTree, newRepository, run, treeOf } from './support.ts';
import { assertTree } from './trees.ts';

/** What a run ended with. */
interface Ended {
  readonly code: unknown;
  readonly message: string;
}

type Start = (folder: string, vcpu: number) => Promise<Ended>;

/** Called before each call of the file system of one run, with its number from 1: `lstat /a/b`. */
type Hook = (count: number, call: string) => Promise<void>;

const hooks = new AsyncLocalStorage<{ count: number; readonly hook: Hook }>();
const watched = ['lstat', 'readFile', 'readdir', 'open', 'mkdir', 'link', 'rename', 'unlink', 'rmdir'] as const;

/** Two runs in this process, whose calls of the file system are put in order: no clock decides which comes first. */
describe('two runs at once', function () {
  this.timeout(240_000);
  const usual = { ...promises };

  before(() => {
    for (const name of watched) {
      const real = promises[name] as (...args: readonly unknown[]) => Promise<unknown>;
      const hooked = async (...args: readonly unknown[]): Promise<unknown> => {
        const store = hooks.getStore();
        if (store !== undefined) await store.hook((store.count += 1), `${name} ${String(args[0])}`);
        return real(...args);
      };
      Object.assign(promises, { [name]: hooked });
    }
  });
  after(() => Object.assign(promises, usual));

  const watch = (hook: Hook, start: () => Promise<Ended>): Promise<Ended> => hooks.run({ count: 0, hook }, start);
  const unwatched = <Value>(start: () => Promise<Value>): Promise<Value> => hooks.exit(start);

  const resize: Start = (folder, vcpu) => run(folder, { flags: { vcpu } });

  const write: Start = async (folder, vcpu) => {
    const shell: Shell = {
      cwd: folder,
      environment: {},
      interactive: false,
      columns: 120,
      print: () => undefined,
      ask: () => assert.fail('nobody is there to ask'),
    };
    try {
      return { code: await writeRepository(shell, readCommandLine(['.'], { yes: true, vcpu }, app)), message: '' };
    } catch (error) {
      const { code, message } = toCodedError(error);
      return { code, message };
    }
  };

  const emptyFolder = async (): Promise<string> => {
    const folder = path.join(scratch('together'), 'shop');
    mkdirSync(folder);
    return folder;
  };

  const cases: readonly (readonly [string, Start, () => Promise<string>])[] = [
    ['resize', resize, () => newRepository()],
    ['a new repository', write, emptyFolder],
  ];

  /** Some of the numbers from `first` to `last`, evenly. */
  const some = (first: number, last: number, count: number): readonly number[] =>
    Array.from({ length: count }, (_, index) => first + Math.floor((index * (last - first)) / (count - 1)));

  /** How many calls a run makes, and with which it begins to take the lock. */
  const countCalls = async (start: Start, folder: string): Promise<{ calls: number; locks: number }> => {
    let [calls, locks] = [0, 0];
    const hook: Hook = async (count, call) => {
      calls = count;
      if (/^open .*\.django-fargate\/lock$/u.test(call)) locks ||= count;
    };
    const { code, message } = await watch(hook, () => start(folder, 2));
    assert.equal(code, 0, message);
    return { calls, locks };
  };

  const check = async (folder: string, ended: readonly (Ended & { readonly vcpu: number })[], where: string) => {
    for (const { code, message } of ended) {
      if (code === 0) continue;
      assert.equal(code, 4, `${where}: ${message}`);
      assert.match(
        message,
        /^Another run (?:\(process \d+ on \S+, for \d+ seconds?\) is writing|has changed)/u,
        `${where}: ${message}`,
      );
    }
    const through = ended.filter(({ code }) => code === 0);
    assert(through.length > 0, `${where}: neither went through`);
    // Where both did, one began to look when the other had ended.
    const tree = await treeOf(folder);
    const wanted: Tree[] = [];
    for (const { vcpu } of through) wanted.push(await freshTree({ vcpu }));
    if (!wanted.some((each) => isDeepStrictEqual(each, tree))) assertTree(tree, wanted[0] ?? {}, where);
  };

  for (const [title, start, prepare] of cases) {
    it(`${title}: another whole run in the middle of one, wherever that is`, async () => {
      const { calls, locks } = await countCalls(start, await prepare());
      const seen = new Set<string>();
      for (const moment of [...some(1, locks, 5), locks - 1, locks - 8, ...some(locks + 2, calls, 8)]) {
        const folder = await prepare();
        let inner: Ended | undefined;
        const outer = await watch(
          async (count) => {
            if (count === moment) inner = await unwatched(() => start(folder, 1));
          },
          () => start(folder, 2),
        );
        assert(inner !== undefined);
        await check(
          folder,
          [
            { ...inner, vcpu: 1 },
            { ...outer, vcpu: 2 },
          ],
          `at call ${moment} of ${calls}`,
        );
        seen.add(`${String(inner.code)}, ${String(outer.code)}`);
        rmSync(folder, { recursive: true });
      }
      // Before the other looks, or after: whoever writes first wins, and the other is told.
      assert(seen.has('0, 4') && seen.has('4, 0'), [...seen].join('; '));
    });

    it(`${title}: a run that looks while another one is half-way`, async () => {
      const { calls, locks } = await countCalls(start, await prepare());
      for (const moment of some(1, locks - 1, 3)) {
        for (const halfway of some(locks + 2, calls - 1, 4)) {
          const folder = await prepare();
          const writer: { ended?: Promise<Ended>; goOn?: () => void } = {};
          const looker = await watch(
            async (count) => {
              if (count !== moment) return;
              await new Promise<void>((reached) => {
                const paused = new Promise<void>((resolve) => {
                  writer.goOn = resolve;
                });
                const hook: Hook = async (made) => {
                  if (made !== halfway) return undefined;
                  reached();
                  return paused;
                };
                writer.ended = watch(hook, () => start(folder, 1));
                void writer.ended.finally(reached);
              });
            },
            () => start(folder, 2),
          );
          writer.goOn?.();
          const written = (await writer.ended) ?? assert.fail('the other never started');
          const where = `looking at call ${moment} while the other stands at ${halfway} of ${calls}`;
          await check(
            folder,
            [
              { ...written, vcpu: 1 },
              { ...looker, vcpu: 2 },
            ],
            where,
          );
          rmSync(folder, { recursive: true });
        }
      }
    });
  }
});
