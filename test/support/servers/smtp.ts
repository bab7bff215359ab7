import { createServer } from 'node:net';
import type { AddressInfo, Server as NetServer, Socket } from 'node:net';
import { createSecureContext, TLSSocket } from 'node:tls';
import { closed, listening } from './silent.ts';

/** A message as it was accepted. */
export interface Mail {
  readonly from: string;
  readonly to: readonly string[];
  /** Header and body, with line ends of Unix. */
  readonly text: string;
  /** The user of AUTH, if there was one. */
  readonly user: string | undefined;
  readonly isEncrypted: boolean;
}

export interface SmtpOptions {
  readonly address?: string;
  /** PEM; with it STARTTLS is offered, and needed before AUTH and MAIL. */
  readonly tls?: { readonly certificate: string; readonly key: string };
  /** Whom AUTH lets in, and then MAIL needs it; without, everybody. */
  readonly user?: { readonly name: string; readonly password: string };
}

/**
 * A mail server that accepts every message and records it. It lives in the process of the tests. One that never answers is
 * {@link Silent}.
 */
export class Smtp {
  readonly mails: Mail[] = [];
  readonly #server: NetServer;
  readonly #sockets = new Set<Socket>();
  readonly #options: SmtpOptions;

  private constructor(server: NetServer, options: SmtpOptions) {
    this.#server = server;
    this.#options = options;
  }

  static async start(options: SmtpOptions = {}): Promise<Smtp> {
    const server = createServer();
    const smtp = new Smtp(server, options);
    server.on('connection', (socket) => {
      smtp.#sockets.add(socket);
      socket.on('close', () => smtp.#sockets.delete(socket));
      const session = new SmtpSession(options, (mail) => smtp.mails.push(mail));
      session.greet(socket);
    });
    await listening(server, options.address ?? '127.0.0.1');
    return smtp;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  /** What Django's settings take by their names; the certificate's authority goes into SSL_CERT_FILE. */
  get settings(): Readonly<Record<string, string>> {
    const { user } = this.#options;
    return {
      EMAIL_HOST: '127.0.0.1',
      EMAIL_PORT: String(this.port),
      ...(user === undefined ? {} : { EMAIL_HOST_USER: user.name, EMAIL_HOST_PASSWORD: user.password }),
    };
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) {
      socket.destroy();
    }
    await closed(this.#server);
  }
}

/** One connection: the commands of RFC 5321 that smtplib sends, STARTTLS and AUTH PLAIN. */
class SmtpSession {
  readonly #options: SmtpOptions;
  readonly #accept: (mail: Mail) => void;
  #socket: Socket | undefined;
  #rest = '';
  #data: string[] | undefined;
  #from = '';
  #to: string[] = [];
  #user: string | undefined;

  constructor(options: SmtpOptions, accept: (mail: Mail) => void) {
    this.#options = options;
    this.#accept = accept;
  }

  greet(socket: Socket): void {
    this.#read(socket);
    this.#say('220 tests');
  }

  #read(socket: Socket): void {
    this.#socket = socket;
    socket.on('error', () => {});
    socket.on('data', (chunk: Buffer) => {
      if (this.#socket !== socket) return;
      const lines = (this.#rest + chunk.toString('utf8')).split('\r\n');
      this.#rest = lines.pop() ?? '';
      for (const line of lines) {
        this.#take(line);
      }
    });
  }

  #take(line: string): void {
    if (this.#data === undefined) {
      this.#say(this.#answerTo(line));
      if (/^starttls$/iu.test(line)) this.#encrypt();
      if (/^quit$/iu.test(line)) this.#socket?.end();
    } else if (line === '.') {
      const text = this.#data.map((each) => each.replace(/^\./u, '')).join('\n');
      this.#accept({ from: this.#from, to: this.#to, text, user: this.#user, isEncrypted: this.#isEncrypted });
      this.#data = undefined;
      this.#to = [];
      this.#say('250 accepted');
    } else {
      this.#data.push(line);
    }
  }

  #answerTo(line: string): string {
    const [verb = '', ...words] = line.split(' ');
    const address = /<([^>]*)>/u.exec(line)?.[1] ?? '';
    switch (verb.toUpperCase()) {
      case 'EHLO':
        return this.#offers();
      case 'STARTTLS':
        return this.#options.tls === undefined ? '502 not offered' : '220 go ahead';
      case 'AUTH':
        return this.#login(words);
      case 'MAIL':
        this.#from = address;
        return this.#refusal() ?? '250 ok';
      case 'RCPT':
        this.#to.push(address);
        return '250 ok';
      case 'DATA':
        this.#data = [];
        return '354 end with a dot';
      case 'HELO':
      case 'NOOP':
      case 'RSET':
        this.#to = [];
        return '250 ok';
      case 'QUIT':
        return '221 bye';
      default:
        return '502 unknown';
    }
  }

  /** Why nobody may send yet. */
  #refusal(): string | undefined {
    const { tls, user } = this.#options;
    if (tls !== undefined && !this.#isEncrypted) return '530 STARTTLS first';
    return user !== undefined && this.#user === undefined ? '530 AUTH first' : undefined;
  }

  #offers(): string {
    const { tls, user } = this.#options;
    const isOpen = tls === undefined || this.#isEncrypted;
    const offers = ['tests', ...(isOpen ? [] : ['STARTTLS']), ...(user !== undefined && isOpen ? ['AUTH PLAIN'] : [])];
    return offers.map((offer, index) => `250${index === offers.length - 1 ? ' ' : '-'}${offer}`).join('\r\n');
  }

  #login([mechanism = '', initial = '']: readonly string[]): string {
    const [, name = '', password] = Buffer.from(initial, 'base64').toString('utf8').split('\0');
    const { user } = this.#options;
    const isRight = mechanism.toUpperCase() === 'PLAIN' && name === user?.name && password === user.password;
    this.#user = isRight ? name : undefined;
    return isRight ? '235 welcome' : '535 wrong user or password';
  }

  #encrypt(): void {
    const { tls } = this.#options;
    if (tls === undefined || this.#socket === undefined) return;
    const secureContext = createSecureContext({ cert: tls.certificate, key: tls.key });
    this.#rest = '';
    this.#socket.removeAllListeners('data');
    this.#read(new TLSSocket(this.#socket, { isServer: true, secureContext }));
  }

  get #isEncrypted(): boolean {
    return this.#socket instanceof TLSSocket;
  }

  #say(answer: string): void {
    this.#socket?.write(`${answer}\r\n`);
  }
}
