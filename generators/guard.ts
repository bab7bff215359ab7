import { exitCodes, UserError } from '../core/errors.ts';

const reportTo = 'https://www.npmjs.com/package/generator-django-fargate';

/** An error as `yo` needs it: it prints `message` only and takes `code` as the exit code, so it must be a number. */
export interface CodedError extends Error {
  code: number;
}

/**
 * The only boundary: a mistake of the user keeps its message; everything else is a bug, with its stack and where to
 * report it.
 */
export function toCodedError(error: unknown): CodedError {
  if (error instanceof UserError) {
    return Object.assign(new Error(error.message), { code: error.exitCode as number });
  }
  if (error instanceof Error && error.name === 'ExitPromptError') {
    return Object.assign(new Error('Stopped; nothing was written.'), { code: exitCodes.refused as number });
  }
  const stack = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const message = `This is a bug in generator-django-fargate; please report it with this text (${reportTo}):\n${stack}`;
  return Object.assign(new Error(message), { code: exitCodes.bug as number });
}

/** An error for programs, as `--json` prints it. */
export interface DescribedError {
  readonly error: {
    /** The exit code. */
    readonly code: number;
    /** What kind it is: a name of `exitCodes`. */
    readonly what: string;
    readonly message: string;
  };
}

export function describeError(error: unknown): DescribedError {
  const { message, code } = toCodedError(error);
  const what = Object.entries(exitCodes).find(([, value]) => value === code)?.[0] ?? 'bug';
  return { error: { code, what, message } };
}
