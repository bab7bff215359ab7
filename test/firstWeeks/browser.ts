import { request } from 'node:http';
import type { IncomingHttpHeaders } from 'node:http';

/** An answer, redirects not followed. */
export interface Page {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

type Fields = Readonly<Record<string, string | File>>;

/** A visitor with cookies, who sends forms with the token that they hold. */
export class Browser {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #cookies = new Map<string, string>();

  /** @param headers sent with each request, such as the Host of the service */
  constructor(url: string, headers: Readonly<Record<string, string>> = {}) {
    this.#url = url;
    this.#headers = headers;
  }

  get(target: string, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    return this.#ask('GET', target, headers);
  }

  /** Opens a form and sends it, filled in; with a file among the fields as a browser uploads it. */
  async submit(target: string, fields: Fields): Promise<Page> {
    const form = await this.get(target);
    const [, token] = /name="csrfmiddlewaretoken" value="(\w+)"/u.exec(form.text) ?? [];
    if (token === undefined) {
      throw new Error(`${target} has no form: ${form.status}\n${form.text.slice(0, 2000)}`);
    }
    return this.post(target, { csrfmiddlewaretoken: token, ...fields });
  }

  async post(target: string, fields: Fields, headers: Readonly<Record<string, string>> = {}): Promise<Page> {
    const form = new FormData();
    for (const [name, value] of Object.entries(fields)) {
      form.append(name, value);
    }
    const body = new Response(form);
    const type = body.headers.get('Content-Type') ?? '';
    const bytes = Buffer.from(await body.arrayBuffer());
    return this.#ask('POST', target, { 'Content-Type': type, ...headers }, bytes);
  }

  async logIn(target: string, username: string, password: string): Promise<void> {
    const { status, text } = await this.submit(target, { username, password });
    if (status !== 302) {
      throw new Error(`${username} is not let in: ${status}\n${text}`);
    }
  }

  #ask(method: string, target: string, headers: Readonly<Record<string, string>>, body?: Buffer): Promise<Page> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const all = { ...this.#headers, ...(cookie === '' ? {} : { Cookie: cookie }), ...headers };
    const length = body === undefined ? {} : { 'Content-Length': String(body.length) };
    return new Promise((resolve, reject) => {
      const options = { method, headers: { ...all, ...length }, agent: false };
      const outgoing = request(this.#url + target, options, (incoming) => {
        const chunks: Buffer[] = [];
        for (const line of incoming.headers['set-cookie'] ?? []) {
          const [, name = '', value = ''] = /^([^=]+)=([^;]*)/u.exec(line) ?? [];
          this.#cookies.set(name, value);
        }
        incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
        incoming.on('error', reject);
        incoming.on('end', () => {
          const text = Buffer.concat(chunks).toString('utf8');
          resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, text });
        });
      });
      outgoing.setTimeout(60_000, () => outgoing.destroy(new Error('timeout')));
      outgoing.on('error', reject);
      outgoing.end(body);
    });
  }
}
