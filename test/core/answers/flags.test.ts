import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { controls } from '../../../core/answers/controls.ts';
import type { ControlName } from '../../../core/answers/controls.ts';
import { declarations } from '../../../core/answers/declarations.ts';
import { readCommandLine } from '../../../core/answers/flags.ts';
import type { CommandLine } from '../../../core/answers/flags.ts';
import { renamedAnswers } from '../../../core/answers/renamed.ts';
import { UserError } from '../../../core/errors.ts';
import { validValues } from './sample.ts';

const accepted = { answers: declarations, controls: Object.keys(controls) as ControlName[] };

/** What `yo` hands over for a command line, as it was seen: positionals, then flags by name. */
function read(positionals: readonly unknown[], options: Readonly<Record<string, unknown>> = {}): CommandLine {
  return readCommandLine(positionals, options, accepted);
}

function refused(positionals: readonly unknown[], options: Readonly<Record<string, unknown>>, message: RegExp): void {
  assert.throws(
    () => read(positionals, options),
    (error) => {
      assert.ok(error instanceof UserError);
      assert.equal(error.exitCode, 2);
      assert.match(error.message, message);
      assert.match(error.message, /See --help for all flags\.$/);
      return true;
    },
  );
}

/** The answers' values by flag. */
function valuesOf(line: CommandLine): Readonly<Record<string, unknown>> {
  return Object.fromEntries([...line.answers].map(([key, { value }]) => [key, value]));
}

describe('core/answers/flags: what yo does to a command line', () => {
  it('no arguments at all: no folder, no answers', () => {
    assert.deepEqual(read([]), { answers: new Map(), switches: new Set(), values: new Map() });
  });

  it('`../shop`: the folder', () => {
    assert.equal(read(['../shop']).folder, '../shop');
  });

  it('`--yes ../shop` makes the folder the value of yes: it is given back', () => {
    const line = read([], { yes: '../shop' });
    assert.equal(line.folder, '../shop');
    assert.deepEqual([...line.switches], ['yes']);
  });

  it('`--multi-az ../shop`: the same for an answer that is a boolean', () => {
    const line = read([], { 'multi-az': '../shop', multiAz: '../shop' });
    assert.equal(line.folder, '../shop');
    assert.deepEqual(valuesOf(line), { multiAz: true });
  });

  it('`--multi-az default`: no folder, and not what takes an answer back; `./default` is a folder', () => {
    for (const { flag } of declarations.filter(({ kind }) => kind === 'boolean')) {
      refused([], { [flag]: 'default' }, new RegExp(`^--${flag}: takes no value; --no-${flag} turns it off\\.`));
      assert.equal(read([], { [flag]: './default' }).folder, './default');
    }
    assert.equal(read([], { yes: 'default' }).folder, 'default');
  });

  it('`--force ../shop`: the same for a switch of Yeoman, which means nothing else here', () => {
    const line = read([], { force: '../shop' });
    assert.equal(line.folder, '../shop');
    assert.deepEqual([...line.switches], []);
  });

  it('`--yes ../shop` with a folder before it: two folders', () => {
    refused(['../one'], { yes: '../two' }, /Give at most one folder; given: \.\.\/one, \.\.\/two\./);
  });

  it('`--yes true`, `--yes false` and `--no-yes`: on and off, no folder', () => {
    assert.deepEqual([...read([], { yes: 'true' }).switches], ['yes']);
    assert.deepEqual([...read([], { yes: 'false' }).switches], []);
    assert.deepEqual(read([], { yes: false }), { answers: new Map(), switches: new Set(), values: new Map() });
  });

  it('`--no-multi-az` gives false: an answer, not an absence', () => {
    assert.deepEqual(valuesOf(read([], { 'multi-az': false })), { multiAz: false });
  });

  it('`--vcpu 1 --vcpu 2` gives an array: refused', () => {
    refused([], { vcpu: [1, 2] }, /^--vcpu: given 2 times; give it once\./);
    refused([], { yes: [true, true] }, /^--yes: given 2 times/);
    refused([], { answers: ['a.json', 'b.json', 'c.json'] }, /^--answers: given 3 times/);
  });

  it('`--region --yes` gives true: refused', () => {
    refused([], { region: true, yes: true }, /^--region: needs a value\./);
    refused([], { vcpu: true }, /^--vcpu: needs a value\./);
    refused([], { answers: true }, /^--answers: needs a value\./);
  });

  it('`--region= ` gives an empty text, `--region --yes` in another parser the next flag: refused', () => {
    refused([], { region: '' }, /^--region: needs a value\./);
    refused([], { region: '--yes' }, /^--region: needs a value\./);
    refused([], { answers: '' }, /^--answers: needs a value\./);
  });

  it('`--no-region` gives false: the answer is taken back; of a control it is refused', () => {
    const { answers } = readCommandLine([], { region: false }, accepted);
    assert.deepEqual(answers.get('region'), { value: 'default', origin: '--no-region' });
    refused([], { answers: false }, /^--answers: needs a value\./);
  });

  it('a misspelt flag passes `yo`: refused, with the nearest', () => {
    const cases: readonly (readonly [string, string])[] = [
      ['vpcu', 'vcpu'],
      ['regoin', 'region'],
      ['rds-clas', 'rds-class'],
      ['rdsClas', 'rds-class'],
      ['min-task', 'min-tasks'],
      ['multi-azs', 'multi-az'],
      ['ye', 'yes'],
      ['dryrun', 'dry-run'],
      ['dry_run', 'dry-run'],
      ['projectname', 'project-name'],
    ];
    for (const [wrong, flag] of cases) {
      refused([], { [wrong]: 1 }, new RegExp(`not a flag of this command\\. Did you mean --${flag}\\?`));
    }
  });

  it('an old name of a flag: refused, with the one of today', () => {
    for (const { flag, key } of renamedAnswers) {
      const today = declarations.find((declaration) => declaration.key === key)?.flag;
      refused([], { [flag]: 1 }, new RegExp(`^--${flag}: not a flag of this command\\. Did you mean --${today}\\?`));
    }
  });

  it('a flag like no other: refused without a guess', () => {
    refused([], { zzzzzzzzzz: 1 }, /^--zzzzzzzzzz: not a flag of this command\.\nSee/);
  });

  it('a misspelt flag is never taken for one of Yeoman that means nothing', () => {
    for (const wrong of ['forc', 'bai', 'debgu', 'skip-instal']) {
      assert.throws(
        () => read([], { [wrong]: true }),
        (error) => error instanceof UserError && !/Did you mean --(force|bail|debug|skip-)/.test(error.message),
      );
    }
  });

  it('a folder `8` is a number: the folder', () => {
    assert.equal(read([8]).folder, '8');
    assert.equal(read([], { yes: 8 }).folder, '8');
    assert.equal(read([0]).folder, '0');
  });

  it('a second folder: refused', () => {
    refused(['one', 'two'], {}, /^Give at most one folder; given: one, two\./);
    refused([1, 2, 3], {}, /^Give at most one folder; given: 1, 2, 3\./);
  });

  it('an empty folder: refused', () => {
    refused([''], {}, /^The folder name is empty/);
  });

  it('every flag twice, in kebab-case and in camelCase: one entry each', () => {
    const options = { 'rds-class': 'db.t4g.micro', rdsClass: 'db.t4g.micro', 'dry-run': true, dryRun: true };
    const line = read([], options);
    assert.deepEqual(valuesOf(line), { rdsClass: 'db.t4g.micro' });
    assert.deepEqual([...line.switches], ['dryRun']);
  });

  it('a folder that both twins of a switch hold: once', () => {
    assert.equal(read([], { 'dry-run': '../shop', dryRun: '../shop' }).folder, '../shop');
  });

  it('camelCase alone, and a twin that is undefined', () => {
    assert.deepEqual(valuesOf(read([], { rdsMaxConnections: 400 })), { rdsMaxConnections: 400 });
    assert.deepEqual(valuesOf(read([], { 'min-tasks': undefined, minTasks: 3 })), { minTasks: 3 });
    assert.deepEqual(valuesOf(read([], { minTasks: 3, 'min-tasks': undefined })), { minTasks: 3 });
  });

  it('`-h`, `-v` and `--version` run the generator: they are switches', () => {
    assert.deepEqual([...read([], { h: true }).switches], ['help']);
    assert.deepEqual([...read([], { help: true }).switches], ['help']);
    assert.deepEqual([...read([], { version: true }).switches], ['version']);
    assert.deepEqual([...read([], { v: true }).switches], ['version']);
  });

  it('--force and --bail mean nothing', () => {
    assert.deepEqual(read(['shop'], { force: true, bail: true }), {
      answers: new Map(),
      switches: new Set(),
      values: new Map(),
      folder: 'shop',
    });
  });

  it("Yeoman's own options, whatever they hold, mean nothing", () => {
    const options = {
      ...{ env: { cwd: '/' }, resolved: '/x/index.js', namespace: 'django-fargate:app', _meta: [] },
      ...{ skipInstall: true, 'skip-install': true, skipCache: false, askAnswered: false, forceInstall: false },
      ...{ 'skip-local-cache': true, destinationRoot: undefined, insight: true, sharedOptions: {}, localOnly: 'x' },
    };
    assert.deepEqual(read([], options), { answers: new Map(), switches: new Set(), values: new Map() });
  });

  it('names that every object has: refused like any other', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', 'valueOf', 'prototype']) {
      const kebab = name.replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
      refused([], { [name]: true }, new RegExp(`^--${kebab}: not a flag of this command`));
    }
  });

  it('`--__proto__ 1` as an own property: refused, and nothing is changed', () => {
    const options = JSON.parse('{"__proto__": {"yes": true}}') as Record<string, unknown>;
    refused([], options, /^--__proto__: not a flag/);
    assert.equal(({} as Record<string, unknown>)['yes'], undefined);
  });

  it('several mistakes: all of them, in one message', () => {
    refused(
      ['a', 'b'],
      { vcpu: true, region: true, ci: ['x', 'y'] },
      /^--vcpu.*\n--region.*\n--ci.*\nGive at most one folder.*\nSee/,
    );
  });

  it('the value of a misspelt flag is no second folder', () => {
    refused(
      ['../shop', '2'],
      { vcpus: true },
      /^--vcpus: not a flag of this command\. Did you mean --vcpu\?\nSee[^\n]*$/,
    );
  });

  it('a command as the first of two words is named', () => {
    refused(
      ['rezise', '../shop'],
      {},
      /^Give at most one folder; given: rezise, \.\.\/shop\. Did you mean the command resize\?/,
    );
  });

  it('a flag as the first of two words is named as one', () => {
    refused(['help', 'plan'], {}, /^Give at most one folder; given: help, plan\. Did you mean --help\?/);
  });

  it('one letter is near to nothing but what begins with it alone', () => {
    refused([], { y: true }, /^-y: not a flag of this command\. Did you mean --yes\?/);
    for (const letter of ['x', 'd', 'z']) refused([], { [letter]: true }, /^-[xdz]: not a flag of this command\.\nSee/);
  });

  it('a flag of another command: refused where it is not accepted', () => {
    const few = { answers: declarations.filter(({ key }) => key !== 'ci'), controls: ['help'] as const };
    assert.throws(() => readCommandLine([], { ci: 'github' }, few), /--ci: not a flag of this command/);
    assert.throws(() => readCommandLine([], { 'dry-run': true }, few), /--dry-run: not a flag of this command/);
  });

  it('every answer and every control is accepted under its flag', () => {
    for (const { key, flag, kind } of declarations) {
      const [value] = validValues[key];
      const line = read([], { [flag]: value });
      assert.deepEqual(line.answers.get(key), { value, origin: `--${flag}` }, `${flag} (${kind})`);
    }
    for (const [name, { flag, kind }] of Object.entries(controls)) {
      const line = read([], { [flag]: kind === 'boolean' ? true : 'answers.json' });
      assert.equal(
        kind === 'boolean'
          ? line.switches.has(name as ControlName)
          : line.values.get(name as ControlName) === 'answers.json',
        true,
      );
    }
  });

  it('any options: a command line or a UserError, never anything else', () => {
    const names = [
      ...declarations.map(({ flag }) => flag),
      ...Object.values(controls).map(({ flag }) => flag),
      'h',
      'env',
    ];
    const value = fc.oneof(fc.boolean(), fc.string(), fc.integer(), fc.array(fc.string()), fc.constant(undefined));
    const options = fc.dictionary(fc.oneof(fc.constantFrom(...names), fc.string()), value, { noNullPrototype: false });
    fc.assert(
      fc.property(fc.array(fc.oneof(fc.string(), fc.integer()), { maxLength: 2 }), options, (positionals, given) => {
        try {
          const line = read(positionals, given);
          assert.ok(
            [...line.answers.keys()].every((key) => declarations.some((declaration) => declaration.key === key)),
          );
          assert.ok(line.folder !== '');
        } catch (error) {
          assert.ok(error instanceof UserError, String(error));
        }
      }),
      { numRuns: 1000 },
    );
  });
});
