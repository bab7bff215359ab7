import { Moto } from './moto.ts';
import type { Server } from './process.ts';

/** moto in the place of S3, with one bucket, whose objects have versions as in the emitted stack. */
export class S3 {
  readonly bucket: string;
  readonly #moto: Moto;

  private constructor(moto: Moto, bucket: string) {
    this.#moto = moto;
    this.bucket = bucket;
  }

  /** @param python the Python in whose virtual environment moto is */
  static async start(python: string, bucket: string): Promise<S3> {
    return S3.on(await Moto.start(python), bucket);
  }

  /** Beside other services of the same moto. */
  static async on(moto: Moto, bucket: string): Promise<S3> {
    const s3 = new S3(moto, bucket);
    await s3.#moto.ask('s3', `/${bucket}`, { method: 'PUT' });
    const body = '<VersioningConfiguration><Status>Enabled</Status></VersioningConfiguration>';
    await s3.#moto.ask('s3', `/${bucket}?versioning`, { method: 'PUT', body });
    return s3;
  }

  get server(): Server {
    return this.#moto.server;
  }

  /** Where signed addresses lead. */
  get url(): string {
    return this.#moto.url;
  }

  /** What a task's environment gets; how it learns of the bucket is the service's. */
  get environment(): Readonly<Record<string, string>> {
    return this.#moto.environment('S3');
  }

  /** The keys of all objects, sorted. */
  async keys(): Promise<readonly string[]> {
    const text = await (await this.#moto.ask('s3', `/${this.bucket}?list-type=2`)).text();
    return [...text.matchAll(/<Key>([^<]*)<\/Key>/gu)].map(([, key = '']) => key).toSorted();
  }

  /** What an object holds. */
  async read(key: string): Promise<Buffer> {
    return Buffer.from(await (await this.#moto.ask('s3', `/${this.bucket}/${key}`)).arrayBuffer());
  }
}
