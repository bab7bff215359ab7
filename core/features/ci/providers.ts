/** Whose pipelines the repository may have; the first is the default. */
export const ciProviders = ['github', 'gitlab', 'bitbucket', 'codebuild', 'none'] as const;
export type CiProvider = (typeof ciProviders)[number];
