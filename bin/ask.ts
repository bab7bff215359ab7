import type { Question } from '../generators/command.ts';

/**
 * Asks one question on the terminal. It uses the prompts of Yeoman's adapter, in the last version that runs
 * on every Node.js that we support; they are loaded for the first question.
 *
 * @throws the prompts' own ExitPromptError when the user stops
 */
export async function ask({ type, message, default: proposed, ...rest }: Question): Promise<unknown> {
  if (type === 'confirm') {
    const { default: confirm } = await import('@inquirer/confirm');
    return confirm({ message, default: proposed === true });
  }
  if (type === 'select') {
    const { default: select } = await import('@inquirer/select');
    const { choices = [], loop = false, pageSize = 15 } = rest;
    return select({ message, choices, loop, pageSize, ...(proposed === undefined ? {} : { default: proposed }) });
  }
  const { default: input } = await import('@inquirer/input');
  const { validate } = rest;
  return input({
    message,
    ...(proposed === undefined ? {} : { default: String(proposed) }),
    ...(validate === undefined ? {} : { validate }),
  });
}
