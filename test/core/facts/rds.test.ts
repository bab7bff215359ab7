import assert from 'node:assert/strict';
import {
  commonRdsClasses,
  findRdsClass,
  isWellFormedRdsClass,
  maxConnectionsLowerBound,
  nominalMaxConnections,
  postgresMajorDefault,
  postgresMajors,
  rdsClasses,
  rdsPostgresMinors,
  reserved,
  reservedConnections,
} from '../../../core/facts/rds.ts';

describe('core/facts/rds: classes', () => {
  it('lists 264 classes of 33 families, each once', () => {
    const names = rdsClasses.map((rdsClass) => rdsClass.name);
    assert.equal(names.length, 264);
    assert.equal(new Set(names).size, names.length);
    assert.equal(new Set(names.map((name) => name.split('.')[1])).size, 33);
  });

  it('sorts by memory, then by name', () => {
    for (const [index, { memoryGiB, name }] of rdsClasses.entries()) {
      const before = rdsClasses[index - 1];
      assert.ok(
        before === undefined || before.memoryGiB < memoryGiB || (before.memoryGiB === memoryGiB && before.name < name),
        `${before?.name} before ${name}`,
      );
    }
  });

  it('keeps every class well-formed and its numbers possible', () => {
    for (const { name, vcpu, memoryGiB, burstable } of rdsClasses) {
      assert.ok(isWellFormedRdsClass(name), name);
      assert.ok(Number.isInteger(vcpu) && vcpu >= 2 && vcpu <= 192, `${name}: ${vcpu} vCPU`);
      assert.ok(Number.isInteger(memoryGiB) && memoryGiB >= 1 && memoryGiB <= 4096, `${name}: ${memoryGiB} GiB`);
      assert.equal(burstable, name.startsWith('db.t'), name);
    }
  });

  // Read in AWS's hardware tables, one or more of every memory ratio and size list.
  const known: readonly (readonly [string, number, number, boolean])[] = [
    ['db.t4g.micro', 2, 1, true],
    ['db.t3.medium', 2, 4, false],
    ['db.t4g.2xlarge', 8, 32, true],
    ['db.m5.large', 2, 8, false],
    ['db.m5d.24xlarge', 96, 384, false],
    ['db.m6idn.32xlarge', 128, 512, false],
    ['db.m7g.16xlarge', 64, 256, true],
    ['db.m8gd.48xlarge', 192, 768, true],
    ['db.r5b.8xlarge', 32, 256, false],
    ['db.r6gd.xlarge', 4, 32, true],
    ['db.r7i.48xlarge', 192, 1536, false],
    ['db.r8a.2xlarge', 8, 64, false],
    ['db.x2g.large', 2, 32, true],
    ['db.x2idn.16xlarge', 64, 1024, false],
    ['db.x2iedn.xlarge', 4, 128, false],
    ['db.x2iedn.32xlarge', 128, 4096, false],
  ];
  for (const [name, vcpu, memoryGiB, graviton] of known) {
    it(`knows ${name}: ${vcpu} vCPU, ${memoryGiB} GiB`, () => {
      const found = findRdsClass(name);
      assert.deepEqual([found?.vcpu, found?.memoryGiB, found?.graviton], [vcpu, memoryGiB, graviton]);
    });
  }

  it('leaves out what PostgreSQL 14 and newer do not run on, and what does not exist', () => {
    for (const name of ['db.m4.large', 'db.r4.large', 'db.t2.micro', 'db.m3.medium', 'db.r3.large', 'db.t1.micro']) {
      assert.equal(findRdsClass(name), undefined, name);
    }
    for (const name of ['db.m7g.24xlarge', 'db.m7i.32xlarge', 'db.x2idn.large', 'DB.M5.LARGE', '', 'toString']) {
      assert.equal(findRdsClass(name), undefined, name);
    }
  });

  it('tells a class that it may not know yet from a slip', () => {
    for (const name of ['db.m10g.large', 'db.t5g.micro', 'db.z1d.6xlarge', 'db.u7in.112xlarge']) {
      assert.ok(isWellFormedRdsClass(name), name);
    }
    const slips = ['', 'db', 'db.m7g', 'm7g.large', 'db.m7g.larg', 'db.m7g.0xlarge', 'db.m7g.1xlarge', 'db.g.large'];
    const hostile = [
      'db.m7g.large\n',
      ' db.m7g.large',
      'db.m7g.large"; x',
      'DB.M7G.LARGE',
      'db..large',
      'db.m7g.large.x',
    ];
    for (const name of [...slips, ...hostile, 'db.serverless', `db.m${'7'.repeat(200)}.large`]) {
      assert.equal(isWellFormedRdsClass(name), false, JSON.stringify(name));
    }
  });

  it('offers common classes in the prompt: known, Graviton, no more than fit a screen', () => {
    assert.ok(commonRdsClasses.includes('db.t4g.small') && commonRdsClasses.length <= 14);
    for (const name of commonRdsClasses) {
      assert.equal(findRdsClass(name)?.graviton, true, name);
    }
  });
});

describe('core/facts/rds: max_connections', () => {
  // What AWS documents (Aurora's table has the same formula), what projects report, what public tables hold.
  const observed: readonly (readonly [string, number, number])[] = [
    ['db.t4g.micro', 1, 79],
    ['db.t3.micro', 1, 81],
    ['db.t4g.small', 2, 181],
    ['db.t2.small', 2, 198],
    ['db.t2.medium', 4, 413],
    ['db.t3.medium', 4, 420],
    ['db.t4g.medium', 4, 405],
    ['db.t2.large', 8, 856],
    ['db.t3.large', 8, 844],
    ['db.t4g.large', 8, 844],
    ['db.m4.large', 8, 856],
    ['db.m5.large', 8, 823],
    ['db.r4.large', 15.25, 1660],
    ['db.r4.large (Aurora)', 15.25, 1600],
    ['db.r5.large', 16, 1600],
    ['db.r6g.large', 16, 1722],
    ['db.m5.xlarge', 16, 1646],
    ['db.m6g.xlarge', 16, 1705],
    ['db.m7g.xlarge', 16, 1705],
    ['db.r4.xlarge', 30.5, 3200],
    ['db.r5.xlarge', 32, 3300],
    ['db.r6g.xlarge', 32, 3479],
    ['db.x2g.large', 32, 3479],
    ['db.m5.2xlarge', 32, 3429],
    ['db.m6g.2xlarge', 32, 3410],
    ['db.m7g.2xlarge', 32, 3410],
    ['db.m6gd.2xlarge', 32, 3449],
    ['db.m6i.2xlarge', 32, 3410],
  ];
  for (const [name, memoryGiB, connections] of observed) {
    it(`stays at or below the ${connections} of ${name}, and above 88 % of them`, () => {
      const bound = maxConnectionsLowerBound(memoryGiB);
      assert.ok(bound <= connections && bound > 0.88 * connections, String(bound));
    });
  }

  it('gives the published numbers', () => {
    const byMemory = [1, 2, 4, 8, 16, 32].map(maxConnectionsLowerBound);
    assert.deepEqual(byMemory, [78, 178, 379, 780, 1582, 3186]);
  });

  it('never falls as memory grows, stays below the nominal formula and at most 5000', () => {
    let before = 0;
    for (const { name, memoryGiB } of rdsClasses) {
      const bound = maxConnectionsLowerBound(memoryGiB);
      const nominal = nominalMaxConnections(memoryGiB);
      assert.ok(bound >= before && bound <= nominal && Number.isInteger(bound), `${name}: ${bound} of ${nominal}`);
      before = bound;
    }
    assert.equal(before, 5000);
  });

  it("gives what RDS's formula would without the reserve", () => {
    const byMemory = [1, 2, 4, 8, 16, 32, 64].map(nominalMaxConnections);
    assert.deepEqual(byMemory, [112, 225, 450, 901, 1802, 3604, 5000]);
  });

  it('is 0 where nothing is left', () => {
    assert.equal(maxConnectionsLowerBound(0.1), 0);
  });

  it('reserves 15 connections, each with its reason', () => {
    assert.equal(reservedConnections, 15);
    assert.ok(reserved.every(({ connections, reason }) => connections > 0 && reason.length > 0));
  });
});

describe('core/facts/rds: engine versions', () => {
  it('offers 14 to 18, each with the minor versions that RDS has or had', () => {
    assert.deepEqual(postgresMajors, ['14', '15', '16', '17', '18']);
    for (const major of postgresMajors) {
      const minors: readonly number[] = rdsPostgresMinors[major];
      assert.ok(minors.every((minor, index) => index === 0 || minor > (minors[index - 1] ?? 0)));
    }
    assert.equal(rdsPostgresMinors[postgresMajorDefault].at(-1), 11);
    assert.ok(!rdsPostgresMinors['18'].some((minor) => Number(minor) === 5));
  });
});
