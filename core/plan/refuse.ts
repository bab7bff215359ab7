import { vcpus } from '../facts/fargate.ts';
import { threadsBounds } from '../facts/gunicorn.ts';
import { features, isOn } from '../features/features.ts';
import { peakTasks, plannedConnections, tasksThatFit } from './connections.ts';
import type { SizingChanges, Demand, Refusal, WayOut, WebDemand } from './demand.ts';
import { plural } from './item.ts';
import { usableVcpu } from './load.ts';
import { sizeTask, workersAtMost } from './task.ts';
import { getAlongWithFewer, largerDatabase, listOthers, setAsideFor } from './waysOut.ts';

/** Why the connections do not fit, and the ways out with their numbers worked out. */
export function refuse(web: WebDemand): Refusal {
  const { answers, workers, kneeThreads, maxConnections, demands } = web;
  const { minTasks, maxTasks } = answers;
  const keepsCeiling = maxTasks !== undefined && maxTasks > minTasks;
  const threads = keepsCeiling ? kneeThreads : threadsBounds.minimum;
  const tasks = keepsCeiling ? maxTasks : minTasks;
  const slots = workers * threads;
  const needed = plannedConnections(slots, tasks, setAsideFor(demands));
  const offers = features.filter((feature) => !isOn(feature, answers)).flatMap(({ plan }) => plan.offer?.(web) ?? []);
  return {
    reason:
      `${sum(workers, threads, tasks, demands)} = ${needed} connections at the peak of a deployment, ` +
      `but ${answers.rdsClass} holds ${maxConnections}.`,
    waysOut: [
      largerDatabase(answers, needed),
      ...offers,
      fewerTasks(web, threads) ?? smallerTasks(web),
      ...getAlongWithFewer(web, slots * peakTasks(tasks)),
    ],
  };
}

function sum(workers: number, threads: number, tasks: number, demands: readonly Demand[]): string {
  return [
    `${plural(workers, 'worker')} x ${plural(threads, 'thread')} x ${peakTasks(tasks)} tasks`,
    ...listOthers(demands),
  ].join(' + ');
}

function fewerTasks(web: WebDemand, threads: number): WayOut | undefined {
  const { answers, workers, maxConnections, demands } = web;
  const setAside = setAsideFor(demands);
  const { minTasks, maxTasks } = answers;
  const most = tasksThatFit(workers * threads, maxConnections, setAside);
  if (maxTasks !== undefined && most > minTasks) {
    return way(`--max-tasks ${most}`, { maxTasks: most });
  }
  const least = tasksThatFit(workers * threadsBounds.minimum, maxConnections, setAside);
  if (least < 1) {
    return undefined;
  }
  const tasks = Math.min(least, minTasks);
  const flags = maxTasks === undefined ? `--min-tasks ${tasks}` : `--min-tasks ${tasks} --max-tasks ${tasks}`;
  return way(flags, { minTasks: tasks, ...(maxTasks === undefined ? {} : { maxTasks: tasks }) });

  function way(flagText: string, changes: SizingChanges): WayOut {
    const used = changes.maxTasks === most ? threads : threadsBounds.minimum;
    const count = changes.maxTasks ?? changes.minTasks ?? minTasks;
    const total = plannedConnections(workers * used, count, setAside);
    return {
      text: `fewer tasks: ${flagText}: ${sum(workers, used, count, demands)} = ${total} <= ${maxConnections}`,
      changes,
    };
  }
}

/** The smaller task size that keeps most vCPU in use; the larger task where two keep the same. */
function smallerTasks({ answers, maxConnections, demands }: WebDemand): WayOut {
  const setAside = setAsideFor(demands);
  const candidates = vcpus
    .filter((vcpu) => vcpu < answers.vcpu)
    .map((vcpu) => {
      const workers = workersAtMost({ ...answers, vcpu });
      const slots = workers * threadsBounds.minimum;
      const tasks = Math.min(answers.minTasks, tasksThatFit(slots, maxConnections, setAside));
      return { vcpu, workers, slots, tasks, used: usableVcpu(vcpu, workers) * tasks };
    })
    .filter(({ workers, tasks }) => workers > 0 && tasks > 0)
    .toSorted((left, right) => right.used - left.used || right.vcpu - left.vcpu);
  const best = candidates[0];
  if (best === undefined) {
    return {
      text: `fewer tasks: not possible, one task does not fit into ${maxConnections} connections even at 0.25 vCPU`,
    };
  }
  const { vcpu, workers, slots, tasks } = best;
  const total = plannedConnections(slots, tasks, setAside);
  const flags = [`--vcpu ${vcpu}`, `--min-tasks ${tasks}`];
  const changes: { -readonly [Key in keyof SizingChanges]: SizingChanges[Key] } = { vcpu, minTasks: tasks };
  if (answers.memoryMiB !== undefined) {
    const { task } = sizeTask({ ...answers, vcpu, memoryMiB: undefined });
    flags.push(`--memory ${task.memoryMiB.value}`);
    changes.memoryMiB = task.memoryMiB.value;
  }
  if (answers.maxTasks !== undefined) {
    flags.push(`--max-tasks ${tasks}`);
    changes.maxTasks = tasks;
  }
  return {
    text: `smaller and fewer tasks: ${flags.join(' ')}: ${sum(workers, threadsBounds.minimum, tasks, demands)} = ${total} <= ${maxConnections}`,
    changes,
  };
}
