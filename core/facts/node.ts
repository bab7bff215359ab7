/** Who builds the JavaScript and CSS of the project before its static files are collected: nobody, or Node.js. */
export const assetBuilders = ['none', 'node'] as const;
export type AssetBuilder = (typeof assetBuilders)[number];

/**
 * Node.js of the image's first stage and of CI: the newest version that has been in long-term support for a year, until
 * 2028-04-30. Source: schedule of github.com/nodejs/Release, read on 2026-11-30.
 */
export const nodeMajor = 24;
