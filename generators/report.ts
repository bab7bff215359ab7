import { relative } from 'node:path';

/** What to type next, from where the command was called: into the folder, then `commands`. */
export function nextCommands(cwd: string, folder: string, commands: readonly string[]): readonly string[] {
  const path = relative(cwd, folder);
  const enter = path === '' ? [] : [`cd ${quote(path.startsWith('-') ? `./${path}` : path)}`];
  return [...enter, ...commands];
}

/** Like a shell needs it, and only when it does. */
export function quote(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

interface Ending {
  readonly isDryRun: boolean;
  readonly writes: boolean;
  readonly applies: boolean;
  readonly next: readonly string[];
  /** Absolute paths of scratch files that could not be removed. */
  readonly leftovers: readonly string[];
}

export function conclude({ isDryRun, writes, applies, next, leftovers }: Ending): string {
  if (leftovers.length > 0) {
    return [`Written, but not cleaned up; the same command removes:`, ...leftovers.map((path) => `  ${path}`)].join(
      '\n',
    );
  }
  if (!writes) {
    return 'Everything is up to date; nothing was written.';
  }
  if (isDryRun) {
    return 'Dry run: nothing was written.';
  }
  return applies ? ['Written. Next:', ...next.map((command) => `  ${command}`)].join('\n') : 'Nothing was written.';
}
