import { UserError } from '../errors.ts';
import { nameDistance } from '../facts/nearest.ts';
import { declarations, isLeftOut } from './declarations.ts';
import { isObject } from './kinds.ts';
import { keyToday } from './renamed.ts';
import type { Door, Resolved } from './resolve.ts';
import { settingNames } from './settings.ts';
import type { Raw } from './types.ts';

/** The key of our part of `.yo-rc.json`. */
export const storageKey = 'generator-django-fargate';

/**
 * The answers of a parsed JSON file.
 * @param content the parsed file of `--answers`; a `$schema` is allowed
 * @throws UserError for anything but an object, and for an unknown key
 */
export function readAnswersFile(content: unknown, name: string): Door {
  return readSection(content, name, ['$schema']);
}

/**
 * The answers of a parsed `.yo-rc.json`; the parts of other generators are ignored.
 * @throws UserError when the file or our part of it is not an object, or holds an unknown key
 */
export function readStored(content: unknown, name: string): Door {
  if (content === undefined) {
    return new Map();
  }
  if (!isObject(content)) {
    throw new UserError(`${name}: not a JSON object; repair it or move it away.`);
  }
  const section = storedSection(content);
  return section === undefined ? new Map() : readSection(section, `${name} (${storageKey})`, settingNames);
}

/** Our part of a parsed `.yo-rc.json`, undefined when there is none. */
export function storedSection(content: unknown): unknown {
  return isObject(content) && Object.hasOwn(content, storageKey) ? content[storageKey] : undefined;
}

function readSection(content: unknown, name: string, ignored: readonly string[]): Door {
  if (!isObject(content)) {
    throw new UserError(`${name}: not a JSON object of answers, such as {"vcpu": 0.5}.`);
  }
  const door = new Map<string, Raw>();
  const problems: string[] = [];
  for (const [key, value] of Object.entries(content)) {
    if (ignored.includes(key)) {
      continue;
    }
    const today = keyToday(key);
    if (today !== key && Object.hasOwn(content, today)) {
      problems.push(`${name}: ${JSON.stringify(key)} is the old name of ${JSON.stringify(today)}; give one of them.`);
    } else if (declarations.some((declaration) => declaration.key === today)) {
      door.set(today, { value, origin: `${name}: ${key}` });
    } else {
      problems.push(`${name}: ${JSON.stringify(key)} is not an answer; ${nearestKey(key)}.`);
    }
  }
  if (problems.length > 0) {
    throw new UserError(problems.join('\n'));
  }
  return door;
}

function nearestKey(key: string): string {
  const keys = declarations.map((declaration) => declaration.key);
  const ranked = keys.toSorted((left, right) => nameDistance(key, left) - nameDistance(key, right));
  const byFlag = declarations.find(({ flag }) => flag === key || flag.replaceAll('-', '') === key.toLowerCase());
  return `nearest: ${byFlag?.key ?? ranked[0]}; allowed: ${keys.join(', ')}`;
}

/**
 * What `.yo-rc.json` keeps: every answer but the computed ones that were not given, and what is about a capability that
 * is left out.
 */
export function toStored({ answers, given }: Resolved): Readonly<Record<string, string | number | boolean>> {
  return Object.fromEntries(
    declarations.flatMap(({ key, computed, partOf = key }) => {
      const value = answers[key];
      return value === undefined || isLeftOut(partOf, answers) || (computed && !given.has(key))
        ? []
        : [[key, value] as const];
    }),
  );
}
