/**
 * What generating costs: `yo django-fargate --yes` beside a generator that does nothing, both through the real `yo`, in
 * one session and interleaved. The times are those of one machine; what counts is their ratio. On a busy machine only
 * the processor's share tells something.
 *   npm run bench:generate -- --rounds 10
 */
import { copyFileSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { root } from '../test/support/paths.ts';
import { runOk } from '../test/support/run.ts';
import { filesIn } from '../test/support/tree.ts';
import { Sandbox } from '../test/support/unprivileged.ts';

/** Our part of a run, as a share of the empty run, is to stay below this. */
const aim = 0.3;

/** A generator for which `yo` does what it does for any, and nothing more. */
const emptyGenerator = {
  'package.json': JSON.stringify({
    name: 'generator-empty',
    version: '1.0.0',
    keywords: ['yeoman-generator'],
    type: 'module',
    dependencies: { 'yeoman-generator': '^8.4.0' },
  }),
  'generators/app/index.js': [
    `import Generator from 'yeoman-generator';`,
    'export default class extends Generator {',
    '  writing() {}',
    '}',
    '',
  ].join('\n'),
};

/** The command lines that are timed: a command in `node_modules/.bin` and its arguments. */
const contestants = {
  empty: ['yo', 'empty'],
  ours: ['yo', 'django-fargate', '--yes'],
  bin: ['generator-django-fargate', '--yes'],
} as const;
type Contestant = keyof typeof contestants;

/** A file that our runs leave and the empty one does not. */
const sign = '.django-fargate/baseline.json';

/** What one run took, in ms: on the clock, and of the processor alone, without waiting for the disk or its turn. */
interface Took {
  readonly clock: number;
  readonly processor: number;
}
type Runs = Readonly<Record<Contestant, Took[]>>;

const sandbox = new Sandbox();
const site = path.join(sandbox.folder, 'site');
try {
  const rounds = readRounds();
  await install();
  const names = Object.keys(contestants) as Contestant[];
  // Once before it counts: the files come into the cache, and yo makes its settings.
  for (const name of names) await time(name);
  const runs: Runs = { empty: [], ours: [], bin: [] };
  for (let round = 0; round < rounds; round += 1) {
    // Another one begins each round, so that what comes and goes on the machine meets them all alike.
    const order = [...names.slice(round % names.length), ...names.slice(0, round % names.length)];
    for (const name of order) runs[name].push(await time(name));
  }
  process.stdout.write(`${show(runs)}\n`);
} finally {
  sandbox.remove();
}

function readRounds(): number {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '10' } } });
  const rounds = Number(values.rounds);
  if (!Number.isSafeInteger(rounds) || rounds < 1) throw new Error('--rounds takes a whole number from 1.');
  return rounds;
}

/** The packed package, the empty generator and `yo`, side by side as a user would have them. */
async function install(): Promise<void> {
  const pack = ['pack', '--ignore-scripts', '--json', '--pack-destination', sandbox.folder];
  const { stdout } = await runOk('npm', pack, { cwd: root });
  const [packed] = JSON.parse(stdout) as [{ readonly filename: string }];
  const empty = path.join(sandbox.folder, 'generator-empty');
  for (const [file, content] of Object.entries(emptyGenerator)) {
    mkdirSync(path.dirname(path.join(empty, file)), { recursive: true });
    writeFileSync(path.join(empty, file), content);
  }
  mkdirSync(site);
  writeFileSync(path.join(site, 'package.json'), '{"private": true}\n');
  // A copy rather than a link to the folder, as for any other package.
  const options = ['--install-links', '--prefer-offline', '--no-audit', '--no-fund', '--loglevel=error'];
  const packages = [path.join(sandbox.folder, packed.filename), empty, 'yo@7'];
  await runOk('npm', ['install', ...options, ...packages], { cwd: site });
  // The user may not look where root's own Node.js lies.
  copyFileSync(process.execPath, path.join(sandbox.folder, 'node'));
  await sandbox.handOver();
}

/** Runs a command line in a new folder, from the start of the process to its end. */
async function time(name: Contestant): Promise<Took> {
  const [command, ...args] = contestants[name];
  const folder = path.join(site, 'shop');
  mkdirSync(folder);
  await sandbox.handOver(folder);
  const script = path.join(site, 'node_modules', '.bin', command);
  const usage = path.join(sandbox.folder, 'home', 'usage.json');
  const spy = `
    import { writeFileSync } from 'node:fs';
    process.on('exit', () => writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.cpuUsage())));
  `;
  const words = ['--import', `data:text/javascript,${encodeURIComponent(spy)}`, script, ...args];
  const start = performance.now();
  const { code, output } = await sandbox.run(sandbox.folder, 'node', words, { cwd: folder });
  const clock = performance.now() - start;
  const isRight = code === 0 && filesIn(folder).includes(sign) === (name !== 'empty');
  if (!isRight) throw new Error(`${command} ${args.join(' ')}: exit ${code}\n${output}`);
  const { user, system } = JSON.parse(readFileSync(usage, 'utf8')) as NodeJS.CpuUsage;
  rmSync(folder, { recursive: true });
  rmSync(usage);
  return { clock, processor: (user + system) / 1000 };
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

function median(values: readonly number[]): number {
  const sorted = values.toSorted((one, other) => one - other);
  const [low, high] = [sorted[Math.ceil(sorted.length / 2) - 1], sorted[Math.floor(sorted.length / 2)]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}
