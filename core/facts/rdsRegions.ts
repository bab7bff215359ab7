/**
 * Where AWS sells the families of RDS classes for PostgreSQL. A family that is not listed is sold in all 34 regions.
 *
 * Source, read 2026-11-23: cfn-lint 1.58.0, `dbinstanceclass_enum.json` (schema of 2026-10-20). AWS adds families to
 * regions all the time and takes none away, so what is missing here may have come since: a warning, not a refusal.
 */
import { rdsClassRows } from './rdsClasses.ts';
import type { RdsClassRow } from './rdsClasses.ts';

/** The month of the list. */
export const rdsRegionsAsOf = '2026-10';

/** Families that most regions have, with those that do not. */
const notSoldIn: Readonly<Record<string, readonly string[]>> = {
  t4g: ['ca-west-1'],
  m7g: ['ca-west-1', 'eu-south-1', 'af-south-1', 'ap-east-1'],
  m8g: [
    'ca-central-1',
    'mx-central-1',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'ap-east-2',
    'ap-northeast-3',
    'ap-southeast-3',
    'ap-southeast-4',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
  m7i: [
    'ca-west-1',
    'eu-central-2',
    'eu-south-1',
    'af-south-1',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'ap-east-1',
    'ap-northeast-3',
    'ap-south-2',
    'ap-southeast-7',
  ],
  m6i: ['eu-central-2', 'eu-south-2', 'me-central-1', 'ap-southeast-4'],
  m5: ['ca-west-1', 'mx-central-1', 'ap-east-2', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
  m6gd: ['sa-east-1', 'af-south-1'],
  m5d: [
    'ca-west-1',
    'mx-central-1',
    'eu-central-2',
    'eu-south-2',
    'il-central-1',
    'ap-east-2',
    'ap-south-2',
    'ap-southeast-4',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
  r7g: ['eu-west-3', 'af-south-1', 'me-central-1', 'ap-southeast-4'],
  r8g: [
    'ca-west-1',
    'eu-south-1',
    'af-south-1',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'ap-east-2',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
  r7i: [
    'ca-west-1',
    'eu-central-2',
    'af-south-1',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'ap-east-1',
    'ap-northeast-3',
    'ap-south-2',
    'ap-southeast-4',
    'ap-southeast-7',
  ],
  r6i: ['eu-central-2', 'eu-south-2', 'me-central-1', 'ap-south-2', 'ap-southeast-3', 'ap-southeast-4'],
  r5: ['ca-west-1', 'mx-central-1', 'ap-east-2', 'ap-southeast-5', 'ap-southeast-6', 'ap-southeast-7'],
  r8gd: [
    'mx-central-1',
    'eu-central-2',
    'eu-north-1',
    'eu-south-1',
    'eu-west-3',
    'il-central-1',
    'me-central-1',
    'me-south-1',
    'ap-east-2',
    'ap-northeast-3',
    'ap-south-1',
    'ap-south-2',
    'ap-southeast-1',
    'ap-southeast-4',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
  r6gd: [
    'ca-west-1',
    'sa-east-1',
    'eu-north-1',
    'eu-south-1',
    'eu-west-2',
    'af-south-1',
    'me-central-1',
    'me-south-1',
    'ap-east-1',
    'ap-northeast-2',
    'ap-south-2',
    'ap-southeast-4',
    'ap-southeast-6',
  ],
  r5d: [
    'ca-west-1',
    'mx-central-1',
    'eu-central-2',
    'eu-south-2',
    'il-central-1',
    'ap-east-2',
    'ap-south-2',
    'ap-southeast-4',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
};

/** Families that few regions have. */
const soldOnlyIn: Readonly<Record<string, readonly string[]>> = {
  m9g: ['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1'],
  m8a: [
    'us-east-1',
    'us-east-2',
    'us-west-2',
    'eu-central-1',
    'eu-south-2',
    'eu-west-1',
    'ap-northeast-1',
    'ap-south-1',
    'ap-south-2',
  ],
  m8gd: [
    'us-east-1',
    'us-east-2',
    'us-west-2',
    'ca-central-1',
    'sa-east-1',
    'eu-central-1',
    'eu-south-2',
    'eu-west-1',
    'eu-west-2',
    'ap-northeast-1',
    'ap-southeast-2',
    'ap-southeast-5',
  ],
  m6id: [
    'us-east-1',
    'us-east-2',
    'us-west-2',
    'ca-west-1',
    'mx-central-1',
    'eu-central-1',
    'eu-west-1',
    'ap-east-2',
    'ap-northeast-1',
    'ap-southeast-2',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
  m6in: ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1', 'ap-northeast-1'],
  m6idn: ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1', 'ap-northeast-1'],
  r8a: [
    'us-east-1',
    'us-east-2',
    'us-west-2',
    'ca-central-1',
    'eu-central-1',
    'eu-south-2',
    'eu-west-1',
    'ap-east-2',
    'ap-northeast-1',
  ],
  r6id: [
    'us-east-1',
    'us-east-2',
    'us-west-2',
    'ca-west-1',
    'mx-central-1',
    'eu-central-1',
    'eu-west-1',
    'il-central-1',
    'ap-east-2',
    'ap-northeast-1',
    'ap-southeast-2',
    'ap-southeast-5',
    'ap-southeast-6',
    'ap-southeast-7',
  ],
  r6in: ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1', 'ap-northeast-1'],
  r6idn: ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1', 'ap-northeast-1'],
  r5b: ['us-east-1', 'us-east-2', 'us-west-2', 'eu-central-1', 'ap-northeast-1', 'ap-southeast-1'],
  x2g: ['us-east-1', 'us-east-2', 'us-west-2', 'eu-west-1'],
  x2idn: ['ca-central-1', 'eu-central-1', 'eu-north-1', 'eu-south-1', 'eu-west-1', 'ap-southeast-2'],
  x2iedn: [
    'us-east-1',
    'us-west-2',
    'ca-central-1',
    'eu-central-1',
    'eu-north-1',
    'eu-south-1',
    'eu-west-1',
    'ap-southeast-2',
  ],
};

const byName: ReadonlyMap<string, RdsClassRow> = new Map(rdsClassRows.map((row) => [row.name, row]));

/** Whether the list has a class in a region of the main partition; undefined for a class that is not known here. */
export function isSold(rdsClass: string, region: string): boolean | undefined {
  const row = byName.get(rdsClass);
  return row === undefined ? undefined : isFamilySold(row.family, region);
}

function isFamilySold(family: string, region: string): boolean {
  return soldOnlyIn[family]?.includes(region) ?? !(notSoldIn[family] ?? []).includes(region);
}

/** Classes of the same kind, vCPU and memory that the region has, in the order in which they are proposed. */
export function sameSizeIn(region: string, rdsClass: string): readonly string[] {
  const wanted = byName.get(rdsClass);
  return rdsClassRows
    .filter(
      ({ kind, vcpu, memoryGiB }) => kind === wanted?.kind && vcpu === wanted.vcpu && memoryGiB === wanted.memoryGiB,
    )
    .filter(({ family }) => isFamilySold(family, region))
    .map(({ name }) => name);
}
