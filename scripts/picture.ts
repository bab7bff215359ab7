/**
 * Draws docs/run.svg: the terminal of a real run of the built package.
 *   npm run picture
 */
import { writeFileSync } from 'node:fs';
import { runPicture } from './lib/runPicture.ts';

writeFileSync(new URL('../docs/run.svg', import.meta.url), runPicture());
