import { pythonVersions } from '../../../core/facts/python.ts';
import { run } from '../run.ts';
import type { Outcome, RunOptions } from '../run.ts';

/** A Docker engine with BuildKit and Compose, and how this project's tests are to use it. */
export interface Engine {
  /** For a person: which engine, and where its base images come from. */
  readonly description: string;
  /** Python versions, such as `3.13`, of which it has or can pull `python:<version>-slim`. */
  readonly pythons: readonly string[];
  /** Whether it has or can pull `node:<major>-slim`. */
  readonly hasNode: boolean;
  /** What `docker build` needs here so that RUN steps reach the package registries. */
  readonly buildFlags: readonly string[];
  /** The same for Compose, as the `build` of each service; undefined where nothing is needed. */
  readonly composeBuild: Readonly<Record<string, string>> | undefined;
  /** The environment of `docker` commands. */
  readonly env: NodeJS.ProcessEnv;
  /** Ends the engine, unless it is the user's. */
  stop(): Promise<void>;
}

/** Runs a `docker` command against the engine. */
export function docker(engine: Engine, args: readonly string[], options: RunOptions = {}): Promise<Outcome> {
  return run('docker', args, { ...options, env: { ...engine.env, ...options.env } });
}

/** Runs a `docker` command that must succeed, and returns what it printed on stdout, trimmed. */
export async function dockerOk(engine: Engine, args: readonly string[], options: RunOptions = {}): Promise<string> {
  const outcome = await docker(engine, args, options);
  if (outcome.code !== 0) {
    throw new Error(`docker ${args.join(' ')}: exit ${outcome.code}\n${outcome.output}`);
  }
  return outcome.stdout.trim();
}

/** The engine that `docker` reaches by itself, such as Docker Desktop's, when it can build and run Linux images. */
export async function usersEngine(): Promise<Engine | undefined> {
  const ask = (...args: readonly string[]) =>
    run('docker', args, { timeoutMs: 20_000 }).catch(() => ({ code: 1, stdout: '' }));
  const info = await ask('info', '--format', '{{.OSType}} {{.ServerVersion}}');
  const [, version] = /^linux (\S+)\n$/u.exec(info.stdout) ?? [];
  if (info.code !== 0 || version === undefined) {
    return undefined;
  }
  for (const plugin of ['buildx', 'compose']) {
    if ((await ask(plugin, 'version')).code !== 0) {
      return undefined;
    }
  }
  return {
    description: `Docker ${version} of this machine, with the real base images`,
    pythons: pythonVersions,
    hasNode: true,
    buildFlags: [],
    composeBuild: undefined,
    env: process.env,
    stop: async () => {},
  };
}
