import type { commandNames } from '../core/answers/commandNames.ts';
import type { AnswerKey, Answers } from '../core/answers/types.ts';

/** The commands that update a repository; they differ in what they ask. */
export type RegenerationName = Exclude<(typeof commandNames)[number], 'plan'>;

export interface NamedCommand {
  readonly name: RegenerationName;
  readonly summary: string;
  readonly examples: readonly string[];
  /** What the command is about; everything else is asked under `--ask-all`. */
  readonly asks: readonly AnswerKey[];
  /** What it is for, unless an answer says otherwise. */
  readonly purpose?: Partial<Answers>;
}
