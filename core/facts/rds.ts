/**
 * What RDS for PostgreSQL offers: classes, the connections that each one is sure to take, and engine versions.
 *
 * Sources, read 2026-11-23: `rdsClasses.ts` for the classes; AWS Prescriptive Guidance for the default
 * `max_connections = LEAST({DBInstanceClassMemory/9531392},5000)`; the RDS user guide (CHAP_Limits) for
 * DBInstanceClassMemory being less than the class's memory; cfn-lint 1.58.0 (2026-10-20) for engine versions.
 */
import { rdsClassRows } from './rdsClasses.ts';
import type { RdsClass } from './rdsClasses.ts';

export type { RdsClass } from './rdsClasses.ts';
export { nearestRdsClasses } from './nearestRdsClasses.ts';
export { smallestRdsClassFor } from './smallestRdsClassFor.ts';
export { connectionsCap, maxConnectionsLowerBound, nominalMaxConnections } from './maxConnections.ts';

/** Every class, smallest memory first, then by name. */
export const rdsClasses: readonly RdsClass[] = rdsClassRows.toSorted(
  (left, right) => left.memoryGiB - right.memoryGiB || (left.name < right.name ? -1 : 1),
);

const byName: ReadonlyMap<string, RdsClass> = new Map(rdsClasses.map((rdsClass) => [rdsClass.name, rdsClass]));

/** The class of that exact name. */
export function findRdsClass(name: string): RdsClass | undefined {
  return byName.get(name);
}

/**
 * Whether `name` is written like an instance class, `db.<family>.<size>`, known or not: `db.m10g.large`. A size is one
 * that AWS names today, so that a typo such as `larg` is not taken for a future class.
 */
export function isWellFormedRdsClass(name: string): boolean {
  return /^db\.[a-z]{1,2}[1-9][0-9]?[a-z]{0,5}\.(micro|small|medium|large|([2-9]|[1-9][0-9]{1,2})?xlarge)$/.test(name);
}

/** The classes that a prompt offers: burstable, general and memory, all Graviton and sold almost everywhere. */
export const commonRdsClasses: readonly string[] = [
  'db.t4g.micro',
  'db.t4g.small',
  'db.t4g.medium',
  'db.t4g.large',
  'db.t4g.xlarge',
  'db.t4g.2xlarge',
  'db.m7g.large',
  'db.m7g.xlarge',
  'db.m7g.2xlarge',
  'db.m7g.4xlarge',
  'db.r7g.large',
  'db.r7g.xlarge',
  'db.r7g.2xlarge',
];

/** From one number to another, both included. */
function through(first: number, last: number): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index);
}

/** Minor versions that RDS has or had of each major version on offer, oldest first; 18.5 was never on RDS. */
export const rdsPostgresMinors = {
  '14': through(1, 24),
  '15': through(2, 19),
  '16': through(1, 15),
  '17': through(1, 11),
  '18': [1, 2, 3, 4, 6],
} as const satisfies Readonly<Record<string, readonly number[]>>;

export type PostgresMajor = keyof typeof rdsPostgresMinors;

/** Major versions on offer, oldest first. */
export const postgresMajors = Object.keys(rdsPostgresMinors) as readonly PostgresMajor[];

export const postgresMajorDefault: PostgresMajor = '17';

/**
 * Connections that an application must leave alone, although `max_connections` counts them. The first two cannot be
 * used by a role that is neither superuser nor rds_superuser; the others are what was seen in use, rounded up.
 */
export const reserved: readonly { readonly connections: number; readonly reason: string }[] = [
  { connections: 3, reason: 'superuser_reserved_connections, the PostgreSQL default' },
  { connections: 4, reason: 'rds.rds_superuser_reserved_connections, the higher of the two values seen (2 and 4)' },
  { connections: 3, reason: 'sessions of rdsadmin, with which RDS watches the instance (2 seen on a db.t4g.micro)' },
  { connections: 5, reason: 'margin: monitoring, and sessions of lost tasks that the server has not noticed yet' },
];

/** The sum of `reserved`. */
export const reservedConnections = reserved.reduce((sum, { connections }) => sum + connections, 0);
