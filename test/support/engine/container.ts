import { setTimeout as sleep } from 'node:timers/promises';
import { get } from '../servers/http.ts';
import type { RequestOptions, Response } from '../servers/http.ts';
import { docker, dockerOk } from './engine.ts';
import type { Engine } from './engine.ts';

/** The network of all these containers, and their label. */
const network = 'fargate-image-test';

/** A container that publishes its port 8000 on a free port of 127.0.0.1. */
export class Container {
  readonly id: string;
  readonly #engine: Engine;

  private constructor(engine: Engine, id: string) {
    this.#engine = engine;
    this.id = id;
  }

  /** Starts it and does not wait for anything. */
  static async start(engine: Engine, tag: string, flags: readonly string[] = []): Promise<Container> {
    const publish = ['--label', network, '--network', network, '--publish', '127.0.0.1:0:8000'];
    const container = new Container(engine, await dockerOk(engine, ['create', ...publish, ...flags, tag]));
    await container.#do('start');
    return container;
  }

  /** GET a path, with the headers that are given and no others. */
  async get(path: string, options: RequestOptions = {}): Promise<Response> {
    const address = await this.#do('port', '8000/tcp');
    return get(`http://${address.split('\n')[0]}${path}`, options);
  }

  /** Waits until /healthz answers 200; rejects with the reason when the container ends before, or time is up. */
  async becomesHealthy(withinSeconds = 60): Promise<void> {
    const until = performance.now() + withinSeconds * 1000;
    for (;;) {
      const { running, exitCode } = await this.state();
      if (!running) {
        throw new Error(`the container ended with ${exitCode}:\n${await this.logs()}`);
      }
      const response = await this.get('/healthz', { timeoutSeconds: 5 }).catch(() => undefined);
      if (response?.status === 200) {
        return;
      }
      if (performance.now() > until) {
        throw new Error(`no 200 from /healthz within ${withinSeconds} s:\n${await this.logs()}`);
      }
      await sleep(200);
    }
  }

  /** Runs Python inside and returns what it printed. */
  python(code: string, ...args: readonly string[]): Promise<string> {
    return dockerOk(this.#engine, ['exec', this.id, 'python', '-c', code, ...args]);
  }

  /** What it printed so far; with a pattern, once that is among it. */
  async logs(until = /(?:)/u): Promise<string> {
    const last = performance.now() + 60_000;
    for (;;) {
      const { output } = await docker(this.#engine, ['logs', this.id]);
      if (until.test(output)) {
        return output;
      }
      if (performance.now() > last) {
        throw new Error(`no ${until} in the log within 60 s:\n${output}`);
      }
      await sleep(200);
    }
  }

  async state(): Promise<{ readonly running: boolean; readonly exitCode: number }> {
    const text = await this.#do('inspect', ['--format', '{{.State.Running}} {{.State.ExitCode}}']);
    const [running, exitCode] = text.split(' ');
    return { running: running === 'true', exitCode: Number(exitCode) };
  }

  /** Waits until it ends by itself, and returns its exit code. */
  async ends(): Promise<number> {
    const text = await dockerOk(this.#engine, ['wait', this.id], { timeoutMs: 60_000 });
    return Number(text);
  }

  /** SIGTERM, and SIGKILL after the container's stop timeout, as ECS does; returns what it ended with and when. */
  async stop(): Promise<{ readonly exitCode: number; readonly seconds: number }> {
    const started = performance.now();
    await this.#do('stop');
    const seconds = (performance.now() - started) / 1000;
    return { exitCode: (await this.state()).exitCode, seconds };
  }

  async remove(): Promise<void> {
    await docker(this.#engine, ['rm', '--force', '--volumes', this.id]);
  }

  #do(command: string, after: string | readonly string[] = []): Promise<string> {
    const [flags, rest] = typeof after === 'string' ? [[], [after]] : [after, []];
    return dockerOk(this.#engine, [command, ...flags, this.id, ...rest]);
  }
}

/** The containers need a network of their own: the engine may have no default one. */
export async function makeNetwork(engine: Engine): Promise<void> {
  await dockerOk(engine, ['network', 'create', network]);
}

/** Removes what is left of the containers, and their network. */
export async function removeContainers(engine: Engine): Promise<void> {
  const { stdout } = await docker(engine, ['ps', '--all', '--quiet', '--filter', `label=${network}`]);
  const ids = stdout.split('\n').filter((id) => id !== '');
  if (ids.length > 0) {
    await docker(engine, ['rm', '--force', '--volumes', ...ids]);
  }
  await docker(engine, ['network', 'rm', network]);
}
