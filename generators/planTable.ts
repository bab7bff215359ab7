import Table from 'cli-table3';
import { features } from '../core/features/features.ts';
import { wrap } from '../core/emit/wrap.ts';
import type { SizeRow } from '../core/plan/demand.ts';
import { compareCosts, describeCost } from '../core/plan/describeCost.ts';
import { plural } from '../core/plan/item.ts';
import type { Item } from '../core/plan/item.ts';
import type { Plan } from '../core/plan/types.ts';

/** Rows of the table: the words that AWS, gunicorn and PostgreSQL use, and where the number stands in the plan. */
const rows: readonly SizeRow[] = [
  ['task CPU', ({ task }) => task.cpuUnits, 'units'],
  ['task memory', ({ task }) => task.memoryMiB, 'MiB'],
  ['gunicorn workers', ({ gunicorn }) => gunicorn.workers],
  ['gunicorn threads', ({ gunicorn }) => gunicorn.threads],
  ['largest upload', ({ uploads }) => uploads.largestMiB, 'MiB'],
  ['capacity of a task', ({ gunicorn }) => gunicorn.capacityRequestsPerSecond, 'req/s'],
  ['max_requests', ({ gunicorn }) => gunicorn.maxRequests],
  ['web tasks, minimum', ({ service }) => service.minTasks],
  ['web tasks, maximum', ({ service }) => service.maxTasks],
  ['scale at', ({ scaling }) => scaling.requestCountPerTarget, 'req/min'],
  ['scale at CPU', ({ scaling }) => scaling.cpuTargetPercent, '%'],
  ['max_connections', ({ database }) => database.maxConnections],
  ['connections planned', ({ database }) => database.plannedConnections],
  ['statement_timeout', ({ database }) => database.statementTimeoutMs, 'ms'],
  ['gunicorn timeout', ({ gunicorn }) => gunicorn.timeoutSeconds, 's'],
  ['ALB idle timeout', ({ loadBalancer }) => loadBalancer.idleTimeoutSeconds, 's'],
  ['gunicorn keepalive', ({ gunicorn }) => gunicorn.keepaliveSeconds, 's'],
  ['graceful_timeout', ({ gunicorn }) => gunicorn.gracefulTimeoutSeconds, 's'],
  ['ECS stopTimeout', ({ service }) => service.stopTimeoutSeconds, 's'],
  ['deregistration delay', ({ loadBalancer }) => loadBalancer.deregistrationDelaySeconds, 's'],
  ['unhealthy threshold', ({ loadBalancer }) => loadBalancer.unhealthyThreshold],
  ['health grace period', ({ service }) => service.healthCheckGracePeriodSeconds, 's'],
  ...features.flatMap((feature) => feature.plan.table ?? []),
];

const border = {
  top: '',
  'top-mid': '',
  'top-left': '',
  'top-right': '',
  bottom: '',
  'bottom-mid': '',
  'bottom-left': '',
  'bottom-right': '',
  left: '',
  'left-mid': '',
  mid: '',
  'mid-mid': '',
  right: '',
  'right-mid': '',
  middle: ' ',
};

/** The sizes in one line. */
export function describeSizes(plan: Plan): string {
  const { task, gunicorn, service, database } = plan;
  const optional = features.map((feature) => feature.plan.inShort?.(plan) ?? '').join('');
  return (
    `${task.vcpu.value} vCPU, ${task.memoryMiB.value} MiB, ${gunicorn.workers.value} x ${plural(gunicorn.threads.value, 'thread')}, ` +
    `${service.minTasks.value} to ${plural(service.maxTasks.value, 'task')}, ${optional}${database.plannedConnections.value} of ` +
    `${database.maxConnections.value} connections`
  );
}

/** The plan in one line, in case the table has scrolled off the screen. */
export function describePlan(plan: Plan): string {
  const { length } = plan.warnings;
  const warnings = length === 0 ? '' : `; ${plural(length, 'warning')} above`;
  return `${describeSizes(plan)}; ${describeCost(plan).figure} a month${warnings}`;
}

function showValue(item: Item<number | null> | undefined): string {
  return item === undefined ? 'none' : String(item.value ?? 'unknown');
}

/** In a narrower column the reasons would break inside words. */
const narrowest = 30;

/** A row for a narrow terminal: the reason below the value. */
function showNarrow([name = '', value = '', why = '']: readonly string[], columns: number): readonly string[] {
  return [`${name}  ${value}`, ...wrap(why, columns - 4).map((line) => `    ${line}`)];
}

/**
 * The plan as a table with its reasons, and the warnings below it; at most `columns` wide.
 *
 * @param before the plan until now: then only what differs is shown, old -> new
 * @param drifts whether files on disk have other sizes: then only the plan is unchanged
 */
export function showPlan(plan: Plan, columns: number, before?: Plan, drifts = false): string {
  const indent = 2;
  const nameWidth = 22;
  const valueWidth = before === undefined ? 15 : 20;
  const there = rows.filter(([, find]) => find(plan) !== undefined || (before && find(before)) !== undefined);
  const shown = before === undefined ? there : there.filter(([, find]) => find(plan)?.value !== find(before)?.value);
  const table = new Table({
    chars: border,
    style: { head: [], border: [], 'padding-left': 0, 'padding-right': 0 },
    colWidths: [nameWidth, valueWidth, Math.max(narrowest, columns - nameWidth - valueWidth - 2 - indent)],
    wordWrap: true,
  });
  for (const [name, find, unit] of shown) {
    const item = find(plan);
    const was = before === undefined ? '' : `${showValue(find(before))} -> `;
    const withUnit = unit === undefined || (item?.value ?? null) === null ? '' : ` ${unit}`;
    table.push([name, `${was}${showValue(item)}${withUnit}`, item?.why ?? 'no longer part of the plan']);
  }
  const cost = before === undefined ? describeCost(plan) : compareCosts(before, plan);
  if (cost !== undefined) table.push(['cost a month', cost.figure, cost.why]);
  const warnings = plan.warnings.flatMap((warning) =>
    wrap(warning, columns - indent).map((line, index) => `${index === 0 ? '! ' : '  '}${line}`),
  );
  const reasonWidth = columns - nameWidth - valueWidth - 2 - indent;
  const lines =
    table.length === 0
      ? []
      : reasonWidth < narrowest
        ? table.flatMap((row) => showNarrow(row as readonly string[], columns - indent))
        : table.toString().split('\n');
  const rest = there.length - shown.length;
  return [
    shown.length > 0 ? 'The plan' : drifts ? 'The plan is unchanged' : 'The plan: no size changes',
    ...lines.map((line) => `${' '.repeat(indent)}${line.trimEnd()}`),
    ...(before !== undefined && shown.length > 0 && rest > 0
      ? [`  The other ${rest} sizes ${drifts ? 'of the plan ' : ''}are unchanged.`]
      : []),
    ...(warnings.length === 0 ? [] : ['', ...warnings]),
  ].join('\n');
}
