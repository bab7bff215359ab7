import { request } from 'node:http';
import type { Agent, IncomingHttpHeaders } from 'node:http';

export interface Response {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface RequestOptions {
  readonly headers?: Readonly<Record<string, string>>;
  /** From the start to the last byte; then it rejects. */
  readonly timeoutSeconds?: number;
  readonly agent?: Agent | false;
  /** Which address of this machine asks. */
  readonly localAddress?: string;
}

/** GET. Unlike fetch it sends the Host that it is told, and follows no redirect. Without an agent: a new connection. */
export function get(url: string, options: RequestOptions = {}): Promise<Response> {
  const { headers = {}, timeoutSeconds = 30, agent = false, localAddress } = options;
  return new Promise((resolve, reject) => {
    const outgoing = request(url, { headers, agent, localAddress }, (incoming) => {
      const chunks: Buffer[] = [];
      incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
      incoming.on('error', reject);
      incoming.on('close', () => clearTimeout(timer));
      incoming.on('end', () =>
        resolve({
          status: incoming.statusCode ?? 0,
          headers: incoming.headers,
          body: Buffer.concat(chunks).toString('utf8'),
        }),
      );
    });
    const timer = setTimeout(() => outgoing.destroy(new Error('timeout')), timeoutSeconds * 1000);
    outgoing.on('error', (error) => {
      clearTimeout(timer);
      reject(error);
    });
    outgoing.end();
  });
}
