/**
 * Measures how many requests a second the emitted service answers under the CPU quota of a task, beside other ways to
 * start gunicorn, and compares it with the plan:
 *   npm run bench:capacity            about 10 minutes; writes docs/capacity.md and docs/capacity.svg
 *   npm run bench:capacity -- --quick about 2 minutes; writes into .cache/bench
 * Also: --vcpu 0.25,0.5,1 --workloads 5+20,10+40,25+50 (ms CPU + ms wait) --rounds 2 --seconds 4 --clients 16
 * --out FOLDER. Takes Linux, and root for the quotas.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { cache, root } from '../test/support/paths.ts';
import { findPythons, pythonsFrom } from '../test/support/pythons.ts';
import { Postgres } from '../test/support/servers/postgres.ts';
import { stopServers } from '../test/support/servers/process.ts';
import { foundTools } from '../test/support/tools.ts';
import { venvFor } from '../test/support/venvs.ts';
import { drawChart } from './chart.ts';
import type { Workload } from './contenders.ts';
import { emit } from './emitted.ts';
import { describeMachine } from './machine.ts';
import { measureSize } from './measure.ts';
import { writeReport } from './report.ts';
import { summarise } from './results.ts';
import type { Cell } from './results.ts';

const { values } = parseArgs({
  options: {
    quick: { type: 'boolean', default: false },
    vcpu: { type: 'string' },
    workloads: { type: 'string' },
    rounds: { type: 'string' },
    seconds: { type: 'string' },
    clients: { type: 'string', default: '16' },
    out: { type: 'string' },
  },
});
const { quick } = values;
const vcpus = (values.vcpu ?? (quick ? '0.5,1' : '0.25,0.5,1')).split(',').map(Number);
const workloads = (values.workloads ?? (quick ? '10+40' : '5+20,10+40,25+50')).split(',').map((text): Workload => {
  const [cpuMs = Number.NaN, waitMs = Number.NaN] = text.split('+').map(Number);
  return { cpuMs, waitMs };
});
const rounds = Number(values.rounds ?? (quick ? 1 : 2));
const seconds = Number(values.seconds ?? (quick ? 3 : 4));
const clients = Number(values.clients);
const scratch = path.join(cache, 'bench');
const out = values.out ?? (quick ? scratch : path.join(root, 'docs'));
const numbers = [...vcpus, ...workloads.flatMap(({ cpuMs, waitMs }) => [cpuMs, waitMs]), rounds, seconds, clients];
if (numbers.some((number) => !(number > 0))) {
  process.stderr.write('Every number must be above 0; lists are separated by commas, a workload is CPU+WAIT in ms.\n');
  process.exit(2);
}
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => process.exit(130));
}

function program(name: string): string {
  const tool = foundTools()[name];
  if (tool === undefined || 'missing' in tool) {
    throw new Error(`${name} is missing: "npm test" installs the tools`);
  }
  return tool.path;
}

const started = performance.now();
const found = pythonsFrom(await findPythons(), '3.11').at(-1);
if (found === undefined) {
  throw new Error('no Python 3.11 or newer with venv');
}
const { repository } = await emit(vcpus[0] as number, workloads[0] as Workload);
const python = await venvFor(repository, found);
const programs = { postgres: program('postgres'), openssl: program('openssl') };
const cells: Cell[] = [];
try {
  const database = await Postgres.create({ ...programs, maxConnections: 200 });
  for (const vcpu of vcpus) {
    cells.push(...(await measureSize(vcpu, { workloads, rounds, seconds, clients, python, database })));
  }
} finally {
  await stopServers();
}
const place = (cell: Cell) => workloads.indexOf(cell.workload) * vcpus.length + vcpus.indexOf(cell.vcpu);
const sorted = cells.toSorted((a, b) => place(a) - place(b));
const machine = await describeMachine(python, programs.postgres);
const how = { rounds, seconds, clients };
mkdirSync(out, { recursive: true });
mkdirSync(scratch, { recursive: true });
writeFileSync(path.join(out, 'capacity.md'), writeReport(sorted, machine, how));
writeFileSync(path.join(out, 'capacity.svg'), drawChart(sorted, machine));
const summaries = sorted.map(({ rounds: _, ...cell }, index) => ({ ...cell, ...summarise(sorted[index] as Cell) }));
const raw = JSON.stringify({ machine, how, cells: summaries }, undefined, 2);
writeFileSync(path.join(scratch, 'capacity.json'), `${raw}\n`);
const minutes = (performance.now() - started) / 60_000;
process.stdout.write(`Written to ${out} after ${minutes.toFixed(1)} minutes.\n`);
