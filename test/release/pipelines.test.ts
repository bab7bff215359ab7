import assert from 'node:assert/strict';
import { Account } from '../support/aws/account.ts';
import { enterPipeline, parametersOf, strangersToken, takeForProject, tokensOf } from '../support/aws/pipeline.ts';
import type { Provider } from '../support/aws/pipeline.ts';
import { infrastructureOf, stackOf } from '../support/infrastructure.ts';
import type { Given } from '../support/infrastructure.ts';
import { need } from '../support/need.ts';
import { stopServers } from '../support/servers/process.ts';
import { statementsOf } from '../support/statements.ts';
import type { Statement } from '../support/statements.ts';

const providers = ['github', 'gitlab', 'bitbucket', 'codebuild'] as const;

/** The statements of a role, by their Sid. */
function rightsOf(ci: Provider | 'none', role: string, others: Given = {}): ReadonlyMap<string, Statement> {
  return new Map(
    statementsOf(infrastructureOf({ ci, ...others }))
      .filter(({ id }) => id.startsWith(`${role}:`))
      .map(({ statement }) => [String(statement.Sid), statement]),
  );
}

/** The lives run with the roles of GitHub (life.test.ts), GitLab (worker.test.ts) and CodeBuild (pgbouncer.test.ts). */
describe("the pipelines' roles", () => {
  it('may do the same on GitHub, GitLab and Bitbucket, and without a provider', () => {
    for (const role of ['BuildRole', 'ReleaseRole'] as const) {
      const [first, ...others] = (['github', 'gitlab', 'bitbucket', 'none'] as const).map((ci) => rightsOf(ci, role));
      assert.ok(first !== undefined && first.size > 1);
      for (const other of others) {
        assert.deepEqual(other, first);
      }
    }
  });

  it('on CodeBuild write their logs, and the one that releases pushes, too', () => {
    const [usual, build] = [rightsOf('github', 'BuildRole'), rightsOf('codebuild', 'BuildRole')];
    assert.deepEqual([...build.keys()], ['Report']);
    const { Report: report, ReadImages: read, ...rest } = Object.fromEntries(rightsOf('codebuild', 'ReleaseRole'));
    assert.deepEqual(report?.Action, build.get('Report')?.Action);
    const { ReadImages: usuallyRead, ...others } = Object.fromEntries(rightsOf('github', 'ReleaseRole'));
    assert.deepEqual(rest, { ...Object.fromEntries(usual), ...others });
    // Each right stands once.
    const pushed = [usual.get('Push')?.Action ?? []].flat();
    const missing = [usuallyRead?.Action ?? []].flat().filter((action) => !pushed.includes(action));
    assert.deepEqual([read?.Action].flat(), missing);
  });

  it('with Valkey in the place of SQS, which no life has, know one more secret, and nothing else changes', () => {
    for (const [role, sid] of [
      ['ReleaseRole', 'FindSecrets'],
      ['ExecutionRole', 'Secrets'],
    ] as const) {
      const { [sid]: more, ...redis } = Object.fromEntries(rightsOf('gitlab', role, { broker: 'redis' }));
      const { [sid]: usual, ...sqs } = Object.fromEntries(rightsOf('gitlab', role, { broker: 'sqs' }));
      assert.deepEqual(redis, sqs, role);
      const broker = 'arn:aws:secretsmanager:us-east-1:123456789012:secret:shop/redis-??????';
      assert.deepEqual(more, { ...usual, Resource: [...[usual?.Resource ?? []].flat(), broker] });
    }
  });

  describe('on the AWS stand-in', function () {
    this.timeout(120_000);
    let account: Account;

    before(async function () {
      account = await Account.start(need(this, 'moto'));
      for (const ci of providers) {
        const { template, parameters } = onlyRoles(ci);
        const { status } = await account.createStack(`shop-${ci}`, template, parameters);
        assert.equal(status, 'CREATE_COMPLETE', ci);
      }
    });

    after(stopServers);

    for (const ci of providers) {
      it(`are taken by the jobs on ${ci}`, async () => {
        const { release } = await enterPipeline(account, ci, ci);
        assert.match(release['AWS_ACCESS_KEY_ID'] ?? '', /^ASIA/u);
      });
    }

    for (const ci of ['github', 'gitlab', 'bitbucket'] as const) {
      it(`are not taken by another repository on ${ci}, nor for longer than they say`, async () => {
        const refusal = /Not authorized to perform sts:AssumeRoleWithWebIdentity/u;
        for (const role of [`${ci}-build`, `${ci}-release`]) {
          await assert.rejects(account.takeWithToken(role, strangersToken(ci)), refusal);
        }
        const { build, release } = tokensOf(ci);
        const tooLong = /DurationSeconds exceeds the MaxSessionDuration/u;
        await assert.rejects(account.takeWithToken(`${ci}-build`, build, 7200), tooLong);
        await assert.rejects(account.takeWithToken(`${ci}-release`, release, 7201), tooLong);
      });
    }

    it('are not taken with a token of another provider, nor the one that releases by a mere push', async () => {
      const { build } = tokensOf('github');
      await assert.rejects(account.takeWithToken('github-release', build), /Not authorized/u);
      await assert.rejects(account.takeWithToken('gitlab-release', tokensOf('github').release), /Not authorized/u);
    });

    it('are not taken by another project of CodeBuild', async () => {
      await assert.rejects(takeForProject(account, 'codebuild-release', 'codebuild-build'), /not authorized/u);
    });
  });
});

/** The stack of the platform with nothing but the pipeline's roles, who may take them, and the identity provider. */
function onlyRoles(ci: Provider) {
  const platform = stackOf(infrastructureOf({ ci, projectName: ci }), 'platform');
  const { BuildRole, ReleaseRole, OidcProvider, Connect } = platform.Resources;
  // The other policies name resources that are not here.
  const bare = (resource = BuildRole) => {
    const policies = (resource?.Properties['Policies'] ?? []) as readonly { readonly PolicyName: string }[];
    const kept = policies.filter(({ PolicyName }) => PolicyName === 'report');
    return { ...resource, Properties: { ...resource?.Properties, Policies: kept } };
  };
  const asked = parametersOf(Object.fromEntries(Object.keys(platform.Parameters ?? {}).map((name) => [name, ''])));
  const kept = Object.entries(platform.Parameters ?? {}).filter(
    ([name]) => name in asked || name === 'Branch' || name === 'ExistingOidcProviderArn',
  );
  const { HasAlarmEmail: _alarms, ...conditions } = platform.Conditions ?? {};
  const template = {
    Parameters: Object.fromEntries(kept),
    Conditions: conditions,
    Resources: {
      BuildRole: bare(),
      ReleaseRole: bare(ReleaseRole),
      ...(OidcProvider === undefined ? {} : { OidcProvider }),
      ...(Connect === undefined ? {} : { Connect }),
    },
  };
  return { template, parameters: asked };
}
