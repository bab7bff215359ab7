import { freePort } from './ports.ts';
import { Server, until } from './process.ts';

const region = 'us-east-1';

/** moto in the place of AWS: every service that it knows, without a check of signatures and rights. */
export class Moto {
  readonly server: Server;
  readonly url: string;

  private constructor(server: Server, url: string) {
    this.server = server;
    this.url = url;
  }

  /** @param python the Python in whose virtual environment moto is */
  static async start(python: string): Promise<Moto> {
    const port = await freePort();
    const command = [python, '-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)];
    const moto = new Moto(new Server('moto', command), `http://127.0.0.1:${port}`);
    await until('moto answers', 60, () =>
      fetch(`${moto.url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    return moto;
  }

  /**
   * What a task's environment gets; on ECS boto3 finds keys and the endpoint by itself.
   *
   * @param services as boto3 names them in its variables, such as `S3`: only these go to moto
   */
  environment(...services: readonly string[]): Readonly<Record<string, string>> {
    return {
      ...Object.fromEntries(services.map((service) => [`AWS_ENDPOINT_URL_${service}`, this.url])),
      AWS_REGION: region,
      AWS_DEFAULT_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Asks a service as a bystander; an answer other than 2xx rejects. */
  async ask(service: string, target: string, options: RequestInit = {}): Promise<Response> {
    const authorization = `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/${service}/aws4_request`;
    const response = await fetch(this.url + target, {
      ...options,
      headers: { ...(options.headers as Record<string, string>), Authorization: authorization },
    });
    if (!response.ok) {
      throw new Error(`${service} ${options.method ?? 'GET'} ${target}: ${response.status} ${await response.text()}`);
    }
    return response;
  }
}
