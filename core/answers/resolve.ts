import { UserError } from '../errors.ts';
import { findDjangoVersion } from '../facts/django.ts';
import { memoryOptionsMiB } from '../facts/fargate.ts';
import { isOlderPython } from '../facts/python.ts';
import { ciFeatures } from '../features/ci/ciFeatures.ts';
import { findRdsClass, nearestRdsClasses } from '../facts/rds.ts';
import { features } from '../features/features.ts';
import { declarations, isLeftOut } from './declarations.ts';
import { listOr, showValue } from './kinds.ts';
import type { AnswerKey, Answers, Declaration, Raw } from './types.ts';

/** The raw values of one door: the flags, the answers file, the prompts, `.yo-rc.json` or the environment. */
export type Door = ReadonlyMap<string, Raw>;

export interface Resolved {
  readonly answers: Answers;
  /** The answers that came through a door; the others are defaults or computed. */
  readonly given: ReadonlySet<AnswerKey>;
}

/**
 * Parses every answer and checks that they go together.
 *
 * @param doors the doors, the strongest first
 * @param defaults defaults that depend on the place of the run, such as the project's name
 * @throws UserError that lists every bad value, or every contradiction
 */
export function resolveAnswers(doors: readonly Door[], defaults: Partial<Answers>): Resolved {
  const parsed = parseAnswers(doors, defaults);
  refuse(contradictions(parsed.answers));
  return parsed;
}

/**
 * Parses every answer on its own: the first door that has it decides, otherwise the default.
 * @throws UserError that lists every bad value
 */
export function parseAnswers(doors: readonly Door[], defaults: Partial<Answers>): Resolved {
  const values: Record<string, unknown> = {};
  const given = new Set<AnswerKey>();
  const problems: string[] = [];
  for (const declaration of declarations) {
    const raw = doors.find((door) => door.has(declaration.key))?.get(declaration.key);
    if (raw === undefined || isDefaultWord(declaration, raw.value)) {
      values[declaration.key] = defaults[declaration.key] ?? declaration.default;
      continue;
    }
    given.add(declaration.key);
    const parsed = declaration.parse(raw.value);
    if ('problem' in parsed) {
      problems.push(`${raw.origin} ${showValue(raw.value)}: ${parsed.problem}.`);
    } else {
      values[declaration.key] = parsed.value;
    }
  }
  refuse(problems);
  takeDependentDefaults(values, given, defaults);
  dropDependents(doors, values, given);
  // Every declaration has written its own key with its own type.
  return { answers: values as unknown as Answers, given };
}

/** The defaults that depend on other answers. */
function takeDependentDefaults(
  values: Record<string, unknown>,
  given: ReadonlySet<AnswerKey>,
  defaults: Partial<Answers>,
): void {
  for (const { key, defaultFrom } of declarations) {
    if (defaultFrom !== undefined && !given.has(key)) values[key] = defaults[key] ?? defaultFrom(values);
  }
}

/**
 * `--memory default`, `--no-memory`, or null in a file for what is computed: the stored answer is removed, so that
 * it is the default or computed again. `--domain none` means the same; for a switch, `--no-beat` is a value.
 */
function isDefaultWord({ key, kind, computed }: Declaration, value: unknown): boolean {
  return (
    (computed && value === null) ||
    (kind !== 'boolean' && value === 'default') ||
    (key === 'domain' && value === 'none')
  );
}

/**
 * Takes back a switch that is part of what a stronger door has taken away: without a broker, a scheduler has nowhere to
 * send to. Where both came through one door, it is a contradiction.
 */
function dropDependents(doors: readonly Door[], values: Record<string, unknown>, given: Set<AnswerKey>): void {
  const doorOf = (key: AnswerKey): number => doors.findIndex((door) => door.has(key));
  for (const { key, partOf } of declarations) {
    const whole = partOf === undefined ? -1 : doorOf(partOf);
    if (
      partOf !== undefined &&
      values[key] === true &&
      isLeftOut(partOf, values) &&
      whole >= 0 &&
      whole < doorOf(key)
    ) {
      values[key] = false;
      given.delete(key);
    }
  }
}

function refuse(problems: readonly string[]): void {
  if (problems.length > 0) {
    throw new UserError(problems.join('\n'));
  }
}

/** Combinations of valid answers that are not allowed. */
function contradictions(answers: Answers): readonly string[] {
  const problems: string[] = [];
  const { memoryMiB, vcpu, minTasks, maxTasks, rdsClass, rdsMaxConnections, cpuMs, waitMs, slowestRequestSeconds } =
    answers;
  const pairs = memoryOptionsMiB(vcpu);
  if (memoryMiB !== undefined && !pairs.includes(memoryMiB)) {
    const least = Math.min(...pairs.map((pair) => Math.abs(pair - memoryMiB)));
    const nearest = pairs.filter((pair) => Math.abs(pair - memoryMiB) === least);
    problems.push(
      `--memory ${memoryMiB}: Fargate does not pair it with ${vcpu} vCPU; allowed: ${pairs.join(', ')}, or default to compute it; nearest: ${listOr(nearest)}.`,
    );
  }
  if (maxTasks !== undefined && maxTasks < minTasks) {
    problems.push(
      `--max-tasks ${maxTasks}: below --min-tasks ${minTasks}; raise one or lower the other; --max-tasks default computes it.`,
    );
  }
  if (findRdsClass(rdsClass) === undefined && rdsMaxConnections === undefined) {
    problems.push(
      `--rds-class ${rdsClass}: not a known current class; nearest: ${listOr(nearestRdsClasses(rdsClass))}; ` +
        'or give --rds-max-connections with the output of SHOW max_connections on it.',
    );
  }
  if (cpuMs + waitMs > slowestRequestSeconds * 1000) {
    problems.push(
      `--cpu-ms ${cpuMs} and --wait-ms ${waitMs}: an average request of ${cpuMs + waitMs} ms is longer than --slowest-request ${slowestRequestSeconds} s; give values that match your traffic.`,
    );
  }
  return [
    ...problems,
    ...pythonContradictions(answers),
    ...features.flatMap((feature) => feature.answers.contradictions?.(answers) ?? []),
  ];
}

/** A Python that Django does not run on, or that the build images of the CI provider do not have. */
function pythonContradictions({ python, django, ci }: Answers): readonly string[] {
  const problems: string[] = [];
  const range = findDjangoVersion(django);
  if (
    range !== undefined &&
    (isOlderPython(python, range.pythonMinimum) || isOlderPython(range.pythonMaximum, python))
  ) {
    problems.push(
      `--python ${python} and --django ${django}: Django ${django} runs on Python ${range.pythonMinimum} to ${range.pythonMaximum}; take one of these, or another Django.`,
    );
  }
  const { title, pythonMaximum } = ciFeatures[ci];
  if (pythonMaximum !== undefined && isOlderPython(pythonMaximum, python)) {
    problems.push(
      `--python ${python} and --ci ${ci}: the images of ${title} have Python up to ${pythonMaximum}; take that, or another CI provider.`,
    );
  }
  return problems;
}
