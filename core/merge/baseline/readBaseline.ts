import { exitCodes, UserError } from '../../errors.ts';
import { hasMarkerLine } from '../threeWay/markers.ts';
import { baselineSchema } from './baseline.ts';
import type { Baseline, Entry, Sha256 } from './baseline.ts';
import { pathFault } from '../../pathFault.ts';

const policies: readonly unknown[] = ['merge', 'once', 'form', 'lock', 'binary'];
const states: readonly unknown[] = [undefined, 'deleted-by-user', 'released', 'unresolved'];

/**
 * Reads the baseline. It lies in the user's repository, so anyone may have written it: paths are checked, and an entry
 * whose hash is not that of its text is never used as `last`.
 *
 * @param text the content of `.django-fargate/baseline.json`
 * @throws UserError (exit 4) when it cannot be read as a whole; nothing may be written then
 */
export function readBaseline(text: string, sha256: Sha256): Baseline {
  if (hasMarkerLine(text)) {
    throw broken('contains the markers of an unfinished merge', 'Take either side of the whole file');
  }
  const content = parse(text);
  if (!isObject(content) || content['generator'] !== 'generator-django-fargate' || !isObject(content['files'])) {
    throw broken('is not a baseline of this generator', rebuild);
  }
  if (typeof content['schema'] !== 'number' || content['schema'] > baselineSchema) {
    throw broken(
      `has the form ${JSON.stringify(content['schema'])}, which this version does not support`,
      'Install the version of generator-django-fargate that wrote it, or a newer one',
    );
  }
  const entries = new Map<string, Entry>();
  const untrusted = new Set<string>();
  for (const [path, value] of Object.entries(content['files'])) {
    const fault = pathFault(path);
    if (fault !== undefined) throw broken(`names the path ${JSON.stringify(path)}, which ${fault}`, rebuild);
    if (isEntry(value) && isWhole(value, sha256)) entries.set(path, value);
    else untrusted.add(path);
  }
  const config = content['config'];
  return { config: isObject(config) ? config : {}, entries, broken: untrusted };
}

const rebuild = 'Restore it from version control, or use --rebuild-baseline with the version that wrote it';

function broken(what: string, next: string): UserError {
  return new UserError(
    `.django-fargate/baseline.json ${what}; without it your edits cannot be told from generated text, so nothing was ` +
      `written. ${next}, then run the same command again.`,
    { exitCode: exitCodes.unsafe },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw broken('is not JSON', rebuild);
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEntry(value: unknown): value is Entry {
  if (!isObject(value)) return false;
  const { policy, version, sha256, exec, text, state, adopted } = value;
  return (
    policies.includes(policy) &&
    states.includes(state) &&
    (adopted === undefined || adopted === true) &&
    typeof version === 'string' &&
    /^\d+\.\d+\.\d+/.test(version) &&
    typeof sha256 === 'string' &&
    /^[0-9a-f]{64}$/.test(sha256) &&
    typeof exec === 'boolean' &&
    (policy === 'merge' || policy === 'form' ? typeof text === 'string' : text === undefined)
  );
}

function isWhole({ text, sha256: expected }: Entry, sha256: Sha256): boolean {
  return text === undefined || sha256(new TextEncoder().encode(text)) === expected;
}
