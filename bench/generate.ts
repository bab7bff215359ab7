/**
 * What generating costs: `yo django-fargate --yes` beside a generator that does nothing, both through the real `yo`, in
 * one session and interleaved. The times are those of one machine; what counts is their ratio. On a busy machine only
 * the processor's share tells something.
 *   npm run bench:generate -- --rounds 10
 */
import { mkdirSync, rmSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { filesIn } from '../test/support/tree.ts';
import { median, orderOf, roundsOf } from './clock.ts';
import type { Took } from './clock.ts';
import { Site } from './site.ts';

/** Our part of a run, as a share of the empty run, is to stay below this. */
const aim = 0.3;

/** The command lines that are timed: a command in `node_modules/.bin` and its arguments. */
const contestants = {
  empty: ['yo', 'empty'],
  ours: ['yo', 'django-fargate', '--yes'],
  bin: ['generator-django-fargate', '--yes'],
} as const;
type Contestant = keyof typeof contestants;

/** A file that our runs leave and the empty one does not. */
const sign = '.django-fargate/baseline.json';

type Runs = Readonly<Record<Contestant, Took[]>>;

const site = new Site();
try {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
  const rounds = roundsOf(values.rounds);
  await site.install();
  const names = Object.keys(contestants) as Contestant[];
  // Once before it counts: the files come into the cache, and yo makes its settings.
  for (const name of names) await time(name);
  const runs: Runs = { empty: [], ours: [], bin: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of orderOf(names, round)) runs[name].push(await time(name));
  }
  process.stdout.write(`${show(runs)}\n`);
} finally {
  site.remove();
}

/** Runs a command line in a new folder. */
async function time(name: Contestant): Promise<Took> {
  const words = contestants[name];
  const folder = path.join(site.folder, 'shop');
  mkdirSync(folder);
  await site.handOver(folder);
  const { took, result } = await site.time(words, folder);
  const isRight = result.code === 0 && filesIn(folder).includes(sign) === (name !== 'empty');
  if (!isRight) throw new Error(`${words.join(' ')}: exit ${result.code}\n${result.output}`);
  rmSync(folder, { recursive: true });
  return took;
}

function show(runs: Runs): string {
  const head = ['', 'median', 'fastest', 'processor, median'];
  const table = new Table({ head, style: { head: [], border: [] }, colAligns: ['left', 'right', 'right', 'right'] });
  const row = (title: string, figure: (of: (name: Contestant) => number) => string): void => {
    table.push([
      title,
      figure((name) => median(runs[name].map(({ clock }) => clock))),
      figure((name) => Math.min(...runs[name].map(({ clock }) => clock))),
      figure((name) => median(runs[name].map(({ processor }) => processor))),
    ]);
  };
  const ms = (value: number): string => `${Math.round(value)} ms`;
  row('yo, an empty generator', (of) => ms(of('empty')));
  row('yo django-fargate --yes', (of) => ms(of('ours')));
  row('difference', (of) => ms(of('ours') - of('empty')));
  row(`difference / empty (aim: below ${aim})`, (of) => (of('ours') / of('empty') - 1).toFixed(2));
  row('generator-django-fargate --yes', (of) => ms(of('bin')));
  const [load = 0] = loadavg();
  const where = `Node.js ${process.versions.node}, ${cpus().length} CPUs, load ${load.toFixed(1)}`;
  return `${table.toString()}\n${runs.empty.length} rounds; ${where}`;
}
