import path from 'node:path';
import { Account } from '../support/aws/account.ts';
import type { Rule } from '../support/aws/account.ts';
import { Checkout } from '../support/aws/checkout.ts';
import { succeeded } from '../support/aws/outcomes.ts';
import { enterPipeline } from '../support/aws/pipeline.ts';
import type { Provider } from '../support/aws/pipeline.ts';
import { runOk } from '../support/run.ts';
import type { Outcome } from '../support/run.ts';
import type { Postgres } from '../support/servers/postgres.ts';
import type { Developer } from './developer.ts';

/** The master user of the database, as RDS makes it. */
export const master = { user: 'postgres_master', password: 'first-weeks' } as const;

/** Releases a developer's repository to an account of its own. The web tasks and those beside a release are real processes. */
export class Releases {
  readonly account: Account;
  readonly #checkout: Checkout;

  private constructor(account: Account, checkout: Checkout) {
    this.account = account;
    this.#checkout = checkout;
  }

  /**
   * Makes the infrastructure, and gives the values of secrets, by the commands of the runbook.
   *
   * @param moto the Python in whose virtual environment moto is
   * @param environment more of each task, in place of what only AWS knows
   */
  static async start(
    developer: Developer,
    options: {
      readonly moto: string;
      readonly postgres: Postgres;
      readonly ci: Provider;
      readonly secrets: Readonly<Record<string, string>>;
      readonly environment: Readonly<Record<string, string>>;
    },
  ): Promise<Releases> {
    const account = await Account.start(options.moto);
    const checkout = await Checkout.of(developer.folder, developer.python, account);
    const releases = new Releases(account, checkout);
    account.setRules(rulesOf(account, developer.python, options.postgres, options.environment));
    await checkout.commit('Where it runs');
    succeeded(await checkout.release('bootstrap'));
    for (const [name, value] of Object.entries(options.secrets)) {
      await releases.make(['secret', `NAME=${name}`], value);
    }
    checkout.pipeline = await enterPipeline(account, options.ci);
    return releases;
  }

  /** Runs a target as a person with all rights in the account. */
  make(args: readonly string[], input = ''): Promise<Outcome> {
    const env = { ...process.env, ...this.account.environment };
    return runOk('make', args, { cwd: this.#checkout.folder, env, input });
  }

  /** @returns what was printed */
  async release(): Promise<string> {
    await this.#checkout.push();
    return succeeded(await this.#checkout.release('release')).output;
  }

  /** Runs a command in a task of its own, with the released image. */
  async inTask(...command: readonly string[]): Promise<string> {
    return succeeded(await this.#checkout.release('run', '--', ...command)).output;
  }
}

function rulesOf(
  account: Account,
  python: string,
  postgres: Postgres,
  environment: Readonly<Record<string, string>>,
): readonly Rule[] {
  const database = { DB_HOST: postgres.address, DB_PORT: String(postgres.port), DB_SSLROOTCERT: postgres.authority };
  // The keys of a task are those of its role; where AWS is, is the account's.
  const { AWS_ENDPOINT_URL = '' } = account.environment;
  const more = { ALLOWED_HOSTS: '127.0.0.1', AWS_ENDPOINT_URL, PYTHONDONTWRITEBYTECODE: '1' };
  const env = { ...database, ...more, ...environment };
  const exec = { cwd: path.join(account.images, 'SHA'), python, env };
  const gunicorn = ['python', '-m', 'gunicorn', 'shop.wsgi:application', '-c', 'gunicorn.conf.py'];
  return [
    {
      family: 'shop-dbinit',
      exec: { ...exec, env: { ...env, MASTER_USER: master.user, MASTER_PASSWORD: master.password } },
    },
    { family: 'shop-migrate', exec },
    { family: 'shop-ops', exec },
    { family: 'shop-web', exec: { ...exec, argv: [...gunicorn, '--bind', '127.0.0.1:PORT'] } },
  ];
}
