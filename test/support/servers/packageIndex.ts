import { createHash } from 'node:crypto';
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOk } from '../run.ts';

const maker = fileURLToPath(new URL('../packages/make.py', import.meta.url));

/**
 * A private index of Python packages, which lets nobody in without name and password: packages in /simple, files in
 * /files, a repository in /git (test/support/packages/make.py).
 */
export class PackageIndex {
  static readonly user = 'deploy';
  static readonly password = 'canary-91c7-of-the-index';
  readonly port: number;
  /** The commit of /git/acme-git.git. */
  readonly commit: string;
  /** What was asked for by whom it let in. */
  readonly served: string[] = [];
  readonly #server: Server;
  readonly #folder: string;

  private constructor(server: Server, folder: string, commit: string) {
    this.#server = server;
    this.#folder = folder;
    this.commit = commit;
    this.port = (server.address() as AddressInfo).port;
  }

  static async start(python: string): Promise<PackageIndex> {
    const folder = mkdtempSync(path.join(tmpdir(), 'index-'));
    const { stdout } = await runOk(python, [maker, folder]);
    const expected = `Basic ${Buffer.from(`${this.user}:${this.password}`).toString('base64')}`;
    const server = createServer((request, response) => {
      const asked = decodeURIComponent(new URL(request.url ?? '/', 'http://index').pathname);
      if (request.headers.authorization !== expected) {
        response.writeHead(401, { 'WWW-Authenticate': 'Basic realm="index"' }).end();
        return;
      }
      index.served.push(asked);
      const content = contentOf(folder, asked);
      if (content === undefined) {
        response.writeHead(404).end();
        return;
      }
      const type = asked.startsWith('/simple/') ? 'text/html' : 'application/octet-stream';
      response.writeHead(200, { 'Content-Type': type, 'Content-Length': content.length });
      response.end(request.method === 'HEAD' ? undefined : content);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const index = new PackageIndex(server, folder, stdout.trim());
    return index;
  }

  /** Without name and password. */
  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  /** A line of .netrc. */
  get netrc(): string {
    return `machine 127.0.0.1 login ${PackageIndex.user} password ${PackageIndex.password}\n`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    rmSync(this.#folder, { recursive: true });
  }
}

function contentOf(folder: string, asked: string): Buffer | undefined {
  const [, name] = /^\/simple\/([a-z-]+)\/$/u.exec(asked) ?? [];
  if (name === undefined) {
    const file = path.join(folder, path.normalize(asked));
    return existsSync(file) && statSync(file).isFile() ? readFileSync(file) : undefined;
  }
  const files = readdirSync(path.join(folder, 'files')).filter((file) => file.startsWith(`${name.replace('-', '_')}-`));
  const links = files.map((file) => {
    const hash = createHash('sha256')
      .update(readFileSync(path.join(folder, 'files', file)))
      .digest('hex');
    return `<a href="/files/${file}#sha256=${hash}">${file}</a>\n`;
  });
  return links.length === 0 ? undefined : Buffer.from(links.join(''));
}
