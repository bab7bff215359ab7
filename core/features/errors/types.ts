import type { ErrorTracker } from '../../facts/errorTrackers.ts';
import type { Section } from '../../plan/item.ts';

export interface ErrorsAnswers {
  /** Where exceptions are reported, beside the log. */
  readonly errors: ErrorTracker;
}

/** Its section of the plan. */
export interface ErrorsSection {
  /** Only with an error tracker. */
  readonly errors?: Section<'flushSeconds'>;
}
