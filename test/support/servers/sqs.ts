import { Moto } from './moto.ts';
import type { Server } from './process.ts';

/** moto in the place of SQS. */
export class Sqs {
  readonly #moto: Moto;
  #queueUrl = '';

  private constructor(moto: Moto) {
    this.#moto = moto;
  }

  /**
   * @param python the Python in whose virtual environment moto is
   * @param visibilityTimeoutSeconds of the queue
   */
  static async start(python: string, queue: string, visibilityTimeoutSeconds: number): Promise<Sqs> {
    const sqs = new Sqs(await Moto.start(python));
    const created = await sqs.#call('CreateQueue', {
      QueueName: queue,
      Attributes: { VisibilityTimeout: String(visibilityTimeoutSeconds) },
    });
    sqs.#queueUrl = String(created['QueueUrl']);
    return sqs;
  }

  get server(): Server {
    return this.#moto.server;
  }

  get environment(): Readonly<Record<string, string>> {
    return { CELERY_QUEUE_URL: this.#queueUrl, ...this.#moto.environment('SQS') };
  }

  /** Messages that wait, and those that a worker holds. */
  async left(): Promise<number> {
    const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible'];
    const answer = await this.#call('GetQueueAttributes', { QueueUrl: this.#queueUrl, AttributeNames: names });
    const attributes = answer['Attributes'] as Readonly<Record<string, string>>;
    return names.reduce((sum, name) => sum + Number(attributes[name]), 0);
  }

  async #call(action: string, body: Readonly<Record<string, unknown>>): Promise<Readonly<Record<string, unknown>>> {
    const headers = { 'Content-Type': 'application/x-amz-json-1.0', 'X-Amz-Target': `AmazonSQS.${action}` };
    const response = await this.#moto.ask('sqs', '/', { method: 'POST', headers, body: JSON.stringify(body) });
    return (await response.json()) as Readonly<Record<string, unknown>>;
  }
}
