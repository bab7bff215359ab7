import { CommandGenerator } from '../base.ts';
import type { Command } from '../command.ts';
import { command } from './command.ts';

/** `yo` starts the command through this class. */
export default class AppGenerator extends CommandGenerator {
  protected readonly command: Command = command;
}
