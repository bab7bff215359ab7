import { toSlug } from '../facts/derivedNames.ts';
import type { Answers } from './types.ts';

/** What a change of the answers means for what runs already. */
export interface Transition {
  /** Changes that nothing can apply, each with what to do instead. */
  readonly refused: readonly string[];
  /** Changes that need more than a release, each with what to do. */
  readonly told: readonly string[];
}

/**
 * Looks at a change of the answers of a repository that may run on AWS. Files can be rendered for any answers; a database
 * cannot go back to an older PostgreSQL, and stacks that are not emitted any more stay where they are.
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
    refused: [...judgeProjectName(before, after), ...version.refused],
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
        `projectName ${before.projectName} -> ${after.projectName}: the package, the database and all that runs on AWS carry the old ` +
          `name, and none of it can be renamed. Keep ${before.projectName} (--project-name, --answers or .yo-rc.json), or write a new repository.`,
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
  const neverDeployed = `If PostgreSQL ${was} was never brought to AWS, take the run that wrote it back: --undo, or git.`;
  if (major < oldMajor) {
    const why = 'a database cannot go back to an older major version; a new one can be made of a dump.';
    return { ...none, refused: [`--rds-engine-version ${was} -> ${is}: ${why} ${neverDeployed}`] };
  }
  if (major > oldMajor) {
    const stack =
      infrastructure === 'cloudformation'
        ? 'a snapshot first, and AllowMajorVersionUpgrade for one `make bootstrap`, and minutes without a database. Until then the stack refuses it'
        : 'a snapshot first, a parameter group of its own, and minutes without a database';
    const dump = `docker compose exec -T db pg_dump --username=${projectName}_app ${projectName} > dump.sql`;
    return {
      ...none,
      told: [
        `PostgreSQL ${oldMajor} -> ${major} is a step of its own: ${stack}: deploy/README.md, "A new major version of PostgreSQL"`,
        `compose.yaml: the local database of PostgreSQL ${major} starts empty, and that of ${oldMajor} stays in the volume. To bring it ` +
          `over, dump it before the change: ${dump}`,
      ],
    };
  }
  if (minor !== undefined && oldMinor !== undefined && minor < oldMinor) {
    const allowed = `${was} or newer, or ${major}`;
    const why = `RDS never goes back; allowed: ${allowed}.`;
    return { ...none, refused: [`--rds-engine-version ${was} -> ${is}: ${why} ${neverDeployed}`] };
  }
  return minor !== undefined && oldMinor === undefined
    ? {
        ...none,
        told: [
          infrastructure === 'cloudformation'
            ? `PostgreSQL ${is} holds the database at this minor version. RDS has upgraded by itself until now, and refuses one that ` +
              'is older than what runs: look first, aws rds describe-db-instances'
            : `PostgreSQL ${is} holds no database that is there already: upgrade it to this minor version by hand, and take its ` +
              'automatic upgrades off: aws rds modify-db-instance --no-auto-minor-version-upgrade, with --engine-version',
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
      ? 'bootstrap makes new, empty stacks there'
      : 'all of deploy/README.md is to be set up there by hand';
  const stays =
    before.infrastructure === 'cloudformation'
      ? `those of ${before.region} stay`
      : `what was set up in ${before.region} stays`;
  return [
    `region ${before.region} -> ${after.region} moves nothing: ${there}, and ${stays} with the database and its bill. ` +
      'Where something runs already, restore a copy of its snapshot there first',
  ];
}

function judgeArchitecture(before: Answers, after: Answers): readonly string[] {
  return before.architecture === after.architecture
    ? []
    : [
        `architecture ${before.architecture} -> ${after.architecture}: images that are pushed already do not start on it. Commit, then ` +
          '`make push release`; the images of other tasks and the builders of CI change with it',
      ];
}

function judgeRdsClass(before: Answers, after: Answers): readonly string[] {
  return before.rdsClass === after.rdsClass
    ? []
    : [
        `${before.rdsClass} -> ${after.rdsClass} stops the database for some minutes${after.multiAz ? ' (about one, Multi-AZ)' : ''} when it is ` +
          'applied: deploy/README.md, "Resize"',
      ];
}

/** A stack that is emitted no more is not deleted by anybody: it goes on, and costs. */
function judgeStacks(before: Answers, after: Answers): readonly string[] {
  const slug = toSlug(after.projectName);
  if (before.infrastructure !== after.infrastructure) {
    return before.infrastructure === 'cloudformation'
      ? [
          `--infrastructure none: the stacks ${slug}-* stay on AWS as they are, and nothing here changes or deletes them any more`,
        ]
      : [`--infrastructure cloudformation: stacks of their own are made beside what was set up by hand, which stays`];
  }
  const gone = goneWith(before, after);
  const moved =
    before.broker !== 'none' && after.broker !== 'none' && before.broker !== after.broker
      ? [
          `--broker ${before.broker} -> ${after.broker}: tasks that still wait are not taken over; let the workers empty the queue first`,
        ]
      : [];
  if (after.infrastructure === 'none') {
    return [
      ...gone.map(
        ({ what }) =>
          `${what} that you set up stay on AWS, and cost, until you delete them by hand, after the next release`,
      ),
      ...moved,
    ];
  }
  return [
    ...gone.map(
      ({ stack, kept }) =>
        `the stack ${slug}-${stack} stays on AWS, and costs, until you delete it, after the next release: ` +
        `aws cloudformation delete-stack --stack-name ${slug}-${stack}${
          kept === ''
            ? ''
            : `. It keeps ${kept}; delete that by hand: "Take it all down" in deploy/README.md as it was before this run`
        }`,
    ),
    ...moved,
  ];
}

interface Gone {
  readonly stack: string;
  /** What a template with a DeletionPolicy keeps when its stack is deleted. */
  readonly kept: string;
  /** The same where it was set up by hand. */
  readonly what: string;
}

/** What the answers had before and have no more. */
function goneWith(before: Answers, after: Answers): readonly Gone[] {
  const isSqs = before.broker === 'sqs';
  const broker = isSqs ? 'the two queues' : 'the secret and a last snapshot';
  return [
    ...(before.static === 's3' && after.static !== 's3'
      ? [{ stack: 'static', kept: 'the bucket with its files', what: 'the bucket and the distribution' }]
      : []),
    ...(before.broker !== 'none' && after.broker === 'none'
      ? [{ stack: 'broker', kept: broker, what: `the workers and the ${isSqs ? 'queues' : 'cache'}` }]
      : []),
    ...(before.pooler !== 'none' && after.pooler === 'none'
      ? [{ stack: 'pgbouncer', kept: '', what: "PgBouncer's service, name and security group" }]
      : []),
  ];
}
