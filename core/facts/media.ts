/** Where the files that users upload are kept. */
export const mediaPlaces = ['none', 's3'] as const;
export type MediaPlace = (typeof mediaPlaces)[number];
