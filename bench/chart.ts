import { nameOf, plan } from './contenders.ts';
import type { Machine } from './machine.ts';
import { summarise } from './results.ts';
import type { Cell } from './results.ts';

const width = 900;
const barsLeft = 230;
const barsRight = 560;
const rowHeight = 24;
/** Right edges of the columns beside the bars. */
const columns = { p99: 680, connections: 765, memory: 830, failed: 876 };
const groupGap = 40;

/** The generator's default request where it was measured, else the first workload. */
function chosen(cells: readonly Cell[]): readonly Cell[] {
  const asked = cells.filter(({ workload }) => workload.cpuMs === 25 && workload.waitMs === 50);
  return asked.length > 0 ? asked : cells.filter(({ workload }) => workload === cells[0]?.workload);
}

/** docs/capacity.svg: bars of requests a second, a group for each vCPU, and a tick where the plan predicted ours. */
export function drawChart(all: readonly Cell[], machine: Machine): string {
  const cells = chosen(all);
  const [first] = cells;
  if (first === undefined) {
    throw new Error('nothing was measured');
  }
  const highest = Math.max(...cells.map((cell) => summarise(cell).requestsPerSecond));
  const scale = (barsRight - barsLeft) / highest;
  const parts: string[] = [];
  let y = 66;
  for (const vcpu of new Set(cells.map((cell) => cell.vcpu))) {
    parts.push(text(24, y + 14, `${vcpu} vCPU`, 'class="group"'));
    y += 24;
    for (const cell of cells.filter((candidate) => candidate.vcpu === vcpu)) {
      parts.push(...bar(cell, y, scale));
      y += rowHeight;
    }
    y += groupGap - rowHeight;
  }
  const height = y + 34;
  const title = `Requests a second of one saturated task: ${nameOf(first.workload)}`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" role="img" aria-label="${escapeXml(title)}">
<style>
text { font: 13px system-ui, -apple-system, 'Segoe UI', Helvetica, Arial, sans-serif; fill: #1f2328; }
.title { font-size: 16px; font-weight: 600; }
.group { font-weight: 600; }
.small { font-size: 12px; fill: #59636e; }
.ours { font-weight: 600; }
</style>
<rect width="100%" height="100%" rx="8" fill="#ffffff" stroke="#d1d9e0"/>
${text(24, 32, title, 'class="title"')}
${text(24, 52, 'Longer is better. The black line is what the plan predicted.', 'class="small"')}
${Object.entries(columns)
  .map(([name, x]) => text(x, 52, name, 'class="small" text-anchor="end"'))
  .join('\n')}
${parts.join('\n')}
${text(24, height - 16, `Measured ${machine.date} on ${machine.cpu}, ${machine.cores} cores, under CPU quotas; how: docs/capacity.md`, 'class="small"')}
</svg>
`;
}

function bar(cell: Cell, y: number, scale: number): readonly string[] {
  const { requestsPerSecond, p99Ms, connections, memory, failed } = summarise(cell);
  const ours = cell.contender === plan;
  const shape = cell.sizes === undefined ? '' : `: ${cell.sizes.workers} x ${cell.sizes.threads}`;
  const length = Math.max(1, requestsPerSecond * scale);
  const predicted = (cell.sizes?.capacityRequestsPerSecond ?? 0) * scale;
  const right = { p99: `${Math.round(p99Ms)} ms`, connections, memory: `${Math.round(memory.pssMiB)} MiB`, failed };
  const style = ours ? 'class="ours"' : '';
  return [
    text(barsLeft - 10, y + 14, `${cell.contender.name}${shape}`, `${style} text-anchor="end"`),
    `<rect x="${barsLeft}" y="${y + 2}" width="${length.toFixed(1)}" height="${rowHeight - 7}" rx="2" fill="${ours ? '#1a7f37' : '#8c959f'}"/>`,
    ...(predicted > 0
      ? [
          `<rect x="${(barsLeft + predicted - 1).toFixed(1)}" y="${y - 1}" width="2" height="${rowHeight - 1}" fill="#1f2328"/>`,
        ]
      : []),
    text(Math.max(barsLeft + length, barsLeft + predicted) + 8, y + 15, requestsPerSecond.toFixed(1), style),
    ...(Object.keys(columns) as (keyof typeof columns)[]).map((name) =>
      text(columns[name], y + 15, String(right[name]), 'class="small" text-anchor="end"'),
    ),
  ];
}

function text(x: number, y: number, content: string, attributes: string): string {
  const space = attributes === '' ? '' : ' ';
  return `<text x="${x.toFixed(1)}" y="${y}"${space}${attributes}>${escapeXml(content)}</text>`;
}

function escapeXml(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;').replaceAll('"', '&quot;');
}
