import { createServer } from 'node:http';
import type { IncomingHttpHeaders, Server as HttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync } from 'node:zlib';
import { closed, listening } from './silent.ts';

/** A request as it came. */
export interface Recorded {
  readonly method: string;
  /** Path and query. */
  readonly target: string;
  readonly headers: IncomingHttpHeaders;
  /** Unpacked where it came packed by gzip. */
  readonly body: string;
}

/**
 * Answers every request with 200 and `{}`, and records it: what a service sends to others by HTTP. It lives in the process
 * of the tests. One that never answers is {@link Silent}.
 */
export class Sink {
  readonly requests: Recorded[] = [];
  readonly #server: HttpServer;

  private constructor(server: HttpServer) {
    this.#server = server;
  }

  static async start(address = '127.0.0.1'): Promise<Sink> {
    const server = createServer();
    const sink = new Sink(server);
    server.on('request', (request, response) => {
      const chunks: Buffer[] = [];
      request.on('data', (chunk: Buffer) => chunks.push(chunk));
      request.on('end', () => {
        const bytes = Buffer.concat(chunks);
        const { method = '', url = '', headers } = request;
        const body = (headers['content-encoding'] === 'gzip' ? gunzipSync(bytes) : bytes).toString('utf8');
        sink.requests.push({ method, target: url, headers, body });
        response.writeHead(200, { 'Content-Type': 'application/json' }).end('{}');
      });
    });
    await listening(server, address);
    return sink;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async stop(): Promise<void> {
    this.#server.closeAllConnections();
    await closed(this.#server);
  }
}
