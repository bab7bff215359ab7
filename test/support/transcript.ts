import assert from 'node:assert/strict';
import type { Block } from './markdown.ts';
import { run } from './run.ts';

/** A command as a page shows it, and what it prints there; a line `...` stands for any number of lines. */
export interface Shown {
  readonly command: string;
  readonly printed: readonly string[];
}

export interface Executed {
  readonly code: number;
  /** Both streams, in the order in which they came. */
  readonly output: string;
}

/** The commands of a block: every line of `sh`; in `console` those after `$ `, with what they print. */
export function commandsOf({ language, lines }: Block): readonly Shown[] {
  if (language === 'sh') return lines.map((command) => ({ command, printed: ['...'] }));
  const shown: { readonly command: string; readonly printed: string[] }[] = [];
  for (const line of lines) {
    if (line.startsWith('$ ')) shown.push({ command: line.slice(2), printed: [] });
    else shown.at(-1)?.printed.push(line);
  }
  return shown;
}

/** Types commands into one shell, one after the other, whatever they end with; there is no terminal. */
export async function execute(
  commands: readonly string[],
  cwd: string,
  env: NodeJS.ProcessEnv,
): Promise<readonly Executed[]> {
  // It leaves the exit code as it was, for an `echo $?`.
  const mark = String.raw`mark() { local code=$?; printf '\0%d\0' "$code"; return "$code"; }`;
  const script = ['exec 2>&1', mark, ...commands.flatMap((command) => [command, 'mark'])].join('\n');
  const { output } = await run('bash', ['-c', script], { cwd, env });
  const parts = output.split('\0');
  return commands.map((_, index) => ({ output: parts[2 * index] ?? '', code: Number(parts[2 * index + 1]) }));
}

/** Fails unless a command printed what the page shows. */
export function assertPrinted({ command, printed }: Shown, output: string): void {
  const pattern = printed.map((line) => (line === '...' ? '(?:.*\n)*?' : `${escapeRegExp(line)}\n`)).join('');
  if (new RegExp(`^${pattern}$`, 'u').test(output)) return;
  assert.fail(`"${command}" does not print what the page shows:\n${printed.join('\n')}\n\nbut:\n${output}`);
}

function escapeRegExp(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|]/gu, String.raw`\$&`);
}
