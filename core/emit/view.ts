import type { Answers } from '../answers/types.ts';
import { ciFeatures, ciPaths } from '../features/ci/ciFeatures.ts';
import { findDjangoVersion } from '../facts/django.ts';
import { toSlug } from '../facts/derivedNames.ts';
import { viewFeatures } from '../features/views.ts';
import { dnsSuffixes, findRegion } from '../facts/regions.ts';
import { InternalError } from '../errors.ts';
import type { Item } from '../plan/item.ts';
import type { Plan } from '../plan/types.ts';
import { comment, json, word } from './literals.ts';
import { stackNames } from './release.ts';
import { wrap } from './wrap.ts';

/** Columns of a comment that explains a number. */
const commentWidth = 88;

type Sections = Omit<Plan, 'cost' | 'warnings'>;

/** Something for every number of the plan. Templates name those of a feature where there is the feature. */
type ByItem<T> = {
  readonly [Name in keyof Sections]-?: { readonly [Key in keyof NonNullable<Sections[Name]>]-?: T };
};

/** What the templates may name: a test reads every tag and compiles it against this. */
export type View = ReturnType<typeof createView>;

/** What the templates see: final strings and numbers, nothing to be computed. */
export function createView(answers: Answers, plan: Plan) {
  const { cost, warnings: _warnings, ...sections } = plan;
  const django = findDjangoVersion(answers.django);
  const [postgresMajor = ''] = answers.rdsEngineVersion.split('.');
  const region = findRegion(answers.region);
  // It stands in Python as a number, where a zero in front is an error.
  if (django === undefined || region === undefined || !/^[1-9]\d*$/.test(postgresMajor)) {
    throw new InternalError('The answers were not parsed.');
  }
  return {
    project: word(answers.projectName),
    slug: word(toSlug(answers.projectName)),
    region: word(answers.region),
    partition: word(region.partition),
    dnsSuffix: word(dnsSuffixes[region.partition]),
    django: word(answers.django),
    pythonImage: word(answers.python),
    otherPythons: otherPythons(answers.python),
    pythonMinimum: word(django.pythonMinimum),
    postgresMajor: word(postgresMajor),
    rdsClass: word(answers.rdsClass),
    architecture: answers.architecture,
    platform: answers.architecture === 'ARM64' ? 'linux/arm64' : 'linux/amd64',
    https: answers.domain !== undefined,
    domain: answers.domain === undefined ? '' : word(answers.domain),
    ci: ciFeatures[answers.ci],
    ciPaths,
    infrastructure: answers.infrastructure,
    egress: answers.egress,
    logRetentionDays: answers.logRetentionDays,
    ...viewFeatures(answers, plan),
    multiAz: answers.multiAz,
    postgresVersion: word(answers.rdsEngineVersion),
    // A minor version that was given is pinned; otherwise RDS chooses, so that it is never asked to downgrade.
    postgresPinned: answers.rdsEngineVersion.includes('.'),
    databaseFreeStorageBytes: plan.alarms.databaseFreeStorageMiB.value * 2 ** 20,
    burstable: plan.alarms.databaseCpuCredits !== undefined,
    databaseCpuCreditsWhy: plan.alarms.databaseCpuCredits?.why ?? '',
    stackNames: stackNames(answers).map(json).join(', '),
    // Where /tmp is too large to be paid as memory.
    tmpOnDisk: plan.task.tmpfsMiB.value === 0,
    slowestRequestSeconds: answers.slowestRequestSeconds,
    plan: mapItems(sections, (item) => item.value),
    why: createReasons(sections),
  };
}

/** What a machine may have beside the Python of the image, from the newest to the lowest of a supported Django. */
function otherPythons(chosen: string): string {
  return ['3.14', '3.13', '3.12', '3.11']
    .filter((version) => version !== chosen)
    .map((version) => `python${version}`)
    .join(' ');
}

/** The sentence of each number, in lines of a comment. */
function createReasons(sections: Sections): ByItem<readonly string[]> {
  return mapItems(sections, (item) => wrap(comment(item.why), commentWidth));
}

function mapItems<T>(sections: Sections, map: (item: Item<number | null>) => T): ByItem<T> {
  const entries = Object.entries<Readonly<Record<string, Item<number | null>>>>(sections).map(([name, section]) => [
    name,
    Object.fromEntries(Object.entries(section).map(([key, item]) => [key, map(item)])),
  ]);
  return Object.fromEntries(entries) as ByItem<T>;
}
