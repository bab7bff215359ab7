import { createServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';

/**
 * Accepts every connection and never answers: a mail server, or any other, behind a firewall that swallows. It lives in the
 * process of the tests, so that it needs no program and never outlives them.
 */
export class Silent {
  readonly #server: NetServer;
  readonly #sockets = new Set<Socket>();
  #accepted = 0;

  private constructor(server: NetServer) {
    this.#server = server;
  }

  static async start(address = '127.0.0.1'): Promise<Silent> {
    const server = createServer();
    const silent = new Silent(server);
    server.on('connection', (socket) => silent.#hold(socket));
    await listening(server, address);
    return silent;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** How many connections there were. */
  get accepted(): number {
    return this.#accepted;
  }

  /** How many of them are open. */
  get open(): number {
    return this.#sockets.size;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed(this.#server);
  }

  #hold(socket: Socket): void {
    this.#accepted += 1;
    this.#sockets.add(socket);
    // Read, so that a client that goes away is noticed.
    socket.resume();
    socket.on('error', () => {});
    socket.on('close', () => this.#sockets.delete(socket));
  }
}

/** Resolves when a server listens on a free port. It does not keep the tests from ending. */
export function listening(server: NetServer, address: string): Promise<void> {
  server.unref();
  return new Promise((resolve, reject) => {
    server.on('error', reject);
    server.listen(0, address, resolve);
  });
}

export function closed(server: NetServer): Promise<void> {
  return new Promise((resolve) => {
    server.close(() => resolve());
  });
}
