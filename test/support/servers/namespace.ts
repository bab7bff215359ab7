import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runOk } from '../run.ts';
import type { Answer, Load } from './load.ts';
import { Server } from './process.ts';

/** Addresses for documentation (RFC 5737): nothing outside of the namespaces has them. */
const tasksAddress = '192.0.2.1';
export const databaseAddress = '192.0.2.2';

const loadMain = fileURLToPath(new URL('load-main.ts', import.meta.url));

/**
 * Two network namespaces, joined by one cable: the tasks' and the database's. Pulling the cable drops packets without
 * a word, as the failover of an RDS instance does. They are gone with the processes in them.
 */
export class Network {
  readonly #ip: string;
  readonly #tasks: Server;
  readonly #database: Server;

  private constructor(ip: string, tasks: Server, database: Server) {
    this.#ip = ip;
    this.#tasks = tasks;
    this.#database = database;
  }

  /** Rejects where namespaces cannot be made: they take root. */
  static async create(ip: string): Promise<Network> {
    const [tasks, database] = [await namespace('tasks'), await namespace('database')];
    const network = new Network(ip, tasks, database);
    await network.#run(tasks, 'link', 'add', 'cable0', 'type', 'veth', 'peer', 'cable1', 'netns', String(database.pid));
    await network.#run(tasks, 'address', 'add', `${tasksAddress}/30`, 'dev', 'cable0');
    await network.#run(database, 'address', 'add', `${databaseAddress}/30`, 'dev', 'cable1');
    for (const [place, device] of [
      [tasks, 'lo'],
      [tasks, 'cable0'],
      [database, 'lo'],
      [database, 'cable1'],
    ] as const) {
      await network.#run(place, 'link', 'set', device, 'up');
    }
    // Of its own, the kernel would notice that nobody answers for the address, and refuse connections at once.
    const { stdout } = await network.#run(database, '-json', 'link', 'show', 'cable1');
    const [{ address }] = JSON.parse(stdout) as [{ address: string }];
    const neighbour = ['replace', databaseAddress, 'lladdr', address, 'dev', 'cable0', 'nud', 'permanent'];
    await network.#run(tasks, 'neighbour', ...neighbour);
    return network;
  }

  /** Put before a command, starts it beside the tasks, or beside the database. */
  get tasks(): readonly string[] {
    return enter(this.#tasks);
  }

  get database(): readonly string[] {
    return enter(this.#database);
  }

  /** From now on the database's address belongs to nobody: what is sent there is lost. */
  async dropPackets(): Promise<void> {
    await this.#run(this.#database, 'address', 'delete', `${databaseAddress}/30`, 'dev', 'cable1');
  }

  async restore(): Promise<void> {
    await this.#run(this.#database, 'address', 'add', `${databaseAddress}/30`, 'dev', 'cable1');
  }

  /** Sends loads at the same time from beside the tasks; the answers of each in the order of the loads. */
  async send(loads: readonly Load[]): Promise<readonly (readonly Answer[])[]> {
    const seconds = Math.max(...loads.map((load) => (load.delaySeconds ?? 0) + load.seconds));
    const [command = '', ...prefix] = this.tasks;
    const args = [...prefix, process.execPath, '--import', 'tsx/esm', loadMain];
    const { stdout } = await runOk(command, args, {
      cwd: path.dirname(loadMain),
      input: JSON.stringify(loads),
      timeoutMs: (seconds + 60) * 1000,
    });
    return JSON.parse(stdout) as readonly (readonly Answer[])[];
  }

  #run(place: Server, ...args: readonly string[]) {
    const [command = '', ...prefix] = enter(place);
    return runOk(command, [...prefix, this.#ip, ...args]);
  }
}

/** A process that holds a namespace until its input ends. */
async function namespace(name: string): Promise<Server> {
  const holder = new Server(name, ['unshare', '--net', '--', 'sh', '-c', 'echo ready; read -r _']);
  await holder.printed(/ready/u);
  return holder;
}

function enter(holder: Server): readonly string[] {
  return ['nsenter', `--net=/proc/${holder.pid}/ns/net`, '--'];
}
