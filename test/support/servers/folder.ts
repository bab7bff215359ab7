import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { unprivilegedId } from './process.ts';

const folders: string[] = [];
process.on('exit', () => {
  for (const folder of folders) {
    // A server that is just ending may still write.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
  }
});

/** A folder under /tmp that belongs to the unprivileged servers and is removed when the tests end. */
export function serverFolder(name: string): string {
  const folder = mkdtempSync(path.join(tmpdir(), `${name}-`));
  const { uid, gid } = unprivilegedId();
  chownSync(folder, uid, gid);
  folders.push(folder);
  return folder;
}
