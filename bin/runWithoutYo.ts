import { parseArgs, type ParseArgsConfig } from 'node:util';
import { fileURLToPath } from 'node:url';
import { createEnv } from 'yeoman-environment';
import { controls } from '../core/answers/controls.ts';
import { declarations } from '../core/answers/declarations.ts';
import { toCodedError } from '../generators/guard.ts';
import { findCommands } from '../disk/findCommands.ts';

/**
 * The same commands as through `yo`, for places without it: containers, root, `npx`.
 * @param words the command line: an optional command (`plan`), an optional folder and flags
 * @returns the exit code
 */
export async function runWithoutYo(words: readonly string[]): Promise<number> {
  try {
    const folder = fileURLToPath(new URL('../generators', import.meta.url));
    const commands = await findCommands(folder);
    const [first = '', ...rest] = words;
    const isCommand = first !== 'app' && commands.has(first);
    const command = commands.get(isCommand ? first : 'app') ?? '';
    const { positionals, options } = splitWords(isCommand ? rest : words);
    const env = createEnv();
    const namespace = `django-fargate:${isCommand ? first : 'app'}`;
    env.register(command, { namespace });
    await env.run([namespace, ...positionals], options);
    return Number(process.exitCode ?? 0);
  } catch (error) {
    const { message, code } =
      'code' in Object(error) && typeof Object(error).code === 'number'
        ? (error as { message: string; code: number })
        : toCodedError(error);
    process.stderr.write(`${message}\n`);
    return code;
  }
}

/** Flags and the rest, the way `yo` hands them over: unknown ones too, since the command itself refuses them. */
function splitWords(words: readonly string[]): { positionals: string[]; options: Record<string, unknown> } {
  const known: NonNullable<ParseArgsConfig['options']> = {};
  for (const { flag, kind } of [...declarations, ...Object.values(controls)]) {
    known[flag] = { type: kind === 'boolean' ? 'boolean' : 'string', multiple: true };
  }
  const { values, positionals } = parseArgs({
    args: [...words],
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
