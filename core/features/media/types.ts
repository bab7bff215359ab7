import type { MediaStore } from '../../facts/media.ts';
import type { Section } from '../../plan/item.ts';

export interface MediaAnswers {
  /** Where the files that users upload are kept; `none`: nowhere, and an upload is refused. */
  readonly media: MediaStore;
}

/** How the tasks speak to the bucket. */
export type MediaPlan = Section<
  'connectTimeoutMs' | 'readTimeoutMs' | 'attempts' | 'urlSeconds' | 'replacedDays' | 'unfinishedDays'
>;

/** Its section of the plan. */
export interface MediaSection {
  /** Only with a bucket. */
  readonly media?: MediaPlan;
}
