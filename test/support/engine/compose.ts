import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { docker, dockerOk } from './engine.ts';
import type { Engine } from './engine.ts';
import type { Outcome } from '../run.ts';

/** What `docker inspect` says about a service's container, as far as the tests look. */
export interface ServiceContainer {
  readonly State: { readonly Status: string; readonly ExitCode: number; readonly StartedAt: string };
  readonly HostConfig: {
    readonly ReadonlyRootfs: boolean;
    readonly Init: boolean;
    readonly CapDrop: readonly string[];
    readonly SecurityOpt: readonly string[];
    readonly Tmpfs: Readonly<Record<string, string>>;
  };
  readonly Config: { readonly StopTimeout?: number };
}

/** The emitted compose.yaml of a repository, used unchanged, under a project name and on a port of its own. */
export class Compose {
  readonly env: NodeJS.ProcessEnv;
  readonly repository: string;
  readonly name: string;
  readonly #engine: Engine;
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'compose-'));

  private constructor(engine: Engine, repository: string, name: string, profile: string) {
    this.#engine = engine;
    this.repository = repository;
    this.name = name;
    this.env = {
      ...{ COMPOSE_PROJECT_NAME: name, COMPOSE_FILE: 'compose.yaml', COMPOSE_PROFILES: profile },
      ...{ WEB_PORT: '0', POOLED_PORT: '0', GIT_SHA: `sha-of-${name}` },
    };
  }

  /** Where the engine needs it, an override file adds to each service's `build` how to reach the network, no more. */
  static async of(engine: Engine, repository: string, name: string, profile = ''): Promise<Compose> {
    const compose = new Compose(engine, repository, name, profile);
    // A run that was killed may have left something behind.
    await compose.run('down', '--volumes', '--timeout', '5');
    const { composeBuild: build } = engine;
    if (build !== undefined) {
      const config = JSON.parse(await compose.ok('config', '--format', 'json')) as {
        services: Readonly<Record<string, { build?: unknown }>>;
      };
      const services = Object.entries(config.services).filter(([, service]) => service.build !== undefined);
      compose.override('build', Object.fromEntries(services.map(([service]) => [service, { build }])));
    }
    return compose;
  }

  /** Adds to services, in a file of its own; the emitted file stays as it is. */
  override(name: string, services: Readonly<Record<string, unknown>>): void {
    const file = path.join(this.#folder, `${name}.json`);
    writeFileSync(file, JSON.stringify({ services }));
    this.env['COMPOSE_FILE'] += `${path.delimiter}${file}`;
  }

  run(...args: readonly string[]): Promise<Outcome> {
    return docker(this.#engine, ['compose', ...args], { cwd: this.repository, env: this.env });
  }

  ok(...args: readonly string[]): Promise<string> {
    return dockerOk(this.#engine, ['compose', ...args], { cwd: this.repository, env: this.env });
  }

  /** The containers of a service, also those that have ended. */
  async containers(service: string): Promise<readonly ServiceContainer[]> {
    const ids = (await this.ok('ps', '--all', '--quiet', service)).split('\n').filter((id) => id !== '');
    return ids.length === 0
      ? []
      : (JSON.parse(await dockerOk(this.#engine, ['inspect', ...ids])) as ServiceContainer[]);
  }

  /** What the engine still has of this project: containers, volumes, networks. */
  async leftovers(): Promise<readonly string[]> {
    const filter = ['--filter', `label=com.docker.compose.project=${this.name}`, '--quiet'];
    const lists = await Promise.all(
      [
        ['ps', '--all'],
        ['volume', 'ls'],
        ['network', 'ls'],
      ].map((list) => dockerOk(this.#engine, [...list, ...filter])),
    );
    return lists.filter((list) => list !== '');
  }

  /** Removes containers, volumes and networks, whatever state they are in. */
  async remove(): Promise<void> {
    await this.run('down', '--volumes', '--timeout', '5');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
