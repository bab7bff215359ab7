import { ends, nameProblem, toSlug, webNameRules } from '../facts/derivedNames.ts';
import type { Named, NameRule } from '../facts/derivedNames.ts';
import { features } from './features.ts';

/** Every name that is made from the project's name, whatever is on: a capability may come later. */
export const nameRules: readonly NameRule[] = [
  ...webNameRules.map((rule) => ({
    ...rule,
    names: (named: Named) => [
      ...rule.names(named),
      ...features.flatMap(({ names }) => names.more?.[rule.kind]?.(named) ?? []),
      ...(rule.kind === 'CloudFormation stack' ? stacksOf(named) : []),
    ],
  })),
  ...features.flatMap(({ names }) => names.rules ?? []),
];

function stacksOf({ slug }: Named): readonly string[] {
  return ends(slug, ...features.flatMap(({ files }) => files.stack?.name ?? []));
}

/** The region with the longest name: a name that fits there fits everywhere. */
const longestRegion = 'ap-southeast-1';

/**
 * Why a project may not be called `project`, as the rest of a sentence that starts with it: the first name made from it that
 * its service refuses. Undefined where all of them are taken.
 */
export function derivedNameReason(project: string, region: string = longestRegion): string | undefined {
  const named = { project, slug: toSlug(project), region };
  for (const rule of nameRules) {
    for (const name of rule.names(named)) {
      const problem = nameProblem(rule, name);
      if (problem !== undefined) {
        return `would give the ${rule.kind} the name ${name}: ${problem}`;
      }
    }
  }
  return undefined;
}
