import { features } from '../core/features/features.ts';
import type { Plan } from '../core/plan/types.ts';
import type { Run } from './planRun.ts';
import { remindOfParameters } from './remindOfParameters.ts';

/**
 * What is left to do after a run on an existing repository, besides the release, as shell comments.
 *
 * @param before the plan of the last run; undefined where it is not known
 * @param told what the change of the answers means for what runs already
 */
export function nextOf(run: Run, before: Plan | undefined, told: readonly string[]): readonly string[] {
  return [
    ...remindOfParameters(run),
    ...remindOfReboot(before, run.plan),
    ...features.flatMap(({ plan }) => plan.steps?.(before, run.plan) ?? []).map((line) => `# ${line}`),
    ...told.map((line) => `# ${line}`),
  ];
}

/** A parameter group takes `max_connections` at the next reboot only. */
function remindOfReboot(before: Plan | undefined, { database }: Plan): readonly string[] {
  const [was, is] = [before?.database.maxConnections.value, database.maxConnections.value];
  return was === undefined || was === is
    ? []
    : [`# max_connections ${was} -> ${is} needs a reboot of the database; see deploy/README.md, "Resize"`];
}
