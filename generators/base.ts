import Generator from 'yeoman-generator';
import type { BaseOptions } from 'yeoman-generator';
import { describeUsage } from '../core/answers/describe.ts';
import type { Command, Question } from './command.ts';
import { toCodedError } from './guard.ts';
import { refuseFaultyJson } from './refuseFaultyJson.ts';
import { asksForJson, isTerminal, renderError, runCommand } from './runCommand.ts';
import type { Words } from './runCommand.ts';
import { wrapError } from './wrapText.ts';

/**
 * The one Yeoman shell. A command is plain data; what Yeoman does on its own (store values, create
 * folders, write files, install) is not used, because it happens before anything was decided.
 */
export abstract class CommandGenerator extends Generator {
  protected abstract readonly command: Command;
  readonly #given: Words;

  constructor(args: string[], options: BaseOptions) {
    // Yeoman adds to both while it starts.
    const given = { positionals: [...args], options: { ...options } };
    try {
      refuseFaultyJson(options.env?.cwd ?? process.cwd());
      super(args, options, { customInstallTask: true, inheritTasks: true });
    } catch (error) {
      if (asksForJson(given.options)) process.stdout.write(`${renderError(error)}\n`);
      throw toCodedError(error);
    }
    this.#given = given;
  }

  /** Yeoman would use the name of a package.json that has nothing to do with us. */
  override determineAppname(): string {
    return '';
  }

  override help(): string {
    return describeUsage(this.command);
  }

  async writing(): Promise<void> {
    try {
      process.exitCode = await runCommand(this.command, this.#given, {
        cwd: this.env.cwd,
        interactive: this.isInteractive(),
        print: (text) => this.print(text),
        ask: (question) => this.askOne(question),
      });
    } catch (error) {
      // Otherwise Yeoman prints a line about its own tasks above the message.
      Object.assign(this, { log: Object.assign(() => this.log, this.log, { error: undefined }) });
      const coded = toCodedError(error);
      throw Object.assign(coded, { message: wrapError(coded.message) });
    }
  }

  /** Whether there is somebody to ask. */
  protected isInteractive(): boolean {
    return isTerminal();
  }

  protected print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  private async askOne(question: Question): Promise<unknown> {
    const answers = await this.env.adapter.prompt<Record<string, unknown>>([question as never]);
    return answers[question.name];
  }
}
