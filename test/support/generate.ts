import { mkdtempSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { RunContext } from 'yeoman-test';
import AppGenerator from '../../generators/app/generator.ts';
import type { CommandGenerator } from '../../generators/base.ts';
import CeleryGenerator from '../../generators/celery/generator.ts';
import PgbouncerGenerator from '../../generators/pgbouncer/generator.ts';
import PlanGenerator from '../../generators/plan/generator.ts';
import ResizeGenerator from '../../generators/resize/generator.ts';
import UpgradeGenerator from '../../generators/upgrade/generator.ts';
import { root } from './paths.ts';

type GeneratorClass = new (...args: ConstructorParameters<typeof AppGenerator>) => CommandGenerator;

export const commands = {
  app: { Generator: AppGenerator, resolved: path.join(root, 'generators', 'app', 'index.ts') },
  celery: { Generator: CeleryGenerator, resolved: path.join(root, 'generators', 'celery', 'index.ts') },
  pgbouncer: { Generator: PgbouncerGenerator, resolved: path.join(root, 'generators', 'pgbouncer', 'index.ts') },
  plan: { Generator: PlanGenerator, resolved: path.join(root, 'generators', 'plan', 'index.ts') },
  resize: { Generator: ResizeGenerator, resolved: path.join(root, 'generators', 'resize', 'index.ts') },
  upgrade: { Generator: UpgradeGenerator, resolved: path.join(root, 'generators', 'upgrade', 'index.ts') },
} as const;

export type CommandName = keyof typeof commands;

/** A question as it was asked, with what was answered. */
export interface AskedQuestion {
  readonly name: string;
  readonly type: string;
  readonly message: string;
  readonly default?: unknown;
  readonly choices?: readonly { readonly value: unknown; readonly name: string }[];
  readonly validate?: (value: unknown) => true | string;
  readonly answer: unknown;
  /** How much had been printed when it was asked. */
  readonly printed: string;
}

export interface GenerateOptions {
  /** Absolute folder in which the command is called. */
  readonly cwd: string;
  /** The folder, as on the command line. */
  readonly args?: readonly string[];
  /** By flag, without the dashes. */
  readonly flags?: Readonly<Record<string, unknown>>;
  /** Answers by the question's name; a list is given out one by one. Having any, there is somebody to ask. */
  readonly answers?: Readonly<Record<string, unknown>>;
  /** Set for the run; a variable of AWS that the tests were started with is not seen. */
  readonly environment?: Readonly<Record<string, string>>;
  /** In place of the command's own class. */
  readonly Generator?: GeneratorClass;
}

/** What a run did. `code` is the exit code that `yo` and our `bin` would end with. */
export interface Generated {
  readonly code: unknown;
  /** Standard output. */
  readonly stdout: string;
  /** The error's message: all that `yo` prints of one. */
  readonly message: string;
  readonly questions: readonly AskedQuestion[];
}

/**
 * Runs a command in this process, through Yeoman, with the prompts answered. It changes the working directory, and leaves
 * that of the tests behind, also where two runs overlap.
 */
export async function generate(command: CommandName, options: GenerateOptions): Promise<Generated> {
  const { cwd, args = [], flags = {}, answers, environment = {}, Generator = commands[command].Generator } = options;
  let stdout = '';
  const questions: AskedQuestion[] = [];
  const given = new Map(Object.entries(answers ?? {}).map(([name, value]) => [name, [value].flat()]));

  class Observed extends (Generator as typeof AppGenerator) {
    protected override isInteractive(): boolean {
      return answers !== undefined;
    }

    protected override print(text: string): void {
      stdout += `${text}\n`;
    }
  }

  const settings = {
    namespace: `django-fargate:${command}`,
    // Without it Yeoman takes the class for a command of its own.
    resolved: commands[command].resolved,
    cwd,
    oldCwd: root,
    tmpdir: false,
    forwardCwd: true,
  };
  const context = new RunContext(Observed as never, settings)
    .withArguments([...args])
    .withOptions({ ...flags } as never)
    .withAdapterOptions({
      callback: (proposed: unknown, { question }: { question: object }) => {
        const asked = question as Omit<AskedQuestion, 'answer' | 'printed'>;
        const list = given.get(asked.name);
        const nothing = asked.type === 'input' ? '' : undefined;
        const answer = list === undefined || list.length === 0 ? (proposed ?? nothing) : list.shift();
        questions.push({ ...asked, answer, printed: stdout });
        return answer;
      },
    } as never);

  const restore = setEnvironment({ AWS_REGION: undefined, ...environment });
  const { exitCode } = process;
  const { warn } = console;
  // yeoman-test warns of a question that was answered by Enter alone.
  console.warn = (text: unknown) => (String(text).startsWith('yeoman-test: question') ? undefined : warn(text));
  process.exitCode = undefined;
  try {
    await context.run();
    return { code: process.exitCode ?? 0, stdout, message: '', questions };
  } catch (error) {
    const { message, code } = error as Error & { code?: unknown };
    return { code: code ?? error, stdout, message, questions };
  } finally {
    process.exitCode = exitCode;
    console.warn = warn;
    restore();
    context.restore();
  }
}

function setEnvironment(variables: Readonly<Record<string, string | undefined>>): () => void {
  const before = Object.keys(variables).map((name) => [name, process.env[name]] as const);
  const set = (name: string, value: string | undefined) => {
    if (value === undefined) {
      delete process.env[name];
    } else {
      process.env[name] = value;
    }
  };
  for (const [name, value] of Object.entries(variables)) {
    set(name, value);
  }
  return () => {
    for (const [name, value] of before) {
      set(name, value);
    }
  };
}

/** An empty folder of the test's own, removed when the process ends. */
export function scratch(name = 'scratch'): string {
  if (parent === undefined) {
    const folder = realpathSync(mkdtempSync(path.join(tmpdir(), 'generate-')));
    process.on('exit', () => {
      // yeoman-test asks for the working directory when the process ends: it must not be one that is removed.
      process.chdir(root);
      rmSync(folder, { recursive: true, force: true });
    });
    parent = folder;
  }
  return mkdtempSync(path.join(parent, `${name}-`));
}

let parent: string | undefined;
