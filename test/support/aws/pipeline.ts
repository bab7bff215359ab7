import { writeFileSync } from 'node:fs';
import path from 'node:path';
import type { Account, Identity, Keys } from './account.ts';

/** Who the jobs of a pipeline are: one pushes images, the other releases. */
export interface Pipeline {
  readonly build: Identity;
  readonly release: Identity;
}

export type Provider = 'github' | 'gitlab' | 'bitbucket' | 'codebuild';

const uuid = (digit: number): string =>
  `${digit}`.repeat(8) + `-${`${digit}`.repeat(4)}`.repeat(3) + `-${`${digit}`.repeat(12)}`;

/** What a release may take: a slow migration, then a deployment. */
const releaseSeconds = 7200;

/** What the owner of the account writes into deploy/parameters.json of where the repository is. */
const places: Readonly<Record<string, string>> = {
  Repository: 'somebody/shop',
  Workspace: 'somebody',
  WorkspaceUuid: uuid(1),
  RepositoryUuid: uuid(2),
  EnvironmentUuid: uuid(3),
  ConnectionArn: `arn:aws:codeconnections:us-east-1:123456789012:connection/${uuid(6)}`,
};

/** Those of the parameters that say where the repository is, filled in. */
export function parametersOf(asked: Readonly<Record<string, string>> = {}): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(places).filter(([name]) => name in asked));
}

interface Claims {
  readonly iss: string;
  readonly aud: string;
  readonly sub: string;
}

/** What the provider's tokens say: of a push to the branch, and of a job of the environment that releases. */
function claimsOf(provider: Exclude<Provider, 'codebuild'>): Readonly<Record<keyof Pipeline, Claims>> {
  switch (provider) {
    case 'github': {
      const common = { iss: 'https://token.actions.githubusercontent.com', aud: 'sts.amazonaws.com' };
      return {
        build: { ...common, sub: 'repo:somebody/shop:ref:refs/heads/main' },
        release: { ...common, sub: 'repo:somebody/shop:environment:production' },
      };
    }
    case 'gitlab': {
      const sub = 'project_path:somebody/shop:ref_type:branch:ref:main';
      const claims = { iss: 'https://gitlab.com', aud: 'https://gitlab.com', sub };
      return { build: claims, release: claims };
    }
    case 'bitbucket': {
      const claims = {
        iss: 'https://api.bitbucket.org/2.0/workspaces/somebody/pipelines-config/identity/oidc',
        aud: `ari:cloud:bitbucket::workspace/${uuid(1)}`,
        sub: `{${uuid(2)}}:{${uuid(3)}}:{${uuid(4)}}`,
      };
      return { build: claims, release: claims };
    }
  }
}

/** A token as an identity provider writes it. Its signature is nobody's: the stand-in has no keys of the providers. */
function tokenOf(claims: Claims): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  return [part({ alg: 'RS256', typ: 'JWT' }), part(claims), 'signature'].join('.');
}

/**
 * Takes the roles that the stack of the platform has made, as the provider's jobs take them. On CodeBuild the project that
 * releases pushes the image, too; the other one takes its role for its logs alone.
 *
 * @throws with the refusal of AWS where a role does not trust it
 */
export async function enterPipeline(account: Account, provider: Provider, slug = 'shop'): Promise<Pipeline> {
  if (provider === 'codebuild') {
    await takeForProject(account, `${slug}-build`);
    const release = await takeForProject(account, `${slug}-release`);
    return { build: release, release };
  }
  const { build, release } = tokensOf(provider);
  return {
    build: await account.takeWithToken(`${slug}-build`, build),
    release: await account.takeWithToken(`${slug}-release`, release, releaseSeconds),
  };
}

/**
 * What the jobs on GitLab and Bitbucket find in their environment: a token in a file, and which role it is for. The program
 * itself trades it for keys.
 */
export function handOverTokens(provider: 'gitlab' | 'bitbucket', folder: string): Pipeline {
  const tokens = tokensOf(provider);
  const identityOf = (job: keyof Pipeline): Identity => {
    const file = path.join(folder, job);
    writeFileSync(file, tokens[job]);
    const role = `arn:aws:iam::123456789012:role/shop-${job}`;
    const keys = { AWS_ACCESS_KEY_ID: undefined, AWS_SECRET_ACCESS_KEY: undefined };
    return { ...keys, AWS_ROLE_ARN: role, AWS_WEB_IDENTITY_TOKEN_FILE: file };
  };
  return { build: identityOf('build'), release: identityOf('release') };
}

/** Takes a role as CodeBuild does for a project, by default the one of the role's name. */
export function takeForProject(account: Account, role: string, project = role): Promise<Keys> {
  const source = `arn:aws:codebuild:us-east-1:123456789012:project/${project}`;
  return account.take(role, 'codebuild.amazonaws.com', source);
}

/** The tokens of the jobs that push and release. */
export function tokensOf(provider: Exclude<Provider, 'codebuild'>): Readonly<Record<keyof Pipeline, string>> {
  const { build, release } = claimsOf(provider);
  return { build: tokenOf(build), release: tokenOf(release) };
}

/** A token of the provider for another repository, which no role may trust. */
export function strangersToken(provider: Exclude<Provider, 'codebuild'>): string {
  const { release } = claimsOf(provider);
  return tokenOf({ ...release, sub: release.sub.replace('shop', 'other').replace(uuid(2), uuid(5)) });
}
