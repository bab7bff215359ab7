import { freePort } from './ports.ts';
import { Server, until } from './process.ts';

const region = 'us-east-1';

/** moto in the place of SQS. */
export class Sqs {
  readonly server: Server;
  readonly #url: string;
  #queueUrl = '';

  private constructor(server: Server, url: string) {
    this.server = server;
    this.#url = url;
  }

  /**
   * @param moto the Python in whose virtual environment moto is
   * @param visibilityTimeoutSeconds of the queue
   */
  static async start(moto: string, queue: string, visibilityTimeoutSeconds: number): Promise<Sqs> {
    const port = await freePort();
    const command = [moto, '-m', 'moto.server', '--host', '127.0.0.1', '--port', String(port)];
    const sqs = new Sqs(new Server('moto', command), `http://127.0.0.1:${port}`);
    await until('moto answers', 60, () =>
      fetch(`${sqs.#url}/moto-api/`).then(
        ({ ok }) => ok,
        () => false,
      ),
    );
    const created = await sqs.#call('CreateQueue', {
      QueueName: queue,
      Attributes: { VisibilityTimeout: String(visibilityTimeoutSeconds) },
    });
    sqs.#queueUrl = String(created['QueueUrl']);
    return sqs;
  }

  /** What a task's environment gets; on ECS boto3 finds keys and the endpoint by itself. */
  get environment(): Readonly<Record<string, string>> {
    return {
      CELERY_QUEUE_URL: this.#queueUrl,
      AWS_ENDPOINT_URL_SQS: this.#url,
      AWS_REGION: region,
      AWS_ACCESS_KEY_ID: 'test',
      AWS_SECRET_ACCESS_KEY: 'test',
      AWS_EC2_METADATA_DISABLED: 'true',
    };
  }

  /** Messages that wait, and those that a worker holds. */
  async left(): Promise<number> {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const answer = await this.#call('GetQueueAttributes', { QueueUrl: this.#queueUrl, AttributeNames: names });
    const attributes = answer['Attributes'] as Readonly<Record<string, string>>;
    return names.reduce((sum, name) => sum + Number(attributes[name]), 0);
  }

  async #call(action: string, body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const response = await fetch(this.#url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-amz-json-1.0',
        'X-Amz-Target': `AmazonSQS.${action}`,
        Authorization: `AWS4-HMAC-SHA256 Credential=test/20260101/${region}/sqs/aws4_request`,
      },
      body: JSON.stringify(body),
    });
    if (!response.ok) {
      throw new Error(`${action}: ${response.status} ${await response.text()}`);
    }
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }
}
