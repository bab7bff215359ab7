import { resolve } from 'node:path';
import { UserError } from '../core/errors.ts';
import { isLeftOut } from '../core/answers/declarations.ts';
import { readAnswersFile, readStored } from '../core/answers/files.ts';
import type { CommandLine } from '../core/answers/flags.ts';
import { parseAnswers, resolveAnswers, type Door, type Resolved } from '../core/answers/resolve.ts';
import type { Answers, Declaration, Raw } from '../core/answers/types.ts';
import { yoRcPath } from '../disk/paths.ts';
import { readJsonFile } from '../disk/read/readJson.ts';
import type { Shell } from './command.ts';
import { isOther, toQuestion, toTextQuestion } from './questions.ts';

/** What the answers of a folder start from. */
export interface Start {
  /** The parsed `.yo-rc.json`, undefined when there is none. */
  readonly yoRc: unknown;
  /** Defaults that depend on the place of the run. */
  readonly defaults: Partial<Answers>;
  /** What the command is for, unless a door says otherwise or removes the answer. */
  readonly purpose?: Partial<Answers>;
}

/**
 * All answers through all doors: flags, the answers file, the prompts, `.yo-rc.json`, the environment, what the command is for,
 * the defaults.
 * @param asked the questions that may be asked; those that a flag or the answers file has answered are left out
 */
export async function collect(
  shell: Shell,
  line: CommandLine,
  { yoRc, defaults, purpose = {} }: Start,
  asked: readonly Declaration[],
): Promise<Resolved> {
  const stored = readStored(yoRc, yoRcPath);
  const region = shell.environment['AWS_REGION'];
  const environment: Door = new Map(
    region === undefined || region === '' ? [] : [['region', { value: region, origin: 'AWS_REGION' }]],
  );
  const strong = await strongDoors(shell, line);
  const command: Door = new Map(Object.entries(purpose).map(([key, value]) => [key, { value, origin: key }]));
  const weak = [stored, environment, command];
  // An invalid value is reported before the first question, not after the last.
  const proposed = parseAnswers([...strong, ...weak], defaults);
  const prompted = await askMissing(shell, missing(asked, strong), proposed);
  return resolveAnswers([...strong, prompted, ...weak], defaults);
}

/** The doors that keep a question from being asked: the flags and the answers file. */
export async function strongDoors(shell: Shell, line: CommandLine): Promise<readonly Door[]> {
  const { answers } = line;
  const answersFile = line.values.get('answers');
  if (answersFile === undefined) {
    return [answers];
  }
  const content = await readJsonFile(resolve(shell.cwd, answersFile));
  if (content === undefined) {
    throw new UserError(`--answers ${answersFile}: no such file.`);
  }
  return [answers, readAnswersFile(content, answersFile)];
}

/** The questions that no door has answered. */
export function missing(asked: readonly Declaration[], doors: readonly Door[]): readonly Declaration[] {
  return asked.filter(({ key }) => !doors.some((door) => door.has(key)));
}

async function askMissing(
  shell: Shell,
  questions: readonly Declaration[],
  proposed: Resolved,
): Promise<ReadonlyMap<string, Raw>> {
  const prompted = new Map<string, Raw>();
  for (const declaration of questions) {
    const { partOf } = declaration;
    if (partOf !== undefined) {
      const whole = prompted.get(partOf)?.value ?? proposed.answers[partOf];
      if (isLeftOut(partOf, { [partOf]: whole })) continue;
    }
    const region = String(prompted.get('region')?.value ?? proposed.answers.region);
    const value = await askOne(shell, declaration, proposed.answers[declaration.key], region);
    if (value !== undefined) {
      prompted.set(declaration.key, { value, origin: `${declaration.title}:` });
    }
  }
  return prompted;
}

async function askOne(shell: Shell, declaration: Declaration, proposed: unknown, region: string): Promise<unknown> {
  const first = await shell.ask(toQuestion(declaration, proposed, region));
  const value =
    isOther(first) && declaration.choices !== undefined
      ? await shell.ask(toTextQuestion(declaration, proposed))
      : first;
  return value === '' ? undefined : value;
}
