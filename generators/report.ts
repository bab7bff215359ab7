import { relative } from 'node:path';
import type { Changes } from '../disk/changes.ts';

const signs = { create: '+', replace: '~', same: '', conflict: '!', special: '!' } as const;

/** The changes, file by file; what is there already is only counted. */
export function showChanges(folder: string, changes: Changes): string {
  const shown = changes.filter(({ kind }) => kind !== 'same');
  const writes = shown.filter(({ kind }) => kind === 'create' || kind === 'replace').length;
  const counts = [
    `${writes} ${writes === 1 ? 'file' : 'files'} to write`,
    ...(shown.length > writes ? [`${shown.length - writes} in the way`] : []),
    ...(changes.length > shown.length ? [`${changes.length - shown.length} there already`] : []),
  ];
  const lines = shown.map(({ kind, path }) => `  ${signs[kind]} ${path}`);
  return [`The changes in ${folder}`, ...lines, `${counts.join(', ')}.`].join('\n');
}

/** What to type next, from where the command was called. */
export function nextCommands(cwd: string, folder: string): readonly string[] {
  const path = relative(cwd, folder);
  const enter = path === '' ? [] : [`cd ${quote(path.startsWith('-') ? `./${path}` : path)}`];
  return [...enter, 'make dev', 'make test', 'docker compose up'];
}

/** Like a shell needs it, and only when it does. */
function quote(path: string): string {
  return /^[\w./@%+=:,-]+$/.test(path) ? path : `'${path.replaceAll("'", String.raw`'\''`)}'`;
}

interface Outcome {
  readonly isDryRun: boolean;
  readonly writes: boolean;
  readonly applies: boolean;
  readonly next: readonly string[];
  /** Absolute paths of scratch files that could not be removed. */
  readonly leftovers: readonly string[];
}

export function conclude({ isDryRun, writes, applies, next, leftovers }: Outcome): string {
  if (leftovers.length > 0) {
    return [
      `Written, but not tidied up; the same command again removes:`,
      ...leftovers.map((path) => `  ${path}`),
    ].join('\n');
  }
  if (!writes) {
    return 'Everything is there already; nothing was written.';
  }
  if (isDryRun) {
    return 'Dry run: nothing was written.';
  }
  return applies ? ['Written. Next:', ...next.map((command) => `  ${command}`)].join('\n') : 'Nothing was written.';
}
