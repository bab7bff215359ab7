/**
 * What a resize costs and what it loses, beside `copier update`: the same tree with the same edits, from the same old to
 * the same new version, in one session and interleaved. The times are those of one machine; what counts are the ratios.
 * Prints Markdown.
 *   npm run bench:resize -- --rounds 5
 */
import { cpSync, mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { cpus, loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import { isDeepStrictEqual, parseArgs } from 'node:util';
import { run } from '../test/support/run.ts';
import { treeOf } from '../test/support/tree.ts';
import { median, orderOf, roundsOf } from './clock.ts';
import type { Took } from './clock.ts';
import { Copier } from './copier.ts';
import { edits } from './edits.ts';
import { Site } from './site.ts';
import { inWords, judge } from './verdict.ts';
import type { Verdict } from './verdict.ts';

/** How many times faster than copier ours is to be. */
const aims = { withStart: 1, withoutStart: 5 };

const before = ['--project-name', 'shop'];
const resize = ['--vcpu', '2', '--rds-class', 'db.m7g.large', '--domain', 'shop.example.com', '--ci', 'gitlab'];
/** What cannot be merged is settled by both: copier writes markers; ours keeps the user's file, and the new one aside. */
const settled = ['--yes', ...resize, '--on-conflict', 'sidecar'];

/** The command lines that are timed; `inside` is timed from where Node.js and Yeoman are loaded. */
const contestants = {
  copier: ['copier', 'update', '--defaults', '--vcs-ref', '2.0.0'],
  copierAlone: ['copier', '--version'],
  yo: ['yo', 'django-fargate:resize', ...settled],
  bin: ['generator-django-fargate', 'resize', ...settled],
  inside: ['generator-django-fargate', 'resize', ...settled],
} as const;
type Contestant = keyof typeof contestants;
const names = Object.keys(contestants) as Contestant[];

const work = mkdtempSync(path.join(tmpdir(), 'bench-resize-'));
const folders = { ours: path.join(work, 'ours'), copier: path.join(work, 'copier') };
const site = new Site();
const copier = new Copier();
try {
  const { values } = parseArgs({ options: { rounds: { type: 'string', default: '5' } } });
  const rounds = roundsOf(values.rounds);
  await prepare();
  // Once before it counts: the files come into the cache, and yo makes its settings.
  const verdicts = new Map<Contestant, readonly Verdict[]>();
  for (const name of names) verdicts.set(name, (await time(name)).verdicts);
  await refuses();
  const runs: Record<Contestant, Took[]> = { copier: [], copierAlone: [], yo: [], bin: [], inside: [] };
  for (let round = 0; round < rounds; round += 1) {
    for (const name of orderOf(names, round)) runs[name].push((await time(name)).took);
  }
  const tables = [showEdits(verdicts.get('copier') ?? [], verdicts.get('yo') ?? []), showTimes(runs)];
  process.stdout.write(`${[...tables, await describe(rounds)].join('\n\n')}\n`);
} finally {
  site.remove();
  copier.remove();
  rmSync(work, { recursive: true, force: true });
}

/** The two edited repositories, each committed, from which every run starts. */
async function prepare(): Promise<void> {
  await site.install();
  const rendered = { old: path.join(work, 'old'), now: path.join(work, 'now') };
  await generate(folders.ours, before);
  await generate(rendered.old, before);
  await generate(rendered.now, [...before, ...resize]);
  for (const tree of Object.values(rendered)) {
    // Each side has records of its own.
    rmSync(path.join(tree, '.yo-rc.json'));
    rmSync(path.join(tree, '.django-fargate'), { recursive: true });
  }
  await copier.install(rendered.old, rendered.now);
  await copier.create(folders.copier);
  for (const folder of Object.values(folders)) {
    await copier.git(folder, ['init', '--quiet']);
    await copier.commit(folder, 'Generated');
    for (const { make } of edits) make(folder);
    await copier.commit(folder, 'Edited');
  }
}

async function generate(folder: string, flags: readonly string[]): Promise<void> {
  mkdirSync(folder);
  await inCopyOf(folder, async (copy) => {
    const { result } = await site.time(['generator-django-fargate', '--yes', ...flags], copy);
    if (result.code !== 0) throw new Error(result.output);
    cpSync(copy, folder, { recursive: true });
  });
}

/** Lets something happen in a copy of a folder, which belongs to the user and is thrown away. */
async function inCopyOf<Result>(folder: string, happen: (copy: string) => Promise<Result>): Promise<Result> {
  const isOurs = folder !== folders.copier;
  const copy = path.join(isOurs ? site.folder : work, 'copy');
  cpSync(folder, copy, { recursive: true, verbatimSymlinks: true });
  try {
    if (isOurs) await site.handOver(copy);
    return await happen(copy);
  } finally {
    rmSync(copy, { recursive: true });
  }
}

/** Runs a command line in a new copy of its edited repository. */
function time(name: Contestant): Promise<{ took: Took; verdicts: readonly Verdict[] }> {
  const words = contestants[name];
  return inCopyOf(words[0] === 'copier' ? folders.copier : folders.ours, async (copy) => {
    const { took, result } = await start(name, copy);
    if (result.code !== 0) throw new Error(`${words.join(' ')}: exit ${result.code}\n${result.output}`);
    return { took, verdicts: edits.map((edit) => judge(edit, copy, result.output)) };
  });
}

function start(name: Contestant, folder: string): ReturnType<Site['time']> {
  const [program, ...args] = contestants[name];
  if (program === 'copier') return copier.time(args, folder);
  return name === 'inside' ? site.timeInside([program, ...args], folder) : site.time([program, ...args], folder);
}

/** Without a decision, ours must leave the repository alone. */
async function refuses(): Promise<void> {
  await inCopyOf(folders.ours, async (copy) => {
    const earlier = treeOf(copy);
    const { result } = await site.time(['generator-django-fargate', 'resize', '--yes', ...resize], copy);
    const isRight = result.code === 3 && isDeepStrictEqual(treeOf(copy), earlier);
    if (!isRight) throw new Error(`not refused: exit ${result.code}\n${result.output}`);
  });
}

function showEdits(ofCopier: readonly Verdict[], ofOurs: readonly Verdict[]): string {
  const count = (all: readonly Verdict[], ...verdicts: Verdict[]): string =>
    String(all.filter((verdict) => verdicts.includes(verdict)).length);
  const total = (title: string, ...verdicts: Verdict[]): readonly string[] => [
    title,
    count(ofCopier, ...verdicts),
    count(ofOurs, ...verdicts),
  ];
  return markdown(
    ['edit', 'copier update', 'resize'],
    [
      ...edits.map(({ title }, index) => [title, inWords[ofCopier[index] ?? 'lost'], inWords[ofOurs[index] ?? 'lost']]),
      total(`kept, of ${edits.length}`, 'kept'),
      total('a conflict told', 'conflict', 'conflict, broken', 'lost, told'),
      total('of these: the file no longer parses', 'conflict, broken'),
      total('lost or doubled, nothing said', 'lost', 'twice'),
    ],
  );
}

function showTimes(runs: Readonly<Record<Contestant, readonly Took[]>>): string {
  const row = (title: string, figure: (of: (name: Contestant) => number) => string): readonly string[] => [
    title,
    figure((name) => median(runs[name].map(({ clock }) => clock))),
    figure((name) => Math.min(...runs[name].map(({ clock }) => clock))),
    figure((name) => median(runs[name].map(({ processor }) => processor))),
  ];
  const ms = (value: number): string => `${Math.round(value)} ms`;
  const times = (value: number): string => `${value.toFixed(1)} times`;
  return markdown(
    ['', 'median', 'fastest', 'processor, median'],
    [
      row('`copier update`', (of) => ms(of('copier'))),
      row('`copier --version`: its start alone', (of) => ms(of('copierAlone'))),
      row('`yo django-fargate:resize`', (of) => ms(of('yo'))),
      row('`generator-django-fargate resize`', (of) => ms(of('bin'))),
      row('of it, without the start of Node.js and Yeoman', (of) => ms(of('inside'))),
      row(`copier / yo (aim: above ${aims.withStart})`, (of) => times(of('copier') / of('yo'))),
      row(`copier / ours without its start (aim: above ${aims.withoutStart})`, (of) =>
        times(of('copier') / of('inside')),
      ),
      row('both without their start', (of) => times((of('copier') - of('copierAlone')) / of('inside'))),
    ],
  );
}

async function describe(rounds: number): Promise<string> {
  const { stdout: git } = await run('git', ['--version']);
  const all = cpus();
  const [load = 0] = loadavg();
  return (
    `${rounds} rounds, ${new Date().toISOString().slice(0, 10)}; ${all[0]?.model.trim() ?? 'unknown'}, ${all.length} CPUs, ` +
    `load ${load.toFixed(1)}; Node.js ${process.versions.node}, yo 7, copier ${copier.version}, ${git.trim().replace(' version', '')}`
  );
}

function markdown(titles: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (columns: readonly string[]): string => `| ${columns.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)].join('\n');
}
