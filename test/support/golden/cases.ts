/** A whole repository that is kept, so that a review sees what a change of a template or of a formula does. */
export interface GoldenCase {
  readonly name: string;
  readonly flags: Readonly<Record<string, unknown>>;
  /** The case it is compared with, the nearest one; of the first case every file is kept. */
  readonly from?: string;
}

export const goldenCases: readonly GoldenCase[] = [
  { name: 'default', flags: {} },
  {
    name: 'large',
    from: 'default',
    flags: {
      vcpu: '4',
      'rds-class': 'db.m7g.xlarge',
      'multi-az': true,
      domain: 'shop.example.com',
      architecture: 'ARM64',
      region: 'eu-central-1',
      ci: 'gitlab',
      django: '6.1',
      static: 's3',
    },
  },
  {
    name: 'tight',
    from: 'default',
    flags: {
      'project-name': 'corner_shop',
      vcpu: '1',
      'rds-class': 'db.t4g.micro',
      'min-tasks': '1',
      'slowest-request': '105',
      ci: 'bitbucket',
      'rds-engine-version': '18',
      infrastructure: 'none',
    },
  },
  {
    name: 'sqs',
    from: 'default',
    flags: { broker: 'sqs', 'celery-longest-task': '300', 'celery-min-tasks': '0', 'rds-class': 'db.m7g.large' },
  },
  {
    name: 'redis',
    from: 'sqs',
    flags: { broker: 'redis', beat: true, domain: 'shop.example.com', egress: 'endpoints' },
  },
  { name: 'pgbouncer', from: 'sqs', flags: { pooler: 'pgbouncer', 'rds-class': 'db.t4g.micro', broker: 'sqs' } },
];
