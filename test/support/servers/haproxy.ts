import { writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import path from 'node:path';
import { serverFolder } from './folder.ts';
import { freePort } from './ports.ts';
import { Server, until } from './process.ts';

export interface ProxyOptions {
  readonly haproxy: string;
  /** After so long an idle connection, to either side, is closed. */
  readonly idleTimeoutSeconds: number;
  readonly healthCheckIntervalSeconds?: number;
  /** How many targets there can be at a time. */
  readonly slots?: number;
}

/**
 * HAProxy in the load balancer's place: asks /healthz by an IP address as Host, keeps connections to its targets and
 * shares them among clients, never sends a request twice, and leaves a target that is being deregistered its requests.
 */
export class Proxy {
  readonly port: number;
  readonly url: string;
  readonly pid: number;
  readonly #socket: string;
  readonly #slots: readonly string[];
  readonly #used = new Map<number, string>();

  private constructor(port: number, pid: number, socket: string, slots: readonly string[]) {
    this.port = port;
    this.pid = pid;
    this.url = `http://127.0.0.1:${port}`;
    this.#socket = socket;
    this.#slots = slots;
  }

  static async start(options: ProxyOptions): Promise<Proxy> {
    const { haproxy, idleTimeoutSeconds, healthCheckIntervalSeconds = 1, slots = 4 } = options;
    const folder = serverFolder('haproxy');
    const port = await freePort();
    const idleMs = Math.round(idleTimeoutSeconds * 1000);
    const config = `
global
  stats socket ${path.join(folder, 'admin.sock')} mode 666 level admin
  nbthread 1
  maxconn 2000
defaults
  mode http
  timeout connect 5s
  timeout client ${idleMs}ms
  timeout server ${idleMs}ms
  timeout http-keep-alive ${idleMs}ms
  timeout check 10s
  retries 0
  http-reuse always
  option forwardfor
frontend load-balancer
  bind 127.0.0.1:${port}
  http-request set-header X-Forwarded-Proto http
  default_backend targets
backend targets
  balance roundrobin
  option httpchk
  http-check send meth GET uri /healthz ver HTTP/1.1 hdr Host 10.0.0.7
  http-check expect status 200
  default-server check inter ${healthCheckIntervalSeconds}s fall 3 rise 2 pool-purge-delay ${idleMs}ms pool-low-conn 1000
  server-template target 1-${slots} 127.0.0.1:1 disabled
`;
    const file = path.join(folder, 'haproxy.cfg');
    writeFileSync(file, config.trimStart(), { mode: 0o644 });
    const server = new Server('haproxy', [haproxy, '-db', '-f', file], { unprivileged: true });
    const names = Array.from({ length: slots }, (_, i) => `target${i + 1}`);
    const proxy = new Proxy(port, server.pid, path.join(folder, 'admin.sock'), names);
    await until('haproxy answers', 10, async () => {
      if (!server.isRunning) {
        throw new Error(server.output);
      }
      return (await proxy.#say('show info').catch(() => '')) !== '';
    });
    return proxy;
  }

  /** Adds a target by its port and waits until it has passed its health checks. */
  async register(port: number): Promise<void> {
    const slot = this.#slots.find((name) => ![...this.#used.values()].includes(name));
    if (slot === undefined) {
      throw new Error(`all ${this.#slots.length} slots are used`);
    }
    this.#used.set(port, slot);
    await this.#order(`set server targets/${slot} addr 127.0.0.1 port ${port}`);
    // Without this it would count as healthy until a check has failed.
    await this.#order(`set server targets/${slot} health down`);
    await this.#order(`set server targets/${slot} state ready`);
    await until(`the target on port ${port} is healthy`, 30, async () => (await this.statusOf(port)) === 'UP');
  }

  /** Sends it no new request; those that are under way go on. */
  async drain(port: number): Promise<void> {
    await this.#order(`set server targets/${this.#slotOf(port)} state drain`);
  }

  /** Forgets a target. */
  async remove(port: number): Promise<void> {
    await this.#order(`set server targets/${this.#slotOf(port)} state maint`);
    this.#used.delete(port);
  }

  /** What its health checks say: `UP`, `DOWN`, `DRAIN` or `MAINT`. */
  async statusOf(port: number): Promise<string | undefined> {
    return this.#stateOf(this.#slotOf(port));
  }

  #slotOf(port: number): string {
    const slot = this.#used.get(port);
    if (slot === undefined) {
      throw new Error(`no target on port ${port}`);
    }
    return slot;
  }

  async #stateOf(slot: string): Promise<string | undefined> {
    const [header = '', ...rows] = (await this.#say('show stat targets 4 -1')).replace(/^# /u, '').split('\n');
    const columns = header.split(',');
    const row = rows.map((line) => line.split(',')).find((fields) => fields[columns.indexOf('svname')] === slot);
    return row?.[columns.indexOf('status')];
  }

  async #order(command: string): Promise<void> {
    const answer = (await this.#say(command)).trim();
    // Only a changed address is confirmed.
    if (answer !== '' && !/IP changed|port changed|no need to change/u.test(answer)) {
      throw new Error(`${command}: ${answer}`);
    }
  }

  #say(command: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const socket = connect(this.#socket, () => socket.end(`${command}\n`));
      let text = '';
      socket.on('data', (chunk) => {
        text += chunk.toString('utf8');
      });
      socket.on('error', reject);
      socket.on('close', () => resolve(text));
    });
  }
}
