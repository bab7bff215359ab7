import { fileURLToPath, pathToFileURL } from 'node:url';
import { parseArgs, type ParseArgsConfig } from 'node:util';
import { controls } from '../core/answers/controls.ts';
import { declarations } from '../core/answers/declarations.ts';
import { findCommands } from '../disk/package/findCommands.ts';
import type { Command } from '../generators/command.ts';
import { toCodedError } from '../generators/guard.ts';
import { refuseFaultyJson } from '../generators/refuseFaultyJson.ts';
import { asksForJson, isTerminal, renderError, runCommand } from '../generators/runCommand.ts';
import type { Words } from '../generators/runCommand.ts';
import { wrapError } from '../generators/wrapText.ts';
import { ask } from './ask.ts';

/**
 * The same commands as through `yo`, for places without it: containers, root, `npx`. Loading Yeoman takes longer than
 * all that a command does, so it is left out.
 *
 * @param words the command line: an optional command (`plan`), an optional folder and flags
 * @returns the exit code
 */
export async function runWithoutYo(words: readonly string[]): Promise<number> {
  const print = (text: string): boolean => process.stdout.write(`${text}\n`);
  try {
    const folder = fileURLToPath(new URL('../generators', import.meta.url));
    const commands = await findCommands(folder);
    const [first = '', ...rest] = words;
    const isCommand = first !== 'app' && commands.has(first);
    const file = commands.get(isCommand ? first : 'app') ?? '';
    const { command } = (await import(pathToFileURL(file).href)) as { readonly command: Command };
    const cwd = process.cwd();
    const given = splitWords(isCommand ? rest : words);
    try {
      // As through `yo`, whatever the command.
      refuseFaultyJson(cwd);
    } catch (error) {
      if (asksForJson(given.options)) print(renderError(error));
      throw error;
    }
    return await runCommand(command, given, { cwd, interactive: isTerminal(), print, ask });
  } catch (error) {
    const { message, code } = toCodedError(error);
    process.stderr.write(`${wrapError(message)}\n`);
    return code;
  }
}

/**
 * `--multi-az default` as one word: the parser would take the word after a switch for the folder. `yo` hands it over as
 * the value of the flag.
 */
function joinDefaults(words: readonly string[]): string[] {
  const switches = new Set(declarations.filter(({ kind }) => kind === 'boolean').map(({ flag }) => `--${flag}`));
  const end = words.indexOf('--');
  const joins = (index: number): boolean =>
    words[index] === 'default' && switches.has(words[index - 1] ?? '') && (end < 0 || index < end);
  return words.flatMap((word, index) => {
    if (joins(index)) return [];
    return joins(index + 1) ? [`${word}=default`] : [word];
  });
}

/** Flags and the rest, the way `yo` hands them over: unknown ones too, since the command itself refuses them. */
function splitWords(words: readonly string[]): Words {
  const known: NonNullable<ParseArgsConfig['options']> = {};
  for (const { flag, kind } of [...declarations, ...Object.values(controls)]) {
    known[flag] = { type: kind === 'boolean' ? 'boolean' : 'string', multiple: true };
  }
  const { values, positionals } = parseArgs({
    args: joinDefaults(words),
    options: known,
    strict: false,
    allowPositionals: true,
    allowNegative: true,
  });
  const options = Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      Array.isArray(value) && value.length === 1 ? value[0] : value,
    ]),
  );
  return { positionals, options };
}
