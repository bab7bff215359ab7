/**
 * Every RDS instance class that runs PostgreSQL 14 to 18.
 *
 * Sources, read 2026-11-23: cfn-lint 1.58.0, `dbinstanceclass_enum.json` (schema of 2026-10-20: classes for engine
 * postgres in 38 regions); moto 5.2.5, EC2 instance types (vCPU, memory; for db.x2g EC2's x2gd of the same size).
 * Left out: db.m3, m4, r3, r4 and t2, which AWS's table of classes by engine (RDS user guide, 2023) ends at "Lower than
 * PostgreSQL 13", and db.m1, m2 and t1, withdrawn before that. cfn-lint still lists them, for older engines.
 * Not every class is sold everywhere: of the 38 regions db.t4g misses 1, db.m7g 5, db.r7g 4, db.x2g and db.m9g 34.
 */

/** What a family is made for; a bigger class is looked for in the same kind first. */
export type RdsKind = 'burstable' | 'general' | 'memory' | 'extreme';

export interface RdsClass {
  readonly name: string;
  readonly vcpu: number;
  readonly memoryGiB: number;
  /** Runs on CPU credits that it earns while idle: connections that fit are not capacity. */
  readonly burstable: boolean;
  /** Runs on AWS's ARM processors: cheaper than x86 and no different to a client. */
  readonly graviton: boolean;
}

/** A class with what its name says about it. */
export interface RdsClassRow extends RdsClass {
  readonly family: string;
  readonly size: string;
  readonly kind: RdsKind;
}

const to16xlarge = ['large', 'xlarge', '2xlarge', '4xlarge', '8xlarge', '12xlarge', '16xlarge'];
const to24xlarge = [...to16xlarge, '24xlarge'];
const to32xlarge = [...to24xlarge, '32xlarge'];
const to48xlarge = [...to24xlarge, '48xlarge'];

/**
 * Families by kind, each kind in the order in which its families are proposed: plain ones first, Graviton before x86,
 * the newest generation that most regions have before newer and older ones; local disks (`d`) and extra network (`n`)
 * last. All sizes of a kind have the same memory per vCPU, except burstable ones and x2iedn.
 */
const families: readonly {
  readonly kind: RdsKind;
  readonly gibPerVcpu: number;
  readonly sizes: Readonly<Record<string, readonly string[]>>;
}[] = [
  {
    kind: 'general',
    gibPerVcpu: 4,
    sizes: {
      m7g: to16xlarge,
      m8g: to48xlarge,
      m6g: to16xlarge,
      m9g: to48xlarge,
      m7i: to48xlarge,
      m6i: to32xlarge,
      m5: to24xlarge,
      m8a: to48xlarge,
      m8gd: to48xlarge,
      m6gd: to16xlarge,
      m6id: to32xlarge,
      m6in: to32xlarge,
      m6idn: to32xlarge,
      m5d: to24xlarge,
    },
  },
  {
    kind: 'memory',
    gibPerVcpu: 8,
    sizes: {
      r7g: to16xlarge,
      r8g: to48xlarge,
      r6g: to16xlarge,
      r7i: to48xlarge,
      r6i: to32xlarge,
      r5: to24xlarge,
      r8a: to48xlarge,
      r8gd: to48xlarge,
      r6gd: to16xlarge,
      r6id: to32xlarge,
      r6in: to32xlarge,
      r6idn: to32xlarge,
      r5b: to24xlarge,
      r5d: to24xlarge,
    },
  },
  {
    kind: 'extreme',
    gibPerVcpu: 16,
    sizes: { x2g: to16xlarge, x2idn: ['16xlarge', '24xlarge', '32xlarge'] },
  },
  {
    kind: 'extreme',
    gibPerVcpu: 32,
    sizes: { x2iedn: ['xlarge', '2xlarge', '4xlarge', '8xlarge', '16xlarge', '24xlarge', '32xlarge'] },
  },
];

const burstableFamilies = ['t4g', 't3'];
const burstableSizes = [
  { size: 'micro', vcpu: 2, memoryGiB: 1 },
  { size: 'small', vcpu: 2, memoryGiB: 2 },
  { size: 'medium', vcpu: 2, memoryGiB: 4 },
  { size: 'large', vcpu: 2, memoryGiB: 8 },
  { size: 'xlarge', vcpu: 4, memoryGiB: 16 },
  { size: '2xlarge', vcpu: 8, memoryGiB: 32 },
];

/** `large` has 2 vCPU, `xlarge` 4, and `<n>xlarge` 4 n. */
function vcpuOf(size: string): number {
  return size === 'large' ? 2 : 4 * Number(size.replace('xlarge', '') || 1);
}

function row(kind: RdsKind, family: string, size: string, vcpu: number, memoryGiB: number): RdsClassRow {
  // AWS marks Graviton with a `g` right after the generation.
  const graviton = /\dg/.test(family);
  return {
    name: `db.${family}.${size}`,
    vcpu,
    memoryGiB,
    burstable: kind === 'burstable',
    graviton,
    family,
    size,
    kind,
  };
}

/** All rows in the order in which they are proposed. */
export const rdsClassRows: readonly RdsClassRow[] = [
  ...burstableFamilies.flatMap((family) =>
    burstableSizes.map(({ size, vcpu, memoryGiB }) => row('burstable', family, size, vcpu, memoryGiB)),
  ),
  ...families.flatMap(({ kind, gibPerVcpu, sizes }) =>
    Object.entries(sizes).flatMap(([family, names]) =>
      names.map((size) => row(kind, family, size, vcpuOf(size), vcpuOf(size) * gibPerVcpu)),
    ),
  ),
];
