import type { CommandLine } from '../core/answers/flags.ts';
import type { Usage } from '../core/answers/describe.ts';
import type { Release } from './release.ts';

/** A question as Yeoman's adapter takes it. */
export interface Question {
  readonly name: string;
  readonly type: 'input' | 'select' | 'confirm';
  readonly message: string;
  readonly default?: string | number | boolean | undefined;
  readonly choices?: readonly {
    readonly value: string | number | boolean;
    readonly name: string;
    /** Shown once it is chosen. */
    readonly short: string;
  }[];
  readonly loop?: boolean;
  readonly pageSize?: number;
  readonly validate?: (value: unknown) => true | string;
}

/** What a command may use of the world around it. */
export interface Shell {
  /** Absolute folder from which the command was called. */
  readonly cwd: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Whether there is somebody to ask. */
  readonly interactive: boolean;
  /** Width of the terminal, in characters. */
  readonly columns: number;
  /** Writes a line to standard output. */
  readonly print: (text: string) => void;
  /** Asks one question. */
  readonly ask: (question: Question) => Promise<unknown>;
}

/** One `yo` command. */
export interface Command extends Usage {
  /**
   * @param release in place of the installed version
   * @returns the exit code
   */
  readonly run: (shell: Shell, line: CommandLine, release?: Release) => Promise<number>;
}
