import assert from 'node:assert/strict';
import AppGenerator from '../../generators/app/generator.ts';
import type { Command } from '../../generators/command.ts';
import { exitCodes, InternalError, UserError } from '../../core/errors.ts';
import { toCodedError } from '../../generators/guard.ts';
import { generate, scratch } from '../support/generate.ts';
import { filesIn } from '../support/tree.ts';

const bug = /^This is a bug in generator-django-fargate; please report it with this text \(https:\/\/[^)]+\):\n/u;

/** The app, whose run throws. */
function throwing(thrown: unknown): typeof AppGenerator {
  return class extends AppGenerator {
    protected override readonly command: Command = {
      command: 'django-fargate',
      summary: 'Throws.',
      answers: [],
      controls: [],
      examples: [],
      run: () => Promise.reject(thrown),
    };
  };
}

/** What `yo` gets to see. */
async function endOf(thrown: unknown): Promise<{ readonly code: unknown; readonly message: string }> {
  const cwd = scratch();
  const { code, message } = await generate('app', { cwd, Generator: throwing(thrown) });
  assert.deepEqual(filesIn(cwd), []);
  return { code, message };
}

describe('an error of a run', () => {
  it('of ours ends with 1, its stack and where to report it', async () => {
    const { code, message } = await endOf(new TypeError("Cannot read properties of undefined (reading 'x')"));
    assert.equal(code, 1);
    assert.match(message, bug);
    assert.match(message, /\nTypeError: Cannot read properties of undefined \(reading 'x'\)\n {4}at /u);
    assert.match(message, /guard\.test\.ts/u);
  });

  it('inside this package is a bug too', async () => {
    const { code, message } = await endOf(new InternalError('A template is missing.'));
    assert.equal(code, 1);
    assert.match(message, /\nError: A template is missing\.\n {4}at |\nInternalError: A template is missing\./u);
  });

  for (const code of ['EACCES', 'ENOSPC', 'ERR_INVALID_ARG_TYPE', '3', '']) {
    it(`with the code ${JSON.stringify(code)}, which crashes yo, gets a number`, async () => {
      const ended = await endOf(Object.assign(new Error(`${code}: permission denied, open 'x'`), { code }));
      assert.equal(ended.code, 1);
      assert.match(ended.message, bug);
      assert.match(ended.message, /permission denied, open 'x'/u);
    });
  }

  for (const exitCode of [2, 3, 4] as const) {
    it(`of the user ends with its exit code ${exitCode}, and without a stack`, async () => {
      const cause = Object.assign(new Error('EACCES'), { code: 'EACCES' });
      const ended = await endOf(new UserError('Not this.\nBut that.', { exitCode, cause }));
      assert.deepEqual(ended, { code: exitCode, message: 'Not this.\nBut that.' });
    });
  }

  it('by Ctrl+C at a prompt says that nothing was written', async () => {
    const cancelled = Object.assign(new Error('User force closed the prompt'), { name: 'ExitPromptError' });
    assert.deepEqual(await endOf(cancelled), { code: 2, message: 'Stopped; nothing was written.' });
  });

  for (const thrown of ['a text', undefined, null, 7, { code: 'EACCES' }]) {
    it(`that is no error at all (${typeof thrown === 'object' ? JSON.stringify(thrown) : String(thrown)}) is a bug`, () => {
      const { code, message } = toCodedError(thrown);
      assert.equal(code, exitCodes.bug);
      assert.match(message, bug);
    });
  }

  it('without a stack shows its message', () => {
    const error = new Error('no stack');
    delete error.stack;
    assert.match(toCodedError(error).message, /:\nno stack$/u);
  });
});

describe('an error of the constructor', () => {
  it('is coded as well', async () => {
    class Broken extends AppGenerator {
      constructor(args: string[], options: ConstructorParameters<typeof AppGenerator>[1]) {
        super(args, { ...options, env: undefined } as unknown as typeof options);
      }
    }
    const { code, message } = await generate('app', { cwd: scratch(), Generator: Broken });
    assert.equal(code, 1);
    assert.match(message, bug);
  });
});
