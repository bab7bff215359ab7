import assert from 'node:assert/strict';
import * as fc from 'fast-check';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { comment, json, word } from '../../../core/emit/literals.ts';
import { InternalError } from '../../../core/errors.ts';
import { need } from '../../support/need.ts';
import { runOk } from '../../support/run.ts';
import { batch, hostileText, hostileUnits } from './hostile.ts';

const lone = ['\ud800', '\udc00', 'a\ud83d', '\ude00\ud83d'];

/** One line of printable characters: no editor and no line-based tool cuts it. */
function isOneLine(literal: string): boolean {
  return !/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/.test(literal);
}

describe('core/emit/literals: json', () => {
  it('means the same text to JSON and to JavaScript, on one line', () => {
    fc.assert(
      fc.property(hostileUnits, (text) => {
        assert.equal(JSON.parse(json(text)), text);
        assert.ok(isOneLine(json(text)), json(text));
      }),
      { numRuns: 2000 },
    );
  });

  it('writes plain text plainly', () => {
    assert.equal(json('shop.example.com'), '"shop.example.com"');
    assert.equal(json('😀 é'), '"😀 é"');
  });

  it('survives UTF-8', () => {
    fc.assert(
      fc.property(hostileUnits, (text) => {
        const bytes = new TextEncoder().encode(json(text));
        assert.equal(JSON.parse(new TextDecoder('utf-8', { ignoreBOM: true }).decode(bytes)), text);
      }),
    );
  });
});

describe('core/emit/literals: json in YAML', () => {
  for (const version of ['1.1', '1.2'] as const) {
    it(`means the same text to YAML ${version}, as a value, in a list, in a flow and as a key`, () => {
      fc.assert(
        fc.property(hostileText, (text) => {
          const literal = json(text);
          const read = (source: string): unknown => parseYaml(source, { version, uniqueKeys: true });
          assert.deepEqual(read(`key: ${literal}\nnext: 1\n`), { key: text, next: 1 });
          assert.deepEqual(read(`- ${literal}\n- 1\n`), [text, 1]);
          assert.deepEqual(read(`key: [${literal}, "x"] # end\n`), { key: [text, 'x'] });
          if (text !== '<<' && literal.length < 1000) {
            assert.deepEqual(Object.keys(read(`${literal}: 1\n`) as object), [text]);
          }
          assert.ok(isOneLine(literal));
        }),
        { numRuns: 1000 },
      );
    });
  }
});

describe('core/emit/literals: json in TOML', () => {
  it('means the same text to TOML, as a value, in a list and as a key', () => {
    fc.assert(
      fc.property(hostileText, (text) => {
        const literal = json(text);
        const expected = { key: text, list: [text, 'x'], table: { [text]: 1 } };
        const source = `key = ${literal}\nlist = [${literal}, "x"] # end\n[table]\n${literal} = 1\n`;
        const read = JSON.parse(JSON.stringify(parseToml(source))) as unknown;
        assert.deepEqual(read, JSON.parse(JSON.stringify(expected)));
        assert.ok(isOneLine(literal));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('core/emit/literals: json in Python', function () {
  this.timeout(120_000);

  it('means the same text to Python, in a real Python', async () => {
    const texts = [...batch(hostileUnits), ...lone];
    const source = `[\n${texts.map((text) => `${json(text)},`).join('\n')}\n]`;
    const script = 'import ast, json, sys; print(json.dumps(ast.literal_eval(sys.stdin.buffer.read().decode())))';
    const { stdout } = await runOk('python3', ['-c', script], { input: source });
    // Python's JSON escapes what is not ASCII, so lone surrogates come back as they are.
    assert.deepEqual(JSON.parse(stdout), texts);
    assert.ok(texts.every((text) => isOneLine(json(text))));
  });

  it('means the same in an f-string-free file whose encoding is UTF-8', async () => {
    const texts = batch(hostileText, 100);
    const source = [...texts.map((text, index) => `v${index} = ${json(text)}  # end`), ''].join('\n');
    const script =
      'import json, sys; names = {}; exec(compile(sys.stdin.buffer.read(), "settings.py", "exec"), names); ' +
      'print(json.dumps([v for k, v in names.items() if k.startswith("v")]))';
    const { stdout } = await runOk('python3', ['-c', script], { input: source });
    assert.deepEqual(JSON.parse(stdout), texts);
  });
});

describe('core/emit/literals: word', function () {
  this.timeout(120_000);

  const words = fc.stringMatching(/^[A-Za-z0-9][A-Za-z0-9_./-]{0,30}$/);
  const examples = ['my_shop', 'my-shop', 'db.t4g.small', 'us-east-1', '3.13', 'linux/amd64', 'X86_64', 'a', '0'];

  it('takes names, regions, classes and versions as they are', () => {
    for (const text of examples) {
      assert.equal(word(text), text);
    }
  });

  it('refuses whatever could mean something else', () => {
    const wrong = [
      '',
      ' ',
      '-x',
      '.x',
      '/x',
      '_x',
      '~',
      'a b',
      'a\n',
      '\na',
      'a\0',
      'a$',
      'a`',
      'a"',
      "a'",
      'a\\',
      'a#',
      'a:b',
      'a=b',
    ];
    for (const text of [
      ...wrong,
      'a;b',
      'a|b',
      'a&b',
      'a*',
      'a?',
      '[a]',
      '{a}',
      'a(b)',
      'a<b',
      'a>b',
      'a!',
      'a@b',
      'a%b',
      'a,b',
      'a+b',
      'é',
      '１',
      'а',
      ...lone,
    ]) {
      assert.throws(() => word(text), InternalError, JSON.stringify(text));
    }
  });

  it('gives nothing back but the text itself, and only safe characters, for any text', () => {
    fc.assert(
      fc.property(fc.oneof(hostileUnits, words), (text) => {
        try {
          assert.equal(word(text), text);
        } catch (error) {
          assert.ok(error instanceof InternalError);
          return;
        }
        assert.ok([...text].every((character) => /[A-Za-z0-9_./-]/.test(character)) && !text.startsWith('-'));
      }),
      { numRuns: 2000 },
    );
  });

  it('means itself within the quotes of JSON, YAML, TOML and Python', () => {
    fc.assert(
      fc.property(words, (text) => {
        const quoted = `"${word(text)}"`;
        assert.equal(JSON.parse(quoted), text);
        assert.equal(parseYaml(quoted), text);
        assert.deepEqual({ ...parseToml(`key = ${quoted}`) }, { key: text });
        assert.equal(json(text), quoted);
      }),
    );
  });

  const many = [...new Set([...examples, ...fc.sample(words, { numRuns: 300, seed: 20 })])];

  it('means itself without quotes and within double quotes in a real sh', async () => {
    const script = many.map((text) => `printf '%s\\n' ${word(text)} "${word(text)}"`).join('\n');
    const { stdout } = await runOk('sh', [], { input: script });
    assert.deepEqual(
      stdout.trimEnd().split('\n'),
      many.flatMap((text) => [text, text]),
    );
  });

  it('means itself in a real make: in a variable, in $(info) and in a recipe', async function () {
    const make = need(this, 'make');
    const lines = many.flatMap((text, index) => [
      `V${index} := ${word(text)}`,
      `$(info $(V${index}))`,
      `$(info ${word(text)})`,
    ]);
    const recipes = many.map((text) => `\t@echo ${word(text)}`);
    const makefile = [...lines, '.PHONY: all', 'all:', ...recipes, ''].join('\n');
    const { stdout } = await runOk(make, ['--no-print-directory', '-f', '-', 'all'], { input: makefile });
    assert.deepEqual(stdout.trimEnd().split('\n'), [...many.flatMap((text) => [text, text]), ...many]);
  });
});

describe('core/emit/literals: comment', () => {
  it('takes a sentence as it is', () => {
    for (const text of ['min(2, 4) = 2', '0.8 x 40 %; never cpu_count()', "Little's law: é", '']) {
      assert.equal(comment(text), text);
    }
  });

  it('refuses everything that ends a line somewhere, and a last backslash, which makes and shells join lines with', () => {
    for (const end of [
      '\n',
      '\r',
      '\u000b',
      '\f',
      '\u001c',
      '\u001e',
      '\u0085',
      '\u2028',
      '\u2029',
      '\0',
      '\u001b',
      '\ufeff',
    ]) {
      assert.throws(() => comment(`a${end}b`), InternalError, JSON.stringify(end));
    }
    assert.throws(() => comment('a\\'), InternalError);
    assert.throws(() => comment('\\'), InternalError);
    assert.doesNotThrow(() => comment('a\\b'));
  });

  it('never lets a text out of its line, in Python, YAML, TOML, shell and Make', async function () {
    this.timeout(120_000);
    const make = need(this, 'make');
    const texts = batch(hostileText).filter((text) => {
      try {
        return comment(text) === text;
      } catch {
        return false;
      }
    });
    assert.ok(texts.length > 100);
    const lines = texts.map((text) => `# ${text}`);
    assert.deepEqual(parseYaml(['a: 1', ...lines, 'b: 2', ''].join('\n')), { a: 1, b: 2 });
    assert.deepEqual({ ...parseToml(['a = 1', ...lines, 'b = 2', ''].join('\n')) }, { a: 1, b: 2 });
    const shellRun = await runOk('sh', [], { input: [...lines, 'echo end', ''].join('\n') });
    assert.equal(shellRun.output, 'end\n');
    const makeRun = await runOk(make, ['-s', '-f', '-'], { input: [...lines, 'all:', '\t@echo end', ''].join('\n') });
    assert.equal(makeRun.output, 'end\n');
    const pythonRun = await runOk('python3', ['-'], { input: [...lines, 'print("end")', ''].join('\n') });
    assert.equal(pythonRun.output, 'end\n');
  });
});
