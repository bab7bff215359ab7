import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { cache } from '../paths.ts';
import { serverFolder } from '../servers/folder.ts';
import { get } from '../servers/http.ts';
import { Server, until } from '../servers/process.ts';

const here = fileURLToPath(new URL('.', import.meta.url));

/** Of the stand-in and what it imports: read again by each account of a run, and none beside the sources. */
const bytecode = path.join(cache, 'bytecode');

/** The number of the stand-in's account, as front.py has it. */
export const accountNumber = '123456789012';

/** What becomes of the tasks that fit; see tasks.py. */
export interface Rule {
  readonly family?: string;
  /** The commit, which is the tag of the image. */
  readonly sha?: string;
  /** Why RunTask does not start it. */
  readonly failure?: string;
  /** Another one is started just before it, as by somebody who was faster. */
  readonly rival?: boolean;
  readonly log?: readonly string[];
  readonly exitCode?: number;
  /** How long it runs, and how long it takes to start. */
  readonly seconds?: number;
  readonly pendingSeconds?: number;
  /** An alarm takes the deployment back. */
  readonly alarm?: boolean;
  /** Really run the container's command, or `argv`, here. */
  readonly exec?: {
    /** In it, SHA stands for the commit. */
    readonly cwd: string;
    /** In place of the word `python`. */
    readonly python: string;
    /** In it, PORT stands for a free port, on which it then answers requests, and TMP for the task's own /tmp. */
    readonly argv?: readonly string[];
    readonly env?: Readonly<Record<string, string>>;
  };
}

export interface Stack {
  readonly status: string;
  readonly parameters: Readonly<Record<string, string | undefined>>;
}

export interface Service {
  readonly desiredCount: number;
  readonly deployments: readonly {
    readonly status: string;
    readonly taskDefinition: string;
    readonly rolloutState: string;
    readonly runningCount: number;
  }[];
}

/** What a program finds in its environment of who it is; what is undefined it does not find. */
export type Identity = Readonly<Record<string, string | undefined>>;

/** The variables by which AWS's libraries know who they are. */
export type Keys = Readonly<Record<'AWS_ACCESS_KEY_ID' | 'AWS_SECRET_ACCESS_KEY' | 'AWS_SESSION_TOKEN', string>>;

type Credentials = Readonly<Record<'AccessKeyId' | 'SecretAccessKey' | 'SessionToken', string>>;

export interface RightsReport {
  /** `ROLE: ACTION on RESOURCE` */
  readonly refused: readonly string[];
  /** An action or a resource of a statement that can be taken away and nothing is refused for it: `ROLE STATEMENT: RIGHT` */
  readonly unneeded: readonly string[];
}

function keysOf({ AccessKeyId, SecretAccessKey, SessionToken }: Credentials): Keys {
  return {
    AWS_ACCESS_KEY_ID: AccessKeyId,
    AWS_SECRET_ACCESS_KEY: SecretAccessKey,
    AWS_SESSION_TOKEN: SessionToken,
  };
}

function bystander(service: string): Record<string, string> {
  return {
    Authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/${service}/aws4_request`,
    'X-Stand-In': 'test',
  };
}

/** An AWS account of a test's own: moto, with CloudFormation and ECS of ours in front. Listens on 127.0.0.1 only. */
export class Account {
  readonly url: string;
  readonly server: Server;
  /** The folder of the `docker` that pushes into the account's registry: first on PATH. */
  readonly bin: string;
  readonly #rulesFile: string;

  private constructor(server: Server, url: string, python: string, folder: string) {
    this.server = server;
    this.url = url;
    this.#rulesFile = path.join(folder, 'rules.json');
    this.bin = path.join(folder, 'bin');
    mkdirSync(this.bin);
    writeFileSync(
      path.join(this.bin, 'docker'),
      [
        '#!/bin/sh',
        'mkdir -p "$STAND_IN_IMAGES"',
        'echo "$@" >> "$STAND_IN_IMAGES/asked"',
        'case "$1" in login) exec cat > "$STAND_IN_IMAGES/login" ;; esac',
        // Nothing is built, and no layer is kept for the next build.
        'case "$1 $*" in *:buildcache) exit 0 ;; push*) ;; *) exit 0 ;; esac',
        `exec ${python} -I -S ${path.join(here, 'docker.py')} "$@"`,
        '',
      ].join('\n'),
      { mode: 0o755 },
    );
  }

  /** @param python the Python in whose virtual environment moto is */
  static async start(python: string): Promise<Account> {
    const folder = serverFolder('aws');
    const rules = path.join(folder, 'rules.json');
    writeFileSync(rules, '[]');
    const env = { PATH: process.env['PATH'], HOME: folder, PYTHONPYCACHEPREFIX: bytecode };
    const server = new Server('AWS', [python, path.join(here, 'front.py'), rules], { env });
    const [, url = ''] = await server.printed(/listening on (\S+)/u, 60);
    return new Account(server, url, python, folder);
  }

  /** For a program that is to use this account and no other. */
  get environment(): NodeJS.ProcessEnv {
    return {
      PATH: `${this.bin}${path.delimiter}${process.env['PATH']}`,
      HOME: path.dirname(this.bin),
      AWS_ENDPOINT_URL: this.url,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
      STAND_IN_IMAGES: this.images,
      RELEASE_POLL_SECONDS: '0.2',
      PYTHONDONTWRITEBYTECODE: '1',
    };
  }

  /** The first rule that fits a task decides; they count for tasks that start from now on. */
  setRules(rules: readonly Rule[]): void {
    writeFileSync(this.#rulesFile, JSON.stringify(rules));
  }

  get rules(): readonly Rule[] {
    return JSON.parse(readFileSync(this.#rulesFile, 'utf8')) as Rule[];
  }

  /** The files of each image that was pushed, by its commit. */
  get images(): string {
    return path.join(path.dirname(this.bin), 'images');
  }

  /** Everything that was asked of the account, as IAM names actions: `ecs:RunTask`. */
  async calls(): Promise<readonly string[]> {
    const { body } = await get(`${this.url}/stand-in/calls`);
    return JSON.parse(body) as string[];
  }

  /** Asks a service that speaks JSON, as a bystander: it is not among the calls. */
  async ask<T>(service: string, target: string, body: object): Promise<T> {
    const response = await fetch(this.url, {
      method: 'POST',
      headers: { ...bystander(service), 'X-Amz-Target': target, 'Content-Type': 'application/x-amz-json-1.1' },
      body: JSON.stringify(body),
    });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${target}: ${text}`);
    }
    return JSON.parse(text || '{}') as T;
  }

  /** Takes a role as a service of AWS does, `source` being on whose behalf. @returns what a program of the role is to have in its environment */
  async take(role: string, service: string, source: string): Promise<Keys> {
    const body = JSON.stringify({ role, service, source });
    const response = await fetch(`${this.url}/stand-in/sessions`, { method: 'POST', body });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(text);
    }
    return keysOf(JSON.parse(text) as Credentials);
  }

  /** Takes a role with the token of an identity provider, as a pipeline does. */
  async takeWithToken(role: string, token: string, seconds = 3600): Promise<Keys> {
    const body = new URLSearchParams({
      ...{ Action: 'AssumeRoleWithWebIdentity', Version: '2011-06-15', RoleSessionName: 'pipeline' },
      ...{
        RoleArn: `arn:aws:iam::123456789012:role/${role}`,
        WebIdentityToken: token,
        DurationSeconds: String(seconds),
      },
    });
    const response = await fetch(this.url, { method: 'POST', body });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(/<Message>([^<]*)/u.exec(text)?.[1] ?? text);
    }
    const value = (name: string) => new RegExp(`<${name}>([^<]*)`, 'u').exec(text)?.[1] ?? '';
    return keysOf({
      AccessKeyId: value('AccessKeyId'),
      SecretAccessKey: value('SecretAccessKey'),
      SessionToken: value('SessionToken'),
    });
  }

  /** What was refused to roles, and what of their policies nothing has needed. */
  async rights(...roles: readonly string[]): Promise<RightsReport> {
    const query = new URLSearchParams(roles.map((role): [string, string] => ['role', role]));
    const { status, body } = await get(`${this.url}/stand-in/rights?${query.toString()}`);
    if (status !== 200) {
      throw new Error(body);
    }
    return JSON.parse(body) as RightsReport;
  }

  /** Asks a service that takes forms and speaks XML, as a bystander. */
  async form(service: string, action: string, fields: Readonly<Record<string, string>>): Promise<string> {
    const body = new URLSearchParams({ Action: action, ...fields });
    const response = await fetch(this.url, { method: 'POST', headers: bystander(service), body });
    const text = await response.text();
    if (!response.ok) {
      throw new Error(`${action}: ${text}`);
    }
    return text;
  }

  /** Makes a stack, and waits until it is done or has failed. */
  async createStack(name: string, template: object, parameters: Readonly<Record<string, string>>): Promise<Stack> {
    const pairs = Object.entries(parameters).flatMap(([key, value], index): [string, string][] => [
      [`Parameters.member.${index + 1}.ParameterKey`, key],
      [`Parameters.member.${index + 1}.ParameterValue`, value],
    ]);
    await this.form('cloudformation', 'CreateStack', {
      ...{ Version: '2010-05-15', StackName: name, TemplateBody: JSON.stringify(template) },
      ...{ 'Capabilities.member.1': 'CAPABILITY_NAMED_IAM', ...Object.fromEntries(pairs) },
    });
    let stack: Stack | undefined;
    await until(`${name} is made`, 30, async () => {
      stack = await this.stack(name);
      return stack?.status.endsWith('_IN_PROGRESS') === false;
    });
    return stack ?? { status: '', parameters: {} };
  }

  /** A stack's state and parameters; undefined when there is none. */
  async stack(name: string): Promise<Stack | undefined> {
    const body = new URLSearchParams({ Action: 'DescribeStacks', Version: '2010-05-15', StackName: name });
    const response = await fetch(this.url, { method: 'POST', headers: bystander('cloudformation'), body });
    const text = await response.text();
    const status = /<StackStatus>(\w+)</u.exec(text)?.[1];
    if (status === undefined) {
      return undefined;
    }
    const pairs = text.matchAll(/<ParameterKey>(\w+)<\/ParameterKey><ParameterValue>([^<]*)</gu);
    return { status, parameters: Object.fromEntries([...pairs].map(([, key, value]) => [key, value])) };
  }

  /** A service as ECS describes it, the web service unless another is named; undefined when there is none. */
  async service(cluster: string, name = 'web'): Promise<Service | undefined> {
    const body = { cluster, services: [`${cluster}-${name}`] };
    const target = 'AmazonEC2ContainerServiceV20141113.DescribeServices';
    const { services } = await this.ask<{ services: Service[] }>('ecs', target, body);
    return services[0];
  }

  /** What a revision of a task definition says about itself, by variable: those of the release in its environment. */
  async notes(revision: string): Promise<Readonly<Record<string, string>>> {
    type Answer = { taskDefinition: { containerDefinitions: [{ environment: { name: string; value: string }[] }] } };
    const target = 'AmazonEC2ContainerServiceV20141113.DescribeTaskDefinition';
    const { taskDefinition } = await this.ask<Answer>('ecs', target, { taskDefinition: revision });
    const pairs = taskDefinition.containerDefinitions[0].environment
      .filter(({ name }) => name.startsWith('RELEASE_'))
      .map(({ name, value }) => [name, value]);
    return Object.fromEntries(pairs) as Record<string, string>;
  }

  /** The commit that answers behind the load balancer; undefined when no task does. */
  async servedCommit(): Promise<string | undefined> {
    const { status, body } = await get(`${this.url}/readyz`);
    return status === 200 ? (JSON.parse(body) as { git_sha: string }).git_sha : undefined;
  }
}
