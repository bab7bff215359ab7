import assert from 'node:assert/strict';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratch } from '../support/generate.ts';
import type { Generated } from '../support/generate.ts';
import type { Block } from '../support/markdown.ts';
import { runOk } from '../support/run.ts';
import { assertPrinted, commandsOf, execute } from '../support/transcript.ts';
import { treeOf } from '../support/tree.ts';
import type { Machine } from './installed.ts';
import { newRepository, run } from './support.ts';

/** A generated repository, committed, in which commands are typed as the documentation has them. */
export class Shop {
  readonly folder: string;
  readonly #machine: Machine;

  private constructor(folder: string, machine: Machine) {
    this.folder = folder;
    this.#machine = machine;
  }

  /** @param options.isInstalled written by the installed command, which may be an older version */
  static async make(machine: Machine, options: { readonly isInstalled?: boolean } = {}): Promise<Shop> {
    let shop: Shop;
    if (options.isInstalled === true) {
      shop = new Shop(path.join(scratch('shop'), 'shop'), machine);
      mkdirSync(shop.folder);
      await shop.type('yo django-fargate . --yes --project-name shop');
    } else {
      shop = new Shop(await newRepository(), machine);
    }
    await shop.git('init', '--quiet');
    await shop.save('generated');
    return shop;
  }

  read(file: string): string {
    return readFileSync(path.join(this.folder, file), 'utf8');
  }

  write(file: string, content: string): void {
    writeFileSync(path.join(this.folder, file), content);
  }

  /** Puts one text in the place of another, which must stand there once. */
  swap(file: string, from: string, to: string): void {
    const parts = this.read(file).split(from);
    assert.equal(parts.length, 2, `${file}: ${JSON.stringify(from)} must stand there once`);
    this.write(file, parts.join(to));
  }

  /** All files but what git and the backups hold. */
  tree(): Readonly<Record<string, string>> {
    const kept = Object.entries(treeOf(this.folder)).filter(
      ([file]) => !/^(?:\.git|\.django-fargate\/(?:backup|conflicts))\//u.test(file),
    );
    return Object.fromEntries(kept);
  }

  /** Our part of `.yo-rc.json`. */
  get answers(): Readonly<Record<string, unknown>> {
    const content = JSON.parse(this.read('.yo-rc.json')) as Record<string, Record<string, unknown>>;
    return content['generator-django-fargate'] ?? {};
  }

  /** Adds what a JSON block of a page holds to our part of `.yo-rc.json`. */
  configure(block: Block | undefined): void {
    const added = JSON.parse(block?.lines.join('\n') ?? '') as object;
    const content = { 'generator-django-fargate': { ...this.answers, ...added } };
    this.write('.yo-rc.json', `${JSON.stringify(content, undefined, 2)}\n`);
  }

  /** Types a command that must end with 0; gives what it printed. */
  async type(command: string | undefined): Promise<string> {
    assert.ok(command !== undefined, 'the page has no such command');
    const [done] = await execute([command], this.folder, this.#machine.environment);
    assert.equal(done?.code, 0, `${command}\n${done?.output}`);
    return done.output;
  }

  /** Types all commands of a block; gives what they printed. */
  async typeAll(block: Block | undefined): Promise<string> {
    let output = '';
    for (const { command } of commandsOf(block ?? { language: 'sh', lines: [] })) output += await this.type(command);
    return output;
  }

  /** Types the commands of a block and fails where they print something else than the page shows. */
  async follow(block: Block | undefined): Promise<void> {
    const shown = commandsOf(block ?? { language: 'console', lines: [] });
    assert.ok(shown.length > 0, 'the page has no such block');
    const done = await execute(
      shown.map(({ command }) => command),
      this.folder,
      this.#machine.environment,
    );
    for (const [index, step] of shown.entries()) {
      assertPrinted(step, (done[index]?.output ?? '').replaceAll(this.folder, '~/shop'));
    }
  }

  /** The exit code of each command. */
  async codes(commands: readonly string[]): Promise<readonly number[]> {
    const done = await execute(commands, this.folder, this.#machine.environment);
    return done.map(({ code }) => code);
  }

  /** The same command in this process, for what lies between the page's own. */
  resize(flags: Readonly<Record<string, unknown>>): Promise<Generated> {
    return run(this.folder, { flags });
  }

  async undo(): Promise<void> {
    const { code, message } = await this.resize({ undo: true });
    assert.equal(code, 0, message);
  }

  async save(message: string): Promise<void> {
    await this.git('add', '--all');
    await this.git('commit', '--quiet', '--message', message);
  }

  async git(...words: readonly string[]): Promise<string> {
    const { stdout } = await runOk('git', words, { cwd: this.folder, env: this.#machine.environment });
    return stdout;
  }
}
