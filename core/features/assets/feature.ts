import type { Feature } from '../feature.ts';
import { assetsAnswers } from './answers.ts';
import { assetsFiles } from './files.ts';

/** JavaScript and CSS, built by Node.js in a stage of its own before the static files are collected. */
export const assets: Feature = {
  name: 'Built assets',
  key: 'assets',
  off: 'none',
  answers: assetsAnswers,
  // Of the service that runs there is nothing in it.
  plan: { demand: () => ({}) },
  files: assetsFiles,
  names: {},
  release: {},
  places: {},
};
