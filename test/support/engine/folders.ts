import path from 'node:path';
import { cache } from '../paths.ts';

/** What the unpacked engine keeps between runs on one machine: programs, images, build cache. */
export const engineFolder = path.join(cache, 'engine');

/** The Debian release of the engine and of the official images `python:<version>-slim` and `postgres:17`. */
export const release = 'trixie';
