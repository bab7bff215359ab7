import type { StaticServer } from '../../facts/staticFiles.ts';

export interface StaticAnswers {
  /** Where hashed static files are served from. */
  readonly static: StaticServer;
}
