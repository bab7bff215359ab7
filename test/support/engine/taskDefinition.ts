import { readEmitted } from '../emit.ts';

/** What the tests use of an emitted ECS task definition with one container. */
export interface TaskDefinition {
  readonly cpu: string;
  readonly memory: string;
  readonly containerDefinitions: readonly [
    {
      readonly environment: readonly { readonly name: string; readonly value: string }[];
      readonly secrets: readonly { readonly name: string }[];
      readonly stopTimeout: number;
      readonly readonlyRootFilesystem: boolean;
      readonly linuxParameters: {
        readonly initProcessEnabled: boolean;
        readonly capabilities: { readonly drop: readonly string[] };
        readonly tmpfs: readonly {
          readonly containerPath: string;
          /** MiB. */
          readonly size: number;
          readonly mountOptions: readonly string[];
        }[];
      };
    },
  ];
}

export const loadBalancerName = 'web-123.eu-central-1.elb.amazonaws.com';

/** Values for what an operator fills in. Nothing listens at the database's address. */
const filledIn: Readonly<Record<string, string>> = {
  ALB_DNS_NAME: loadBalancerName,
  RDS_ENDPOINT: '127.0.0.1',
};

/** Values for what ECS fetches from Secrets Manager. */
const secretValues: Readonly<Record<string, string>> = {
  SECRET_KEY: 'tests-only-0123456789-abcdefghijklmnopqrstuvwxyz-ABCDEFGHIJ',
  DB_PASSWORD: 'tests-only',
};

type TaskName = 'web' | 'migrate' | 'ops' | 'pgbouncer';

export function readTaskDefinition(repository: string, name: TaskName): TaskDefinition {
  return JSON.parse(readEmitted(repository, `deploy/ecs/${name}.json`)) as TaskDefinition;
}

/**
 * The flags with which `docker run` limits a container as Fargate does by the task definition. Not its ulimits: they are
 * higher than those of many a machine, which even root may not raise everywhere.
 */
export function limitFlags({ cpu, memory, containerDefinitions: [container] }: TaskDefinition): readonly string[] {
  const { initProcessEnabled, capabilities, tmpfs } = container.linuxParameters;
  return [
    `--cpus=${Number(cpu) / 1024}`,
    `--memory=${memory}m`,
    `--stop-timeout=${container.stopTimeout}`,
    ...(container.readonlyRootFilesystem ? ['--read-only'] : []),
    ...(initProcessEnabled ? ['--init'] : []),
    ...capabilities.drop.map((name) => `--cap-drop=${name}`),
    ...tmpfs.map(
      ({ containerPath, size, mountOptions }) =>
        `--tmpfs=${containerPath}:${[`size=${size}m`, ...mountOptions].join()}`,
    ),
  ];
}

/** The flags that give a container the task definition's variables and secrets. */
export function environmentFlags({ containerDefinitions: [container] }: TaskDefinition): readonly string[] {
  const variables = container.environment.map(({ name, value }) => [name, filledIn[value] ?? value] as const);
  const secrets = container.secrets.map(({ name }) => {
    const value = secretValues[name];
    if (value === undefined) {
      throw new Error(`the task definition has a secret that the tests do not know: ${name}`);
    }
    return [name, value] as const;
  });
  return [...variables, ...secrets].map(([name, value]) => `--env=${name}=${value}`);
}
