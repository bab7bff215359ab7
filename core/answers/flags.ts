import { UserError } from '../errors.ts';
import { isBeginning, nameDistance } from '../facts/nearest.ts';
import { findCommandName } from './commandNames.ts';
import { controls, type ControlName } from './controls.ts';
import { renamedAnswers } from './renamed.ts';
import type { Door } from './resolve.ts';
import type { AnswerKind, Raw } from './types.ts';

/** What a command accepts on its command line. */
export interface Accepted {
  readonly answers: readonly { readonly key: string; readonly flag: string; readonly kind: AnswerKind }[];
  readonly controls: readonly ControlName[];
}

export interface CommandLine {
  readonly folder?: string;
  readonly answers: Door;
  readonly switches: ReadonlySet<ControlName>;
  /** The values of the controls that have one, such as the file of `--answers`. */
  readonly values: ReadonlyMap<ControlName, string>;
}

/** Options that Yeoman itself reads or adds; they have no meaning here; in particular `--force` does not mean "overwrite". */
const yeomanOptions: ReadonlySet<string> = new Set(
  (
    'env resolved namespace _meta ' +
    'local-only generators environment-version ignore-version-check ' +
    'skip-check-env skip-local-cache local-config-only destination-root generator-root ' +
    'shared-options skip-yo-resolve ignore-whitespace skip-parse-options new-error-handler ' +
    'generate-into node-package-manager shared-data skip-generators insight ' +
    'forward-error-to-environment'
  ).split(' '),
);

/** Switches of `yo` that a user may have typed: like every boolean flag they may have taken the folder as their value. */
const yeomanSwitches = ['force', 'bail', 'debug', 'skip-install', 'skip-cache', 'force-install', 'ask-answered'];

interface Known {
  readonly flag: string;
  readonly boolean: boolean;
  readonly control?: ControlName;
  readonly key?: string;
}

/**
 * Makes sense of what `yo` hands over. It parses flags without knowing them: `--yes ../shop` gives `yes` the folder,
 * `--vcpu 1 --vcpu 2` an array, `--region --yes` the value `true`, a folder `8` a number, and a misspelt flag passes.
 *
 * @param positionals what was given without a flag
 * @param options flags by name, kebab-case or camelCase
 * @throws UserError for an unknown or repeated flag, a missing value or a second folder
 */
export function readCommandLine(
  positionals: readonly unknown[],
  options: Readonly<Record<string, unknown>>,
  accepted: Accepted,
): CommandLine {
  const known = knownFlags(accepted);
  const folders = positionals.map((positional) => String(positional));
  const answers = new Map<string, Raw>();
  const switches = new Set<ControlName>();
  const problems: string[] = [];
  const values = new Map<ControlName, string>();

  for (const [name, value] of canonical(options)) {
    const flag = known.get(name);
    if (value === undefined || (flag === undefined && yeomanOptions.has(name))) {
      continue;
    }
    if (flag === undefined) {
      const dashes = name.length === 1 ? '-' : '--';
      problems.push(`${dashes}${name}: not a flag of this command.${didYouMean(name, [...known.values()])}`);
      // The word after it was meant as its value, not as a folder.
      folders.splice(1);
    } else if (Array.isArray(value)) {
      problems.push(`--${flag.flag}: given ${value.length} times; give it once.`);
    } else if (flag.boolean && flag.key !== undefined && value === 'default') {
      // `default` removes a stored answer, so it is not a folder here; `./default` is.
      problems.push(`--${flag.flag}: takes no value; --no-${flag.flag} turns it off.`);
    } else if (flag.boolean) {
      const on = readBoolean(value, folders);
      if (flag.key !== undefined) {
        answers.set(flag.key, { value: on, origin: `--${flag.flag}` });
      } else if (on && flag.control !== undefined) {
        switches.add(flag.control);
      }
    } else if (value === false && flag.key !== undefined) {
      answers.set(flag.key, { value: 'default', origin: `--no-${flag.flag}` });
    } else if (typeof value === 'boolean' || value === '' || String(value).startsWith('--')) {
      problems.push(`--${flag.flag}: needs a value.`);
    } else if (flag.key !== undefined) {
      answers.set(flag.key, { value, origin: `--${flag.flag}` });
    } else if (flag.control !== undefined) {
      values.set(flag.control, String(value));
    }
  }
  if (folders.length > 1) {
    const command = findCommandName(folders[0] ?? '');
    const meant = command?.startsWith('--') === true ? command : `the command ${command}`;
    const hint = command === undefined ? '' : ` Did you mean ${meant}?`;
    problems.push(`Give at most one folder; given: ${folders.join(', ')}.${hint}`);
  }
  if (folders[0] === '') {
    problems.push('The folder name is empty; leave it out to use the current folder.');
  }
  if (problems.length > 0) {
    throw new UserError([...problems, 'See --help for all flags.'].join('\n'));
  }
  return {
    answers,
    switches,
    values,
    ...(folders[0] === undefined ? {} : { folder: folders[0] }),
  };
}

function knownFlags(accepted: Accepted): ReadonlyMap<string, Known> {
  return new Map<string, Known>([
    ...accepted.answers.map(({ key, flag, kind }) => [flag, { flag, key, boolean: kind === 'boolean' }] as const),
    ...accepted.controls.map((control) => {
      const { flag, kind } = controls[control];
      return [flag, { flag, control, boolean: kind === 'boolean' }] as const;
    }),
    ...yeomanSwitches.map((flag) => [flag, { flag, boolean: true }] as const),
    ['h', { flag: 'help', control: 'help', boolean: true }],
    ['v', { flag: 'version', control: 'version', boolean: true }],
  ]);
}

/** `yo` gives every flag twice, in camelCase and in kebab-case: one entry each. */
function canonical(options: Readonly<Record<string, unknown>>): ReadonlyMap<string, unknown> {
  const found = new Map<string, unknown>();
  for (const [name, value] of Object.entries(options)) {
    const kebab = name.replaceAll(/(?<=[a-z0-9])[A-Z]/g, (letter) => `-${letter}`).toLowerCase();
    if (found.get(kebab) === undefined) {
      found.set(kebab, value);
    }
  }
  return found;
}

/** A boolean flag that took the next word as its value returns it as the folder. */
function readBoolean(value: unknown, folders: string[]): boolean {
  if (typeof value === 'boolean') {
    return value;
  }
  if (value === 'true' || value === 'false') {
    return value === 'true';
  }
  folders.push(String(value));
  return true;
}

function didYouMean(name: string, known: readonly Known[]): string {
  const today = renamedAnswers.find(({ flag }) => flag === name)?.key;
  const renamed = today === undefined ? undefined : known.find(({ key }) => key === today);
  if (renamed !== undefined) return ` Did you mean --${renamed.flag}?`;
  const flags = known.filter(({ control, key }) => control !== undefined || key !== undefined).map(({ flag }) => flag);
  const longer = flags.filter((flag) => isBeginning(name, flag));
  const [nearest] =
    longer.length === 1
      ? longer
      : flags
          .filter((flag) => isNear(name, flag))
          .toSorted((left, right) => nameDistance(name, left) - nameDistance(name, right));
  return nearest === undefined ? '' : ` Did you mean --${nearest}?`;
}

/** Names that have nothing in common are never near, however short. */
function isNear(name: string, flag: string): boolean {
  const distance = nameDistance(name, flag);
  return distance <= Math.max(2, Math.floor(flag.length / 3)) && distance < Math.max(name.length, flag.length);
}
