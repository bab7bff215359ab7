import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { runOk } from '../run.ts';
import { serverFolder } from './folder.ts';

/**
 * A name with several addresses, as service discovery answers for the tasks that run. It is known to those processes
 * only that are started behind `prefix`: in a mount namespace of theirs another file lies over /etc/hosts, which is
 * read anew at each connect.
 */
export class Names {
  readonly name: string;
  readonly #file: string;

  private constructor(name: string, file: string) {
    this.name = name;
    this.#file = file;
  }

  /** Rejects where mount namespaces cannot be made. */
  static async create(name: string): Promise<Names> {
    const names = new Names(name, path.join(serverFolder('names'), 'hosts'));
    names.point([]);
    const [command = '', ...prefix] = names.prefix;
    await runOk(command, [...prefix, 'true']);
    return names;
  }

  /** Put before a command, starts it where the name is known. */
  get prefix(): readonly string[] {
    const user = process.getuid?.() === 0 ? [] : ['--user', '--map-root-user'];
    const script = `mount --bind '${this.#file}' /etc/hosts && exec "$@"`;
    return ['unshare', ...user, '--mount', '--', 'sh', '-c', script, 'names'];
  }

  /** From now on the name has these addresses. The file itself stays: it is the one that is mounted. */
  point(addresses: readonly string[]): void {
    const lines = addresses.map((address) => `${address} ${this.name}`);
    writeFileSync(this.#file, `${['127.0.0.1 localhost', ...lines].join('\n')}\n`, { mode: 0o644 });
  }
}
