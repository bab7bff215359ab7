import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { cache } from '../test/support/paths.ts';
import { findPythons } from '../test/support/pythons.ts';
import { run, runOk } from '../test/support/run.ts';
import type { Outcome } from '../test/support/run.ts';
import { treeOf } from '../test/support/tree.ts';
import { metered, meterIn, take } from './clock.ts';
import type { Took } from './clock.ts';

const version = '9.19.1';

/** What no text holds: every file goes through the template engine, and comes out as it went in. */
const settings = `
_templates_suffix: ""
_envops:
  block_start_string: "<\\u27e6%"
  block_end_string: "%\\u27e7>"
  variable_start_string: "<\\u27e6{"
  variable_end_string: "}\\u27e7>"
  comment_start_string: "<\\u27e6#"
  comment_end_string: "#\\u27e7>"
  keep_trailing_newline: true
`;
const answersFile = '.copier-answers.yml';
const answers = '<\u27E6{ _copier_conf.answers_file }\u27E7>';

/** The same two versions of a repository as a template of copier, and a project that was made of the first. */
export class Copier {
  readonly #folder = mkdtempSync(path.join(tmpdir(), 'bench-copier-'));
  readonly #template = path.join(this.#folder, 'template');
  #program = '';
  readonly version = version;

  constructor() {
    mkdirSync(path.join(this.#folder, 'home'));
  }

  /** Installs copier into .cache and commits the two trees as the versions 1.0.0 and 2.0.0 of a template. */
  async install(before: string, after: string): Promise<void> {
    this.#program = await installed();
    mkdirSync(this.#template);
    await this.git(this.#template, ['init', '--quiet']);
    for (const [tag, tree] of [
      ['1.0.0', before],
      ['2.0.0', after],
    ] as const) {
      await this.git(this.#template, ['rm', '-r', '--quiet', '--ignore-unmatch', '.']);
      cpSync(tree, path.join(this.#template, 'rendered'), { recursive: true });
      const subfolder = `_subdirectory: rendered\n_answers_file: ${answersFile}\n`;
      writeFileSync(path.join(this.#template, 'copier.yml'), subfolder + settings.trimStart());
      const content = `<\u27E6{ _copier_answers|to_nice_yaml }\u27E7>`;
      writeFileSync(path.join(this.#template, 'rendered', answers), content);
      await this.commit(this.#template, tag);
      await this.git(this.#template, ['tag', tag]);
    }
    await this.#verify('1.0.0', before);
    await this.#verify('2.0.0', after);
  }

  /** A project of the first version. */
  async create(folder: string): Promise<void> {
    await this.#copy('1.0.0', folder);
  }

  /** `copier update` in a project, timed; or `copier --version`, which does nothing. */
  async time(args: readonly string[], cwd: string): Promise<{ took: Took; result: Outcome }> {
    const file = meterIn(this.#folder);
    const [command, words] = metered(this.#program, args, file);
    return take(file, () => run(command, words, { cwd, env: this.#environment }));
  }

  async commit(folder: string, message: string): Promise<void> {
    await this.git(folder, ['add', '--all']);
    await this.git(folder, ['commit', '--quiet', '--message', message]);
  }

  async git(folder: string, args: readonly string[]): Promise<void> {
    await runOk('git', args, { cwd: folder, env: this.#environment });
  }

  remove(): void {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** Nobody's settings of git or copier. */
  get #environment(): NodeJS.ProcessEnv {
    const name = { GIT_AUTHOR_NAME: 'bench', GIT_COMMITTER_NAME: 'bench' };
    const email = { GIT_AUTHOR_EMAIL: 'bench@example.com', GIT_COMMITTER_EMAIL: 'bench@example.com' };
    const home = path.join(this.#folder, 'home');
    const git = { GIT_CONFIG_NOSYSTEM: '1', HOME: home, XDG_CONFIG_HOME: home };
    return { ...process.env, ...git, ...name, ...email };
  }

  async #copy(tag: string, folder: string): Promise<void> {
    const args = ['copy', '--quiet', '--defaults', '--vcs-ref', tag, this.#template, folder];
    await runOk(this.#program, args, { env: this.#environment });
  }

  /** Both sides must start from and go to the same bytes, or the comparison says nothing. */
  async #verify(tag: string, tree: string): Promise<void> {
    const folder = path.join(this.#folder, `verify-${tag}`);
    await this.#copy(tag, folder);
    const { [answersFile]: _, ...rendered } = treeOf(folder);
    const wanted = treeOf(tree);
    const differs = Object.keys({ ...rendered, ...wanted }).filter((file) => rendered[file] !== wanted[file]);
    if (differs.length > 0) throw new Error(`copier renders otherwise: ${differs.join(', ')}`);
  }
}

/** The program in a virtual environment that is kept in .cache. */
async function installed(): Promise<string> {
  const venv = path.join(cache, `copier-${version}`);
  const program = path.join(venv, 'bin', 'copier');
  const { output } = await run(program, ['--version']).catch(() => ({ output: '' }));
  if (output.includes(version)) return program;
  const [python] = await findPythons();
  if (python === undefined) throw new Error('copier needs a Python 3.11 or newer that can make a virtual environment.');
  rmSync(venv, { recursive: true, force: true });
  await runOk(python.path, ['-m', 'venv', venv]);
  const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', `copier==${version}`];
  await runOk(path.join(venv, 'bin', 'python'), pip);
  return program;
}
