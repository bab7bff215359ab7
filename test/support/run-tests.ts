// Run by scripts/test.mjs: the parts of the tests side by side, each in a process of its own, then one closing line.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { installTools } from './install-tools.ts';
import { parts } from './parts.ts';
import type { Part } from './parts.ts';
import { cache } from './paths.ts';
import { Progress } from './progress.ts';
import type { PartResult } from './results.ts';
import { runPart } from './runPart.ts';
import { summarise } from './summarise.ts';

const { values: flags } = parseArgs({
  options: {
    part: { type: 'string', multiple: true },
    /** The parts that need no tool and not long. */
    fast: { type: 'boolean', default: false },
    /** Print every test, not only the failed ones. */
    verbose: { type: 'boolean', default: false },
    'forbid-skips': { type: 'boolean', default: process.env['FORBID_SKIPS'] === '1' },
  },
});

process.exitCode = await main();

async function main(): Promise<number> {
  const unknown = (flags.part ?? []).filter((name) => parts.every((part) => part.name !== name));
  if (unknown.length > 0) {
    process.stderr.write(`No part ${unknown.join(', ')}; there are ${parts.map((part) => part.name).join(', ')}.\n`);
    return 2;
  }
  const chosen = parts
    .filter((part) => flags.part === undefined || flags.part.includes(part.name))
    .filter(({ tools, isSlow }) => !flags.fast || !(tools !== 'none' || isSlow === true));
  const progress = new Progress(chosen.length);
  try {
    return summarise(await runParts(chosen, progress), flags['forbid-skips']);
  } finally {
    progress.stop();
  }
}

/** Resolve when a part that needs them may start. */
type Tools = Readonly<Record<Part['tools'], Promise<unknown>>>;

function toolsFor(chosen: readonly Part[], progress: Progress): Tools {
  const none = Promise.resolve();
  if (chosen.every(({ tools }) => tools === 'none')) {
    return { none, most: none, all: none };
  }
  const startedMs = performance.now();
  progress.say('installing the tools of the tests');
  let onMost = () => {};
  const thatFar = new Promise<void>((resolve) => {
    onMost = resolve;
  });
  const all = installTools(onMost).then(() =>
    progress.say(`installed the tools in ${Math.round((performance.now() - startedMs) / 1000)} s`),
  );
  const most = Promise.race([thatFar, all]);
  // They are waited for where a part needs them; until then a rejection has nobody to tell.
  most.catch(() => {});
  all.catch(() => {});
  return { none, most, all };
}

/** Those side by side first, then, one after another, those that run alone. */
async function runParts(chosen: readonly Part[], progress: Progress): Promise<readonly PartResult[]> {
  const tools = toolsFor(chosen, progress);
  mkdirSync(cache, { recursive: true });
  const temporary = mkdtempSync(path.join(cache, 'tests-'));
  const results = new Map<Part, PartResult>();
  try {
    // From the back: parts.ts names the short ones first. Those without tools run while the tools are installed.
    const beside = (['none', 'most', 'all'] as const).flatMap((which) =>
      chosen.filter((part) => part.lane !== 'alone' && part.tools === which).toReversed(),
    );
    const run = async (part: Part) => {
      await tools[part.tools];
      const isInMemory = flags.fast || part.tools === 'none';
      results.set(part, await runPart(part, { temporary, progress, isInMemory, isVerbose: flags.verbose }));
    };
    const computing = beside.filter((part) => part.lane === 'computes');
    const waiting = beside.filter((part) => part.lane === 'waits');
    const lane = async (next: () => Part | undefined) => {
      for (let part = next(); part !== undefined; part = next()) {
        await run(part);
      }
    };
    const computes = Array.from({ length: Math.max(2, availableParallelism()) }, () =>
      lane(() => computing.shift() ?? waiting.shift()),
    );
    await Promise.all([...computes, lane(() => waiting.shift())]);
    for (const part of chosen.filter((candidate) => candidate.lane === 'alone')) {
      await run(part);
    }
  } finally {
    rmSync(temporary, { recursive: true, force: true });
  }
  // In the order of parts.ts, whatever ended first.
  return chosen.flatMap((part) => results.get(part) ?? []);
}
