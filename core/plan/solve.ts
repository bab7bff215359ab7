import { UserError } from '../errors.ts';
import { findRdsClass, maxConnectionsLowerBound } from '../facts/rds.ts';
import { features, isOn } from '../features/features.ts';
import { watch } from './alarms.ts';
import * as connections from './connections.ts';
import { price } from './cost.ts';
import type { Refusal, Route, WebDemand } from './demand.ts';
import { addUp, demandsOf } from './demands.ts';
import { direct } from './direct.ts';
import { wantedMaxTasks } from './fit.ts';
import { countConnections } from './fleet.ts';
import { checkHealth } from './health.ts';
import { item, plural } from './item.ts';
import { kneeThreads, loadOf, showUsableVcpu, wantedThreads } from './load.ts';
import { scale } from './scaling.ts';
import { sources } from './sources.ts';
import { keepData } from './storage.ts';
import { explainOverhead, sizeTask } from './task.ts';
import { orderTimeouts } from './timeouts.ts';
import { planUploads } from './uploads.ts';
import type { Item } from './item.ts';
import type { Plan, SizingAnswers } from './types.ts';
import { warnings } from './warnings.ts';

/**
 * Every size of the service, from the answers alone.
 * @throws UserError when the plan cannot hold, with three ways out
 */
export function solve(answers: SizingAnswers): Plan {
  const solved = trySolve(answers);
  if ('plan' in solved) {
    return solved.plan;
  }
  const { reason, waysOut } = solved.refusal;
  const ways = waysOut.map((way, index) => `  ${index + 1}. ${way.text}`);
  throw new UserError(
    [
      `The plan does not fit: ${reason}`,
      `${countOf(ways.length)} ${ways.length === 1 ? 'way' : 'ways'} out:`,
      ...ways,
    ].join('\n'),
  );
}

/**
 * The plan, or why it cannot hold.
 * @throws UserError when the task's memory does not hold one worker, or the class and its connections are unknown
 */
export function trySolve(answers: SizingAnswers): { readonly plan: Plan } | { readonly refusal: Refusal } {
  const { task, workers, tmpOnDisk } = sizeTask(answers);
  const maxConnections = limitConnections(answers);
  const load = loadOf(answers, workers);
  const demands = demandsOf(answers);
  const web: WebDemand = {
    answers,
    workers,
    wantedThreads: wantedThreads(load, workers),
    kneeThreads: kneeThreads(load, workers),
    maxConnections: maxConnections.value,
    demands,
  };
  const granted = routeOf(answers)(web);
  if ('refusal' in granted) {
    return granted;
  }
  const { threads } = granted;
  const slots = workers * threads;
  const total = addUp(demands);
  const sections = { ...total.sections, ...granted.sections };
  const timeouts = orderTimeouts(answers.slowestRequestSeconds);
  const health = checkHealth(answers.vcpu, answers.slowestRequestSeconds);
  const scaling = scale(answers, workers, slots);
  const budget = countConnections({ web, granted, maxConnections, total });
  const { tmpfsMiB, uploads } = planUploads(answers, slots, tmpOnDisk);
  const plan = {
    task: { ...task, tmpfsMiB },
    uploads,
    gunicorn: {
      workers: item(workers, explainWorkers(answers, task.memoryMiB.value, workers), sources.workers),
      threads: item(threads, explainThreads(answers, workers, { wanted: web.wantedThreads, threads }), sources.threads),
      slots: item(
        slots,
        `${plural(workers, 'worker')} x ${plural(threads, 'thread')}: requests at once, and database connections of one task`,
        sources.threads,
      ),
      ...scaling.gunicorn,
      ...timeouts.gunicorn,
    },
    service: {
      ...budget.service,
      ...health.service,
      ...timeouts.service,
    },
    database: { ...budget.database, ...timeouts.database, ...keepData() },
    loadBalancer: { ...timeouts.loadBalancer, ...health.loadBalancer },
    scaling: scaling.scaling,
    ...sections,
    alarms: {
      ...watch({
        answers,
        webConnections: granted.usual,
        otherConnections: connections.migrationConnections + connections.operatorConnections + total.usual,
        maxConnections: maxConnections.value,
        burstableVcpu: burstableVcpu(answers.rdsClass),
      }),
      ...scaling.alarms,
    },
    cost: price(answers, task.memoryMiB.value, total, sections),
  };
  return {
    plan: {
      ...plan,
      warnings: warnings({ answers, plan, wantedThreads: web.wantedThreads, wantedMaxTasks: wantedMaxTasks(answers) }),
    },
  };
}

/** How the web tasks reach the database: by themselves, unless a capability shares connections. */
function routeOf(answers: SizingAnswers): Route {
  const routes = features.filter((feature) => isOn(feature, answers)).flatMap(({ plan }) => plan.route ?? []);
  return routes[0] ?? direct;
}

function countOf(ways: number): string {
  return ['No', 'One', 'Two', 'Three'][ways] ?? 'Four';
}

function limitConnections(answers: SizingAnswers): Item {
  if (answers.rdsMaxConnections !== undefined) {
    return item(answers.rdsMaxConnections, 'as given for the database', sources.answer);
  }
  const rdsClass = findRdsClass(answers.rdsClass);
  if (rdsClass === undefined) {
    throw new UserError(
      `--rds-class ${answers.rdsClass}: its memory is unknown. Give --rds-max-connections with the output of SHOW max_connections.`,
    );
  }
  const bound = maxConnectionsLowerBound(rdsClass.memoryGiB);
  return item(
    bound,
    `min(5000, floor((0.89 x ${rdsClass.memoryGiB} GiB - 200 MiB) / 9531392)) = ${bound} for ${rdsClass.name}; set in the parameter group`,
    sources.maxConnections,
  );
}

function burstableVcpu(rdsClass: string): number | undefined {
  const found = findRdsClass(rdsClass);
  return found?.burstable === true ? found.vcpu : undefined;
}

function explainWorkers(answers: SizingAnswers, memoryMiB: number, workers: number): string {
  return `min(max(2, ceil(${answers.vcpu} vCPU)), floor((${memoryMiB} - ${explainOverhead(answers, '-')}) / ${answers.workerMemoryMiB} MiB)) = ${workers}; never cpu_count()`;
}

function explainThreads(
  { vcpu, cpuMs, waitMs }: SizingAnswers,
  workers: number,
  { wanted, threads }: { readonly wanted: number; readonly threads: number },
): string {
  const formula = `clamp(ceil(${showUsableVcpu(vcpu, workers)} x (1 + ${waitMs} ms wait / ${cpuMs} ms CPU) x 2 / ${plural(workers, 'worker')}), 2, 16) = ${wanted}`;
  return threads === wanted ? formula : `${formula}, lowered to ${threads} so that the connections fit`;
}
