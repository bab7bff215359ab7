import { execFileSync } from 'node:child_process';

/** One requirement of `uv export`, in its order. */
export interface Exported {
  readonly name: string;
  readonly version: string;
  /** Empty when it is always needed. */
  readonly marker: string;
  readonly sha256: readonly string[];
}

/** Runs uv in a folder and returns what it prints; it throws when uv fails. */
export function uv(program: string, folder: string, args: readonly string[]): string {
  return execFileSync(program, args, { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] });
}

/** What uv says is needed, from the lock as it is; `options` choose extras and groups. */
export function exportLock(program: string, folder: string, options: readonly string[]): string {
  return uv(program, folder, ['export', '--quiet', '--frozen', '--no-header', '--no-annotate', ...options]);
}

/** The requirements of an exported text. */
export function parseExport(text: string): readonly Exported[] {
  return text
    .replaceAll(/ \\\n */g, ' ')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => {
      const match = /^([\w.-]+)==(\S+)(?: ; (.*?))?((?: --hash=sha256:[0-9a-f]{64})+)$/.exec(line);
      if (match === null) throw new Error(`uv export prints a line of another form: ${line}`);
      const [, name = '', version = '', marker = '', hashes = ''] = match;
      return {
        name,
        version,
        marker,
        sha256: hashes
          .trim()
          .split(' ')
          .map((hash) => hash.slice('--hash=sha256:'.length)),
      };
    });
}
