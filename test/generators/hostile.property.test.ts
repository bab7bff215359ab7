import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { declarations } from '../../core/answers/declarations.ts';
import { toStored } from '../../core/answers/files.ts';
import { renderYoRc } from '../../core/answers/renderYoRc.ts';
import { makeProjectName } from '../../core/answers/projectName.ts';
import { resolveAnswers } from '../../core/answers/resolve.ts';
import type { Resolved } from '../../core/answers/resolve.ts';
import type { Answers, Raw } from '../../core/answers/types.ts';
import { renderBaseline } from '../../core/merge/baseline/renderBaseline.ts';
import { toEntry } from '../../core/merge/baseline/toEntry.ts';
import { emit } from '../../core/emit/emit.ts';
import { InternalError, UserError } from '../../core/errors.ts';
import { solve } from '../../core/plan/solve.ts';
import { pathFault } from '../../core/pathFault.ts';
import { sha256 } from '../../disk/files/sha256.ts';
import { readTemplates } from '../../disk/package/readTemplates.ts';
import { needPython } from '../support/need.ts';
import { faultsOf, pythonFaults, shellBlocks, shellFaults } from './inspect.ts';
import { answersOf } from './matrix.ts';

/** Ways out of a literal in Python, JSON, YAML, TOML, shell, Dockerfile, Make, EJS or CI expressions. */
const ways = [
  ...['"', "'", '`', '\\', '\n', '\r', '\r\n', '\0', '\t', ' ', '$', '#', '%', ';', '&', '|', '*', '~', '..', '/'],
  ...['\u2028', '\u2029', '\u0085', '\uFEFF', '\uD800', '\u202E', '\u200B', '\u001B[31m', 'é', '日本', '🚀', '\u0430'],
  ...['"""', "'''", '"; import os', '" + __import__("os").system("id") + "', "'; DROP TABLE users; --"],
  ...['", "a": "b', '"}]}', '\n  - run: id', ': ', ' #', '- ', '[', '{', '&a', '*a', '!!python/object:os.system', '|-'],
  ...['$(id)', '${HOME}', '$$(id)', '\nRUN id', '\n\tid', '$(shell id)', '{{ x }}', '{% x %}', '${{ github.token }}'],
  ...['<%= 1 %>', '<%- 1 %>', '%>', '<%', '__proto__', 'constructor', 'null', 'true', '1e3', '0x10', '017', '-', '_'],
  ...['\n[tool.x]', '\\u0022', '%s', '{0}', '@', 'a'.repeat(300)],
];

const defaults = answersOf({ name: '', given: {} });
const texts = [
  'projectName',
  'region',
  'rdsClass',
  'ci',
  'architecture',
  'rdsEngineVersion',
  'domain',
  'django',
  'python',
  'static',
  'infrastructure',
  'egress',
] as const;

const valid: Readonly<Record<(typeof texts)[number], readonly string[]>> = {
  projectName: ['shop', 'my_shop', 'ab', 'abcdefghijklmnopqrstuvwx'],
  region: ['us-east-1', 'eu-central-1'],
  rdsClass: ['db.t4g.small', 'db.m7g.large', 'db.m99g.large'],
  ci: ['github', 'gitlab', 'none'],
  architecture: ['X86_64', 'ARM64'],
  rdsEngineVersion: ['17', '16.15'],
  domain: ['example.com', 'shop.example.co.uk', 'xn--bcher-kva.example'],
  django: ['5.2', '6.1'],
  python: ['3.12', '3.14'],
  static: ['whitenoise'],
  infrastructure: ['cloudformation', 'none'],
  egress: ['nat', 'endpoints'],
};

/** A right value with something put into it, a way out alone, or anything. */
function hostile(right: readonly string[]): fc.Arbitrary<string> {
  const inserted = fc
    .tuple(fc.constantFrom(...right), fc.constantFrom(...ways), fc.double({ min: 0, max: 1, noNaN: true }))
    .map(([text, way, where]) => {
      const at = Math.round(where * text.length);
      return text.slice(0, at) + way + text.slice(at);
    });
  return fc.oneof(
    { weight: 6, arbitrary: inserted },
    { weight: 2, arbitrary: fc.constantFrom(...ways) },
    { weight: 1, arbitrary: fc.string({ unit: 'binary', maxLength: 60 }) },
    { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom(...'abz019._-/ "$'), maxLength: 30 }) },
    { weight: 1, arbitrary: fc.constantFrom(...right) },
  );
}

const plainWord = /^[A-Za-z0-9][A-Za-z0-9_.-]*$/u;

describe('whatever is typed', function () {
  this.timeout(120_000);
  let templates: ReadonlyMap<string, Uint8Array> = new Map();
  const python = new Map<string, string>();
  const shell = new Map<string, string>();
  let accepted = 0;

  before(async () => {
    templates = await readTemplates();
  });

  /** Everything that a run would write for these answers, looked at. */
  function inspect(resolved: Resolved): void {
    const { answers } = resolved;
    const files = emit(answers, solve(answers), templates);
    const baseline = renderBaseline(
      toStored(resolved),
      new Map(files.map((file) => [file.path, toEntry(file, '0.0.0', sha256)])),
    );
    const written = [
      ...files.map(({ path, bytes }) => [path, new TextDecoder().decode(bytes)] as const),
      ['.django-fargate/baseline.json', baseline] as const,
      ['.yo-rc.json', renderYoRc(undefined, resolved)] as const,
    ];
    for (const [path, text] of written) {
      assert.equal(pathFault(path), undefined, path);
      assert.deepEqual(faultsOf(path, text), [], path);
      if (path.endsWith('.py')) {
        python.set(text, `${JSON.stringify(answers)} ${path}`);
      }
      if (path.endsWith('.md')) {
        shellBlocks(text).forEach((block) => shell.set(block, `${JSON.stringify(answers)} ${path}`));
      }
      if (path === '.env.example') {
        shell.set(text, `${JSON.stringify(answers)} ${path}`);
      }
    }
  }

  /** Takes the answers as a run does: refused with a reason, or everything that is written is sound. */
  function take(given: Readonly<Record<string, unknown>>, folder = 'shop'): void {
    const door = new Map<string, Raw>(
      Object.entries(given).map(([key, value]) => [key, { value, origin: `--${key}` }]),
    );
    try {
      const resolved = resolveAnswers([door], { projectName: makeProjectName(folder) });
      for (const key of texts) {
        const value = resolved.answers[key];
        assert.ok(value === undefined || plainWord.test(value), `${key} ${JSON.stringify(value)} was accepted`);
      }
      inspect(resolved);
      accepted += 1;
    } catch (error) {
      if (!(error instanceof UserError)) {
        throw error;
      }
      assert.notEqual(error.message, '');
      assert.equal(error.exitCode, 2);
      assert.doesNotMatch(
        error.message,
        /[\0-\u0009\u000B-\u001F\u007F-\u009F\u2028-\u202E]/u,
        'the refusal is plain text',
      );
    }
  }

  for (const key of texts) {
    it(`as ${key} is refused, or ends up in files that are sound`, () => {
      fc.assert(
        fc.property(hostile(valid[key]), (value) => take({ rdsMaxConnections: 200, [key]: value })),
        { numRuns: 150 },
      );
    });
  }

  it('as any value of an answers file is refused, or ends up in files that are sound', () => {
    const keys = declarations.map(({ key }) => key);
    const value = fc.oneof(fc.jsonValue(), fc.constantFrom(...ways), fc.integer(), fc.double(), fc.boolean());
    fc.assert(
      fc.property(fc.dictionary(fc.constantFrom(...keys), value, { maxKeys: 3 }), (given) => take(given)),
      { numRuns: 300 },
    );
  });

  it('as the folder makes a good name', () => {
    fc.assert(
      fc.property(hostile([...valid.projectName, 'My Shop', 'django']), (folder) => {
        const before = accepted;
        take({}, folder);
        assert.equal(accepted, before + 1, 'refused');
      }),
      { numRuns: 60 },
    );
  });

  it('gets past the parsers into no file either', () => {
    const values = fc.record(
      Object.fromEntries(
        (['region', 'rdsClass', 'rdsEngineVersion', 'domain', 'django'] as const).map((key) => [
          key,
          fc.oneof(
            { weight: 3, arbitrary: fc.constantFrom(...valid[key]) },
            { weight: 1, arbitrary: hostile(valid[key]) },
          ),
        ]),
      ),
    );
    fc.assert(
      fc.property(values, (given) => {
        const answers = { ...defaults, rdsMaxConnections: 200, ...given } as Answers;
        try {
          inspect({ answers, given: new Set() });
        } catch (error) {
          assert.ok(error instanceof InternalError || error instanceof UserError, String(error));
        }
      }),
      { numRuns: 120, examples: [[{ rdsEngineVersion: '01716.15' }]] },
    );
  });

  describe('in the end', () => {
    it('was Python that parses', async function () {
      assert.ok(accepted > 50, `only ${accepted} were accepted`);
      const { path } = await needPython(this, '3.11');
      const files = [...python].map(([text, name]) => [name, text] as const);
      assert.deepEqual(await pythonFaults(path, files), []);
    });

    it('was shell that parses', async () => {
      assert.deepEqual(await shellFaults(shell), []);
    });
  });
});
