import path from 'node:path';
import { fileURLToPath } from 'node:url';

/** Absolute path of the checkout. */
export const root = fileURLToPath(new URL('../../', import.meta.url));

/** Everything that the tests install or keep between runs. */
export const cache = path.join(root, '.cache');
