import { cpSync, mkdirSync, readFileSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { scratch } from '../support/generate.ts';
import { root } from '../support/paths.ts';

/**
 * A machine on which the generator is installed, for commands as a person types them: `yo` and `npx` start the built
 * command, and `npm install --global` brings the newest version, this one, where an older one was.
 */
export class Machine {
  readonly #folder = scratch('machine');
  readonly #installed = path.join(this.#folder, 'installed');

  constructor() {
    const bin = path.join(this.#folder, 'bin');
    mkdirSync(bin);
    symlinkSync(root, this.#installed);
    const start = `exec '${process.execPath}' '${this.#installed}/dist/bin/generator-django-fargate.js'`;
    for (const [name, lines] of Object.entries({
      // "yo django-fargate:resize ..." is "generator-django-fargate resize ...".
      yo: [
        'name=$1; shift',
        `case $name in`,
        `  django-fargate) ${start} "$@" ;;`,
        `  django-fargate:*) ${start} "${'$'}{name#*:}" "$@" ;;`,
        'esac',
        'exit 99',
      ],
      npx: [
        '[ "$1" = --yes ] && shift',
        `case $1 in generator-django-fargate|generator-django-fargate@*) shift; ${start} "$@" ;; esac`,
        'exit 99',
      ],
      npm: [
        '[ "$*" = "install --global generator-django-fargate@latest" ] || exit 99',
        `ln -sfn '${root}' '${this.#installed}'`,
      ],
    })) {
      writeFileSync(path.join(bin, name), ['#!/bin/sh', ...lines, ''].join('\n'), { mode: 0o755 });
    }
  }

  /** Nobody's own settings, and a name for commits. */
  get environment(): NodeJS.ProcessEnv {
    const { AWS_REGION: _, ...rest } = process.env;
    const author = { GIT_AUTHOR_NAME: 'me', GIT_AUTHOR_EMAIL: 'me@example.com' };
    const committer = { GIT_COMMITTER_NAME: 'me', GIT_COMMITTER_EMAIL: 'me@example.com' };
    const settings = { HOME: this.#folder, XDG_CONFIG_HOME: this.#folder, GIT_CONFIG_NOSYSTEM: '1' };
    const search = [path.join(this.#folder, 'bin'), process.env['PATH']].join(path.delimiter);
    return { ...rest, ...author, ...committer, ...settings, PATH: search };
  }

  /** Puts an older version in the place of the installed one: with other templates, by their path. */
  installOlder(version: string, templates: Readonly<Record<string, (text: string) => string>>): void {
    const older = path.join(this.#folder, `older-${version}`);
    for (const part of ['dist', 'templates', 'runtime/django_fargate', 'package.json']) {
      cpSync(path.join(root, part), path.join(older, part), { recursive: true });
    }
    symlinkSync(path.join(root, 'node_modules'), path.join(older, 'node_modules'));
    const manifest = path.join(older, 'package.json');
    const content = JSON.parse(readFileSync(manifest, 'utf8')) as object;
    writeFileSync(manifest, JSON.stringify({ ...content, version }));
    for (const [file, change] of Object.entries(templates)) {
      const template = path.join(older, 'templates', file);
      writeFileSync(template, change(readFileSync(template, 'utf8')));
    }
    symlinkSync(older, `${this.#installed}.new`);
    renameSync(`${this.#installed}.new`, this.#installed);
  }
}
