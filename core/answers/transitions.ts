import type { FeatureStack } from '../features/feature.ts';
import { features, stackOf } from '../features/features.ts';
import { toSlug } from '../facts/derivedNames.ts';
import type { Answers } from './types.ts';

/** What a change of the answers means for what runs already. */
export interface Transition {
  /** Impossible changes, each with what to do instead. */
  readonly refused: readonly string[];
  /** Changes that need more than a release, each with what to do. */
  readonly told: readonly string[];
}

/**
 * Looks at a change of the answers of a repository that may run on AWS. Files can be rendered for any answers; a database
 * cannot go back to an older PostgreSQL, and stacks that are no longer emitted keep running.
 *
 * Sources: RDS user guide, "Upgrading the DB engine version" (no downgrade, minor or major; a parameter group of the new
 * major; statistics are gone afterwards); the registry schema of AWS::RDS::DBInstance (AllowMajorVersionUpgrade);
 * ECS and ECR: an image is of one architecture.
 *
 * @param before the answers of the last run; undefined where they are not known
 */
export function judgeTransition(before: Answers | undefined, after: Answers): Transition {
  if (before === undefined) {
    return { refused: [], told: [] };
  }
  const version = judgeEngineVersion(before.rdsEngineVersion, after.rdsEngineVersion, after);
  return {
    refused: [
      ...judgeProjectName(before, after),
      ...version.refused,
      ...features.flatMap(({ answers }) => answers.refused?.(before, after) ?? []),
    ],
    told: [
      ...version.told,
      ...judgeRegion(before, after),
      ...judgeArchitecture(before, after),
      ...judgeRdsClass(before, after),
      ...judgeStacks(before, after),
    ],
  };
}

function judgeProjectName(before: Answers, after: Answers): readonly string[] {
  return before.projectName === after.projectName
    ? []
    : [
        `projectName ${before.projectName} -> ${after.projectName}: the package, the database and the resources on AWS have the old ` +
          `name and cannot be renamed. Keep ${before.projectName} (--project-name, --answers or .yo-rc.json), or write a new repository.`,
      ];
}

/** `17` has no minor: RDS chooses it. */
function partsOf(version: string): readonly [number, number | undefined] {
  const [major, minor] = version.split('.');
  return [Number(major), minor === undefined ? undefined : Number(minor)];
}

function judgeEngineVersion(was: string, is: string, { infrastructure, projectName }: Answers): Transition {
  const [[oldMajor, oldMinor], [major, minor]] = [partsOf(was), partsOf(is)];
  const none: Transition = { refused: [], told: [] };
  const neverDeployed = `If PostgreSQL ${was} was never deployed, undo the run that wrote it: --undo, or git.`;
  if (major < oldMajor) {
    const why = 'a database cannot go back to an older major version; restore a dump into a new one.';
    return { ...none, refused: [`--rds-engine-version ${was} -> ${is}: ${why} ${neverDeployed}`] };
  }
  if (major > oldMajor) {
    const stack =
      infrastructure === 'cloudformation'
        ? 'it needs a snapshot, AllowMajorVersionUpgrade for one `make bootstrap`, and some minutes without a database. Until then the stack refuses it'
        : 'it needs a snapshot, a new parameter group, and some minutes without a database';
    const dump = `docker compose exec -T db pg_dump --username=${projectName}_app ${projectName} > dump.sql`;
    return {
      ...none,
      told: [
        `PostgreSQL ${oldMajor} -> ${major} is a separate step: ${stack}; see deploy/README.md, "A new major version of PostgreSQL"`,
        `compose.yaml: the local database of PostgreSQL ${major} starts empty, and that of ${oldMajor} stays in its volume. To copy the ` +
          `data, dump it before the change: ${dump}`,
      ],
    };
  }
  if (minor !== undefined && oldMinor !== undefined && minor < oldMinor) {
    const allowed = `${was} or newer, or ${major}`;
    const why = `RDS cannot be downgraded; allowed: ${allowed}.`;
    return { ...none, refused: [`--rds-engine-version ${was} -> ${is}: ${why} ${neverDeployed}`] };
  }
  return minor !== undefined && oldMinor === undefined
    ? {
        ...none,
        told: [
          infrastructure === 'cloudformation'
            ? `PostgreSQL ${is} pins the minor version. RDS has upgraded automatically until now, and refuses a version that ` +
              'is older than the running one: check first with aws rds describe-db-instances'
            : `PostgreSQL ${is} does not pin an existing database: upgrade it to this minor version by hand, and turn off its ` +
              'automatic upgrades: aws rds modify-db-instance --no-auto-minor-version-upgrade, with --engine-version',
        ],
      }
    : none;
}

function judgeRegion(before: Answers, after: Answers): readonly string[] {
  if (before.region === after.region) {
    return [];
  }
  const there =
    after.infrastructure === 'cloudformation'
      ? 'bootstrap creates new, empty stacks there'
      : 'everything in deploy/README.md must be set up there by hand';
  const stays =
    before.infrastructure === 'cloudformation'
      ? `those of ${before.region} stay`
      : `what was set up in ${before.region} stays`;
  return [
    `region ${before.region} -> ${after.region} moves nothing: ${there}, and ${stays} with the database and its bill. ` +
      'If a database runs already, restore a copy of its snapshot there first',
  ];
}

function judgeArchitecture(before: Answers, after: Answers): readonly string[] {
  return before.architecture === after.architecture
    ? []
    : [
        `architecture ${before.architecture} -> ${after.architecture}: existing images do not start on it. Commit, then ` +
          '`make push release`; the images of other tasks and the builders of CI change with it',
      ];
}

function judgeRdsClass(before: Answers, after: Answers): readonly string[] {
  return before.rdsClass === after.rdsClass
    ? []
    : [
        `${before.rdsClass} -> ${after.rdsClass} stops the database for some minutes${after.multiAz ? ' (about one, Multi-AZ)' : ''} when it is ` +
          'applied; see deploy/README.md, "Resize"',
      ];
}

/** Nobody deletes a stack that is no longer emitted: it keeps running and costs money. */
function judgeStacks(before: Answers, after: Answers): readonly string[] {
  const slug = toSlug(after.projectName);
  if (before.infrastructure !== after.infrastructure) {
    return before.infrastructure === 'cloudformation'
      ? [
          `--infrastructure none: the stacks ${slug}-* stay on AWS, and this repository no longer changes or deletes them`,
        ]
      : [`--infrastructure cloudformation: new stacks are created beside what was set up by hand, which stays`];
  }
  const gone = goneWith(before, after);
  const moved = features.flatMap(({ answers }) => answers.told?.(before, after) ?? []);
  if (after.infrastructure === 'none') {
    return [
      ...gone.map(
        ({ byHand }) =>
          `${byHand(before)} that you set up stay on AWS and cost money until you delete them by hand, after the next release`,
      ),
      ...moved,
    ];
  }
  return [
    ...gone.map(
      ({ name, kept }) =>
        `the stack ${slug}-${name} stays on AWS and costs money until you delete it, after the next release: ` +
        `aws cloudformation delete-stack --stack-name ${slug}-${name}${
          kept(before) === ''
            ? ''
            : `. It retains ${kept(before)}; delete that by hand, as in "Take it all down" of the deploy/README.md before this run`
        }`,
    ),
    ...moved,
  ];
}

/** The stacks of what the answers had before and no longer have. */
function goneWith(before: Answers, after: Answers): readonly FeatureStack[] {
  return features
    .filter((feature) => stackOf(feature, after).length === 0)
    .flatMap((feature) => stackOf(feature, before));
}
