import path from 'node:path';
import { runOk } from '../run.ts';
import { makeAuthority, makeCertificate } from './certificates.ts';
import { serverFolder } from './folder.ts';
import { freePort } from './ports.ts';
import { asUnprivileged, Server, until } from './process.ts';

/** Needs escaping in a URL. */
const password = 'p@ss/w:rd%20#?';

/** A Redis server in the place of Valkey on ElastiCache: TLS only, a password, and nothing on disk. */
export class Redis {
  readonly server: Server;
  readonly #cli: readonly string[];
  readonly #port: number;
  readonly #authority: string;

  private constructor(server: Server, cli: readonly string[], port: number, authority: string) {
    this.server = server;
    this.#cli = cli;
    this.#port = port;
    this.#authority = authority;
  }

  static async start(programs: { readonly redis: string; readonly openssl: string }): Promise<Redis> {
    const folder = serverFolder('redis');
    const authority = await makeAuthority(programs.openssl, folder, 'authority');
    const own = await makeCertificate(programs.openssl, folder, 'authority', 'server', ['IP:127.0.0.1']);
    const port = await freePort();
    const flags = {
      port: 0,
      'tls-port': port,
      bind: '127.0.0.1',
      'tls-cert-file': own.certificate,
      'tls-key-file': own.key,
      'tls-ca-cert-file': authority,
      'tls-auth-clients': 'no',
      requirepass: password,
      save: '',
      appendonly: 'no',
      'maxmemory-policy': 'noeviction',
      dir: folder,
    };
    const words = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, String(value)]);
    const server = new Server('Redis', [programs.redis, ...words], { unprivileged: true });
    const cli = [path.join(path.dirname(programs.redis), 'redis-cli'), '--tls', '--cacert', authority];
    const redis = new Redis(server, [...cli, '-p', String(port), '-a', password, '--no-auth-warning'], port, authority);
    await until('Redis answers', 20, () =>
      redis.command('PING').then(
        (answer) => answer === 'PONG',
        () => false,
      ),
    );
    return redis;
  }

  /** What a task's environment gets, and the authority in the place of the public ones. */
  get environment(): Readonly<Record<string, string>> {
    return {
      REDIS_HOST: '127.0.0.1',
      REDIS_PORT: String(this.#port),
      REDIS_PASSWORD: password,
      SSL_CERT_FILE: this.#authority,
    };
  }

  async command(...words: readonly string[]): Promise<string> {
    const [program = '', ...args] = [...asUnprivileged(), ...this.#cli, ...words];
    return (await runOk(program, args)).stdout.trim();
  }

  /** Messages that wait, and those that a worker holds. */
  async left(): Promise<number> {
    return Number(await this.command('LLEN', 'celery')) + Number(await this.command('HLEN', 'unacked'));
  }
}
