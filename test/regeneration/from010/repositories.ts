import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { brotliDecompressSync } from 'node:zlib';
import { scratch } from '../../support/generate.ts';

interface KeptFile {
  readonly text: string;
  readonly executable?: true;
}

/** One repository of each kind, as version 0.1.0 wrote it; the answers are in its `.yo-rc.json`. */
export const kinds = ['default', 'large', 'tight', 'sqs', 'redis', 'pgbouncer'] as const;

export type Kind = (typeof kinds)[number];

let kept: Readonly<Record<Kind, Readonly<Record<string, KeptFile>>>> | undefined;

/** Lays out a repository of 0.1.0. Version 0.1.0 can no longer be run, so its output is kept, compressed. Gives the folder. */
export function repositoryOf010(kind: Kind): string {
  kept ??= JSON.parse(
    brotliDecompressSync(readFileSync(new URL('repositories.json.br', import.meta.url))).toString('utf8'),
  ) as NonNullable<typeof kept>;
  const folder = path.join(scratch('from010'), 'shop');
  for (const [file, { text, executable }] of Object.entries(kept[kind])) {
    const target = path.join(folder, file);
    mkdirSync(path.dirname(target), { recursive: true });
    writeFileSync(target, text, { mode: executable ? 0o755 : 0o644 });
  }
  return folder;
}
