/** Where the files that users upload are kept. */
export const mediaStores = ['none', 's3'] as const;
export type MediaStore = (typeof mediaStores)[number];
