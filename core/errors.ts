/** Exit codes of every command; 0 is success, `drift` belongs to `--dry-run --detailed-exitcode`. */
export const exitCodes = { bug: 1, refused: 2, conflicts: 3, unsafe: 4, drift: 5 } as const;

/**
 * A mistake that the user can correct. The message says what is wrong, with which value, what is allowed and what to do
 * next; it is printed without a stack.
 */
export class UserError extends Error {
  readonly exitCode: 2 | 3 | 4;

  constructor(message: string, options: { readonly exitCode?: 2 | 3 | 4; readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'UserError';
    this.exitCode = options.exitCode ?? exitCodes.refused;
  }
}

/** A bug of this package: printed with its stack and where to report it. */
export class InternalError extends Error {
  constructor(message: string, options: { readonly cause?: unknown } = {}) {
    super(message, options.cause === undefined ? {} : { cause: options.cause });
    this.name = 'InternalError';
  }
}
