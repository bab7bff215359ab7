import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { gunzipSync } from 'node:zlib';
import { runOk } from '../run.ts';
import { filesIn } from '../tree.ts';
import { dockerOk } from './engine.ts';
import type { Engine } from './engine.ts';

/**
 * Which of the texts stand anywhere in one of the images: in a file of any layer, also one that a later layer removes,
 * in a file's name, in the configuration or in the history. Many images at once cost little more than one: what they
 * have in common is saved once.
 */
export async function textsInImages(
  engine: Engine,
  tags: readonly string[],
  texts: readonly string[],
): Promise<readonly string[]> {
  const folder = mkdtempSync(path.join(tmpdir(), 'layers-'));
  try {
    const archive = path.join(folder, 'image.tar');
    await dockerOk(engine, ['image', 'save', '--output', archive, ...tags]);
    await runOk('tar', ['--extract', '--file', archive, '--directory', folder]);
    rmSync(archive);
    const found = new Set<string>();
    for (const file of filesIn(folder)) {
      const content = uncompressed(path.join(folder, file));
      for (const text of texts) {
        if (content.includes(text)) {
          found.add(text);
        }
      }
    }
    return texts.filter((text) => found.has(text));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** A blob's bytes. Docker's older image store saves layers as plain tar files, its newer one compressed. */
function uncompressed(file: string): Buffer {
  const content = statSync(file).size > 0 ? readFileSync(file) : Buffer.alloc(0);
  if (content.subarray(0, 2).equals(Buffer.from([0x1f, 0x8b]))) {
    return gunzipSync(content);
  }
  if (content.subarray(0, 4).equals(Buffer.from([0x28, 0xb5, 0x2f, 0xfd]))) {
    throw new Error(`${path.basename(file)} is compressed with zstd, which cannot be searched`);
  }
  return content;
}

/** The size in bytes of an image, and of that what lies above its base image, python:<version>-slim. */
export async function sizeOf(engine: Engine, tag: string): Promise<{ readonly all: number; readonly own: number }> {
  const format = ['--human=false', '--no-trunc', '--format', '{{.Size}} {{.CreatedBy}}'];
  const history = await dockerOk(engine, ['history', ...format, tag]);
  const layers = history.split('\n').map((line) => {
    const [, size, command] = /^(\d+) (.*)$/u.exec(line) ?? [];
    return { size: Number(size), command: command ?? '' };
  });
  const base = layers.findIndex(({ command }) => command.endsWith('CMD ["python3"]'));
  if (base === -1) {
    throw new Error(`${tag} does not stand on python:<version>-slim:\n${history}`);
  }
  const sum = (some: typeof layers) => some.reduce((total, { size }) => total + size, 0);
  return { all: sum(layers), own: sum(layers.slice(0, base)) };
}
