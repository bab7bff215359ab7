import { wrap } from '../core/emit/wrap.ts';
import type { Shell } from './command.ts';

/** Commands stay on one line, so that they can be copied. */
const isCommand = /^\s+(?:yo|npx|npm|cd|git|make|docker) /u;

/**
 * Breaks the lines that are too long for a terminal between words, which the terminal does not. What follows is indented
 * like the line, and in a list a little more. A word that is longer than a line, such as a path, is left whole.
 *
 * @param columns width of the terminal, in characters
 */
export function wrapText(text: string, columns: number): string {
  return text
    .split('\n')
    .flatMap((line) => {
      if (line.length <= columns || isCommand.test(line)) return [line];
      const indent = /^\s*/u.exec(line)?.[0] ?? '';
      const hanging = indent === '' ? '' : `${indent}  `;
      const parts = wrap(line.slice(indent.length), Math.max(1, columns - hanging.length));
      return parts.map((part, index) => `${index === 0 ? indent : hanging}${part}`);
    })
    .join('\n');
}

/** Prints sentences: at a terminal wrapped to its width, for programs one line each. */
export function say(shell: Shell, text: string): void {
  shell.print(shell.interactive ? wrapText(text, shell.columns) : text);
}

/** An error's message for the terminal that standard error is, if it is one. */
export function wrapError(message: string): string {
  const { isTTY, columns } = process.stderr;
  return isTTY ? wrapText(message, columns || 120) : message;
}
