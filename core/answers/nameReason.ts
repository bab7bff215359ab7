import { reservedNameReason } from '../facts/reservedNames.ts';
import { derivedNameReason } from '../features/names.ts';

/** Of what is no package name at all, nothing is derived. */
const isSimple = /^[a-z][a-z0-9_]*$/;

/**
 * Why a project may not be called `name`, as the rest of a sentence that starts with the name; undefined when it may.
 * Whether `name` is a package name at all is a question of its own.
 */
export function nameReason(name: string): string | undefined {
  return reservedNameReason(name) ?? (isSimple.test(name) ? derivedNameReason(name) : undefined);
}
