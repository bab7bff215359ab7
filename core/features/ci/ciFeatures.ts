import { bitbucket } from './bitbucket.ts';
import { codebuild } from './codebuild.ts';
import { github } from './github.ts';
import { gitlab } from './gitlab.ts';
import { none } from './none.ts';
import type { CiProvider } from './providers.ts';
import type { CiFeature } from './types.ts';

/** What each provider needs: a provider without one of its parts does not compile. */
export const ciFeatures: Readonly<Record<CiProvider, CiFeature>> = { github, gitlab, bitbucket, codebuild, none };

/** The files of any provider at the top of a repository: none of them belongs in an image. */
export const ciPaths: readonly string[] = [
  ...new Set(Object.values(ciFeatures).flatMap(({ files }) => files.map(({ path }) => path.split('/')[0] ?? path))),
]
  .filter((path) => path !== 'deploy')
  .toSorted();
