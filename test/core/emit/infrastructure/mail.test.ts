import assert from 'node:assert/strict';
import { evaluate } from '../../../support/cloudFormation.ts';
import { infrastructureOf, mailers, propertiesOf, resourcesOf, stackOf } from '../../../support/infrastructure.ts';
import type { Infrastructure } from '../../../support/infrastructure.ts';

const all = mailers.map(infrastructureOf);
const byApi = all.filter(({ answers }) => answers.mail === 'ses');

/** The ports that the tasks reach, besides those of what the stacks make. */
function portsOut(infrastructure: Infrastructure): readonly unknown[] {
  const rules = propertiesOf(infrastructure, 'network', 'TaskSecurityGroup')['SecurityGroupEgress'];
  return (rules as readonly Readonly<Record<string, unknown>>[])
    .filter(({ CidrIp }) => CidrIp !== undefined)
    .map(({ FromPort, ToPort }) => (FromPort === ToPort ? FromPort : [FromPort, ToPort]));
}

interface Statement {
  readonly Effect: string;
  readonly Action: readonly string[];
  readonly Resource: unknown;
  readonly Condition: unknown;
}

/** Who may send, by the role. */
function rightsOf(infrastructure: Infrastructure): Readonly<Record<string, readonly Statement[]>> {
  return Object.fromEntries(
    resourcesOf(infrastructure, 'AWS::IAM::RolePolicy')
      .filter(({ properties }) => properties['PolicyName'] === 'send-mail')
      .map(({ properties }) => {
        const { Statement: statements } = properties['PolicyDocument'] as { Statement: readonly Statement[] };
        return [String(properties['RoleName']), statements];
      }),
  );
}

describe('mail in the stacks', () => {
  it('opens the port of a mail server only where there is one', () => {
    assert.deepEqual(all.map(portsOut), [[443], [443], [443, 465]]);
    assert.deepEqual(portsOut(infrastructureOf({})), [443]);
    const { mailPort: _, ...server } = mailers[2] ?? {};
    assert.deepEqual(portsOut(infrastructureOf(server)), [443, 587]);
  });

  it('lets every role whose code sends do that, as the domain of the sender, and do nothing else', () => {
    assert.equal(byApi.length, 2);
    for (const infrastructure of byApi) {
      const domain = infrastructure.answers.domain ?? 'example.com';
      const rights = rightsOf(infrastructure);
      const worker = infrastructure.answers.broker === 'none' ? [] : ['shop-worker'];
      assert.deepEqual(Object.keys(rights), ['shop-task', ...worker, 'shop-ops']);
      for (const [statement, ...others] of Object.values(rights)) {
        assert.deepEqual(others, []);
        assert.deepEqual(statement?.Action, ['ses:SendEmail', 'ses:SendRawEmail']);
        assert.deepEqual(statement.Condition, { StringLike: { 'ses:FromAddress': `*@${domain}` } });
        const arn = String(evaluate(stackOf(infrastructure, 'mail'), statement.Resource));
        assert.ok(arn.endsWith(`:identity/${domain}`) && !arn.includes('*'), arn);
      }
    }
  });

  it('has no stack and no right for a server', () => {
    const [server] = all.filter(({ answers }) => answers.mail === 'smtp');
    assert.ok(server !== undefined);
    assert.deepEqual([server.stacks.has('mail'), rightsOf(server)], [false, {}]);
  });

  it('makes the records where a hosted zone is given, and tells them in any case', () => {
    for (const infrastructure of byApi) {
      const { Outputs } = stackOf(infrastructure, 'mail');
      const records = resourcesOf(infrastructure, 'AWS::Route53::RecordSet').map(({ properties }) => properties);
      assert.equal(records.length, 3);
      assert.deepEqual(Object.keys(Outputs), ['DkimRecord1', 'DkimRecord2', 'DkimRecord3']);
      const texts = records.map(({ Name, ResourceRecords }) => JSON.stringify([Name, ResourceRecords]));
      assert.equal(new Set(texts).size, 3);
    }
  });
});
