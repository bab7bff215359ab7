import type { DjangoVersionName } from '../facts/django.ts';
import type { PythonVersion } from '../facts/python.ts';
import type { LogRetentionDays } from '../facts/logs.ts';
import type { CiProvider } from '../features/ci/providers.ts';
import type { SizingAnswers } from '../plan/types.ts';

/** Everything the emitted repository depends on. Optional answers are computed when they are not given. */
export interface Answers extends SizingAnswers {
  /** A Python package, from which the names on AWS are made. */
  readonly projectName: string;
  readonly ci: CiProvider;
  /** `17` or `17.11`. */
  readonly rdsEngineVersion: string;
  readonly django: DjangoVersionName;
  /** Of the image and of CI, such as `3.13`. */
  readonly python: PythonVersion;
  readonly logRetentionDays: LogRetentionDays;
}

export type AnswerKey = keyof Answers;

/** A value as it was given, and the door it came through: `--vcpu`, `answers.json: vcpu`, `.yo-rc.json: vcpu`. */
export interface Raw {
  readonly value: unknown;
  readonly origin: string;
}

/** The value, or what is wrong with it and what is allowed. */
export type Parsed<T> = { readonly value: T } | { readonly problem: string };

export interface Choice {
  readonly value: string | number | boolean;
  /** What a prompt shows: the value and what it decides. */
  readonly name: string;
}

export type AnswerKind = 'text' | 'number' | 'choice' | 'boolean';

/** One answer, declared once: prompt, flag, help, storage, validation, JSON Schema and the row of docs/answers.md follow. */
export interface Declaration<Key extends AnswerKey = AnswerKey> {
  readonly key: Key;
  /** Without the dashes. */
  readonly flag: string;
  readonly kind: AnswerKind;
  readonly title: string;
  /** What it decides, in one line. */
  readonly help: string;
  /** Asked without `--ask-all`. */
  readonly asked: boolean;
  /** The conventional default; undefined where the value is computed or depends on the folder. */
  readonly default: Answers[Key] | undefined;
  /** The default where it depends on other answers: those that were given, and the defaults of the rest. */
  readonly defaultFrom?: (answers: Readonly<Partial<Answers>>) => Answers[Key];
  /** The default in words. */
  readonly defaultText: string;
  /** The allowed values in words. */
  readonly allowed: string;
  readonly schema: Readonly<Record<string, unknown>>;
  readonly parse: (value: unknown) => Parsed<Answers[Key]>;
  readonly choices?: (region: string) => readonly Choice[];
  /** Left out of `.yo-rc.json` unless given, so that it is computed again after a change of size. */
  readonly computed: boolean;
  /** It changes what is emitted, but neither a size nor the cost. */
  readonly sizes?: false;
  /** The value that says that there is none of it: it is not stored then. */
  readonly off?: Answers[Key];
  /** The answer that turns on what this one is about: while that is off, this one is neither asked nor stored. */
  readonly partOf?: AnswerKey;
}
