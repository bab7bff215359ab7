import { join } from 'node:path';
import Generator from 'yeoman-generator';
import type { BaseOptions } from 'yeoman-generator';
import { describeUsage } from '../core/answers/describe.ts';
import { readCommandLine } from '../core/answers/flags.ts';
import { ownPackage } from '../disk/ownPackage.ts';
import { readObjectSync } from '../disk/readJson.ts';
import type { Command, Question } from './command.ts';
import { toCodedError } from './guard.ts';

/**
 * The one Yeoman shell. A command is plain data; everything that Yeoman would do by itself (store values, create
 * folders, write files, install) is left unused, because it happens before anything was decided.
 */
export abstract class CommandGenerator extends Generator {
  protected abstract readonly command: Command;
  readonly #given: { readonly args: readonly unknown[]; readonly options: Readonly<Record<string, unknown>> };

  constructor(args: string[], options: BaseOptions) {
    // Yeoman adds to both while it starts.
    const given = { args: [...args], options: { ...options } };
    try {
      // Yeoman parses both in its constructor and would fail without naming the file.
      const cwd: string = options.env?.cwd ?? process.cwd();
      readObjectSync(join(cwd, '.yo-rc.json'));
      readObjectSync(join(cwd, 'package.json'));
      super(args, options, { customInstallTask: true, inheritTasks: true });
    } catch (error) {
      throw toCodedError(error);
    }
    this.#given = given;
  }

  /** Yeoman would take the name out of a package.json that is none of our business. */
  override determineAppname(): string {
    return '';
  }

  override help(): string {
    return describeUsage(this.command);
  }

  async writing(): Promise<void> {
    try {
      process.exitCode = await this.runCommand();
    } catch (error) {
      // Otherwise Yeoman prints a line about its own tasks above the message.
      Object.assign(this, { log: Object.assign(() => this.log, this.log, { error: undefined }) });
      throw toCodedError(error);
    }
  }

  /** Whether there is somebody to ask. */
  protected isInteractive(): boolean {
    return process.stdin.isTTY === true && process.stdout.isTTY === true;
  }

  protected print(text: string): void {
    process.stdout.write(`${text}\n`);
  }

  private async runCommand(): Promise<number> {
    const { answers, controls } = this.command;
    const line = readCommandLine(this.#given.args, this.#given.options, { answers, controls });
    if (line.switches.has('help')) {
      this.print(this.help());
      return 0;
    }
    if (line.switches.has('version')) {
      this.print(ownPackage().version);
      return 0;
    }
    return this.command.run(
      {
        cwd: this.env.cwd,
        environment: process.env,
        interactive: this.isInteractive(),
        columns: Math.min(process.stdout.columns ?? 120, 140),
        print: (text) => this.print(text),
        ask: (question) => this.askOne(question),
      },
      line,
    );
  }

  private async askOne(question: Question): Promise<unknown> {
    const answers = await this.env.adapter.prompt<Record<string, unknown>>([question as never]);
    return answers[question.name];
  }
}
