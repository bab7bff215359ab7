import { nameOf, plan } from './contenders.ts';
import type { Machine } from './machine.ts';
import { summarise } from './results.ts';
import type { Cell } from './results.ts';

interface How {
  readonly rounds: number;
  readonly seconds: number;
  readonly clients: number;
}

/** docs/capacity.md: what was measured, how and where; the cells sorted by workload, then by vCPU. */
export function writeReport(cells: readonly Cell[], machine: Machine, how: How): string {
  const workloads = [...new Set(cells.map(({ workload }) => workload))];
  const limits = cells.every((cell) => cell.limitsMemory) ? 'CPU quota and memory limit' : 'CPU quota';
  const sections = workloads.flatMap((workload) => [
    `### ${nameOf(workload)}`,
    '',
    ...comparison(cells.filter((cell) => cell.workload === workload)),
    '',
  ]);
  const idle = Math.min(...cells.map((cell) => summarise(cell).idleCores)).toFixed(2);
  const stolen = Math.max(...cells.map((cell) => summarise(cell).stolenCores)).toFixed(2);
  const ours = cells.filter((cell) => cell.contender === plan);
  const lines = [
    '# Capacity, measured',
    '',
    `${machine.date}, ${machine.cpu}, ${machine.cores} cores, ${machine.memoryGiB} GiB, ${machine.kernel}; ${machine.software}.`,
    'Written by `npm run bench:capacity`.',
    '',
    `The emitted service, unchanged but for one view, runs under the ${limits} of a task (cgroups, as on Fargate); PostgreSQL,`,
    'reached over TLS, and the clients run outside of it. The view computes, waits in a query (`pg_sleep`), computes again.',
    `${how.clients} clients each send their next request when the last one was answered: the service is saturated, and a`,
    'request waits in line most of its time. The contenders differ only in how gunicorn is started; they are measured in',
    `turn, ${how.rounds} x ${how.seconds} s each. In the busiest of these times ${idle} of the machine's ${machine.cores} cores stood`,
    `idle, and its host gave ${stolen} to other guests. Other machines give other numbers; compare rows, not machines.`,
    '',
    '- **requests/s**: answered with 200; in brackets the slowest and the fastest round. **p99** of their latency.',
    '- **failed**: any other answer, or none within 30 s.',
    '- **connections**: to the database, at the end of a round.',
    '- **memory**: of all processes, shared pages counted once (PSS). The project is nearly empty: real ones need more.',
    '- **boot**: from the start of gunicorn to the first 200 of `/healthz`.',
    '',
    '## Beside other ways to start gunicorn',
    '',
    ...sections,
    '## The plan beside the measurement',
    '',
    '- **plan**: `capacityRequestsPerSecond` of `deploy/sizing.json`. **ideal**: the same without its safety factor.',
    '- **CPU a request**: CPU time of all processes / requests: the view, Django, gunicorn, the log line, the driver.',
    '- **throttled**: share of the 100 ms CPU periods in which the quota was used up.',
    '',
    ...prediction(ours),
    '',
    '## Boot',
    '',
    'Of the whole gunicorn, until the first answer, and until all workers have loaded the project.',
    '',
    ...boots(cells),
  ];
  return `${lines.join('\n')}\n`;
}

function comparison(cells: readonly Cell[]): readonly string[] {
  const rows = cells.map((cell) => {
    const { requestsPerSecond, lowest, highest, p99Ms, failed, failures, connections, memory } = summarise(cell);
    const killed = cell.memoryKills > 0 ? ` (${cell.memoryKills} killed)` : '';
    return [
      String(cell.vcpu),
      describe(cell),
      `${requestsPerSecond.toFixed(1)} (${lowest.toFixed(1)} to ${highest.toFixed(1)})`,
      `${Math.round(p99Ms)} ms`,
      failed === 0 ? '0' : `${failed} (${failures})`,
      String(connections),
      `${Math.round(memory.pssMiB)} MiB${killed}`,
      `${cell.boot.firstAnswerSeconds.toFixed(1)} s`,
    ];
  });
  return table(['vCPU', 'gunicorn', 'requests/s', 'p99', 'failed', 'connections', 'memory', 'boot'], rows);
}

function prediction(cells: readonly Cell[]): readonly string[] {
  const rows = cells.flatMap((cell) => {
    const { vcpu, workload, sizes } = cell;
    if (sizes === undefined) {
      return [];
    }
    const { cpuMs, waitMs } = workload;
    const summary = summarise(cell);
    const ideal = Math.min((1000 * vcpu) / cpuMs, (1000 * sizes.slots) / (cpuMs + waitMs));
    const planned = sizes.capacityRequestsPerSecond;
    return [
      [
        nameOf(workload),
        String(vcpu),
        `${sizes.workers} x ${sizes.threads}`,
        ideal.toFixed(1),
        planned.toFixed(1),
        summary.requestsPerSecond.toFixed(1),
        `${signed((summary.requestsPerSecond / planned - 1) * 100)} %`,
        `${summary.cpuMsPerRequest.toFixed(1)} ms`,
        `${summary.vcpuUsed.toFixed(2)}`,
        `${Math.round(summary.throttledShare * 100)} %`,
      ],
    ];
  });
  const titles = ['workload', 'vCPU', 'gunicorn', 'ideal', 'plan', 'measured', 'difference'];
  return table([...titles, 'CPU a request', 'vCPU used', 'throttled'], rows);
}

function boots(cells: readonly Cell[]): readonly string[] {
  // One boot serves several workloads.
  const once = cells.filter((cell, index) => cells.findIndex(({ boot }) => boot === cell.boot) === index);
  const rows = once
    .toSorted((a, b) => a.vcpu - b.vcpu)
    .map((cell) => {
      const { firstAnswerSeconds, firstAnswerCpuSeconds, settledSeconds, settledCpuSeconds } = cell.boot;
      return [
        String(cell.vcpu),
        describe(cell),
        `${firstAnswerSeconds.toFixed(1)} s`,
        `${firstAnswerCpuSeconds.toFixed(2)} s`,
        `${settledSeconds.toFixed(1)} s`,
        `${settledCpuSeconds.toFixed(2)} s`,
      ];
    });
  return table(['vCPU', 'gunicorn', 'first answer', 'CPU time', 'all workers', 'CPU time'], rows);
}

function describe({ contender, sizes }: Cell): string {
  return sizes === undefined ? contender.name : `**${contender.name}: ${sizes.workers} x ${sizes.threads}**`;
}

function signed(percent: number): string {
  return `${percent < 0 ? '-' : '+'}${Math.abs(Math.round(percent))}`;
}

function table(titles: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (columns: readonly string[]) => `| ${columns.join(' | ')} |`;
  return [line(titles), line(titles.map(() => '---')), ...rows.map(line)];
}
