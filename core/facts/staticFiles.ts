/** Where hashed static files are served from: the web tasks, or a bucket behind CloudFront. */
export const staticServers = ['whitenoise', 's3'] as const;
export type StaticServer = (typeof staticServers)[number];
