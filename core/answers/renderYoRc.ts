import { exitCodes, UserError } from '../errors.ts';
import { setJsonValues } from '../formats/json/setJsonValues.ts';
import { withoutByteOrderMark } from '../formats/lines/splitLines.ts';
import { declarations } from './declarations.ts';
import { storageKey, storedSection, toStored } from './files.ts';
import { isObject } from './kinds.ts';
import type { Resolved } from './resolve.ts';
import { settingNames } from './settings.ts';

/** The order of the declarations, so that it does not depend on the order of the commands. */
const storedOrder = declarations.map(({ key }) => key);

/**
 * The text of `.yo-rc.json` with these answers. Other generators use the same file, and people edit it: only
 * our answers change, and every other byte stays.
 *
 * @param existing the text as it is, which is JSON; undefined when there is no such file
 * @throws UserError (exit 3) when the answers cannot be set without changing anything else
 */
export function renderYoRc(existing: string | undefined, resolved: Resolved): string {
  const stored = toStored(resolved);
  if (existing === undefined) return `${JSON.stringify({ [storageKey]: stored }, undefined, 2)}\n`;
  const section = storedSection(JSON.parse(withoutByteOrderMark(existing)));
  const before = isObject(section) ? section : undefined;
  const names = new Set([...Object.keys(before ?? {}), ...Object.keys(stored)]);
  const changes = [...names]
    .filter((name) => !settingNames.includes(name) && stored[name] !== before?.[name])
    .map((name) => ({ path: [storageKey, name], value: stored[name] }));
  const wanted = before === undefined ? [{ path: [storageKey], value: stored }] : changes;
  const text = wanted.length === 0 ? existing : setJsonValues(existing, wanted, storedOrder);
  if (text !== undefined) return text;
  throw new UserError(
    'The answers cannot be written into .yo-rc.json without changing other text in it; nothing was written. ' +
      `Write one answer per line into "${storageKey}", then run the same command again.`,
    { exitCode: exitCodes.conflicts },
  );
}
