import { item, plural } from './item.ts';
import { sources } from './sources.ts';
import { databaseStorageGiB } from './storage.ts';
import type { Plan, SizingAnswers } from './types.ts';

interface AlarmInput {
  readonly answers: SizingAnswers;
  /** Connections of the web outside a deployment, and the sum in words. */
  readonly webConnections: { readonly value: number; readonly why: string };
  readonly otherConnections: number;
  readonly maxConnections: number;
  /** Only for a burstable database class. */
  readonly burstableVcpu?: number | undefined;
}

/** Thresholds that stay silent in a legitimate deployment and speak before users notice. */
export function watch(input: AlarmInput): Omit<Plan['alarms'], 'cpuPercent'> {
  const { answers, webConnections, otherConnections, maxConnections } = input;
  const usual = webConnections.value + otherConnections;
  const request = answers.cpuMs + answers.waitMs;
  const latency = Math.min(answers.slowestRequestSeconds, Math.max(1, Math.ceil((10 * request) / 1000)));
  const storageMiB = (databaseStorageGiB * 1024) / 10;
  return {
    connectionsWarning: item(
      usual + 3,
      `${webConnections.why} + ${otherConnections} + 3, for 15 min: more than all tasks need outside a deployment`,
      sources.alarms,
    ),
    connectionsCritical: item(
      maxConnections - 8,
      `max_connections ${maxConnections} - 8, for 3 min: new connections are about to be refused`,
      sources.alarms,
    ),
    target5xxPercent: item(
      5,
      '5 % of the requests answered with 5xx for 5 min: bots cause 4xx, only faults cause 5xx',
      sources.alarms,
    ),
    latencyP95Seconds: item(
      latency,
      `min(${answers.slowestRequestSeconds} s, max(1, 10 x ${request} ms)) = ${latency} s at the 95th percentile for 5 min`,
      sources.alarms,
    ),
    unhealthyHosts: item(1, 'an unhealthy target for 5 min is not caused by a deployment', sources.alarms),
    runningTasks: item(
      answers.minTasks,
      `fewer than ${plural(answers.minTasks, 'task')}, the minimum, for 5 min: tasks fail to start or do not stay up`,
      sources.alarms,
    ),
    memoryPercent: item(85, '85 % for 15 min: the next growth ends in an out-of-memory kill', sources.alarms),
    databaseCpuPercent: item(80, '80 % for 15 min: more tasks would only wait longer', sources.alarms),
    databaseFreeStorageMiB: item(
      storageMiB,
      `a tenth of ${databaseStorageGiB} GiB for 15 min: time to act before storage grows or writes fail`,
      sources.alarms,
    ),
    ...(input.burstableVcpu === undefined
      ? {}
      : {
          databaseCpuCredits: item(
            30 * input.burstableVcpu,
            `${input.burstableVcpu} vCPU x 30 credits, for 15 min: half an hour of full load is left`,
            sources.cpuCredits,
          ),
        }),
  };
}
