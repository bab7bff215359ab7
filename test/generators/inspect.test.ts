import assert from 'node:assert/strict';
import { needPython } from '../support/need.ts';
import { faultsOf, pythonFaults, shellBlocks, shellFaults } from './inspect.ts';

describe('the inspection of emitted files', () => {
  const planted: readonly (readonly [string, string, RegExp])[] = [
    ['a.py', 'x = 1\r\n', /carriage return/u],
    ['a.py', '\uFEFFx = 1\n', /byte order mark/u],
    ['a.py', 'x = 1', /no final newline/u],
    ['a.py', 'x = 1\n\n', /blank line at the end/u],
    ['a.py', 'x = 1 \ny = 2\n', /trailing blanks/u],
    ['a.py', 'x = 1\n\n\n\ny = 2\n', /three blank lines/u],
    ['a.py', '\tx\n', /a tab/u],
    ['a.py', 'x = <%- y %>\n', /tag is left over/u],
    ['a.py', 'x = undefined\n', /undefined value/u],
    ['a.py', 'x = "[object Object]"\n', /undefined value/u],
    ['a.py', '# 3 / 0 = NaN\n', /undefined value/u],
    ['a.py', '# Written by a generator.\n', /tells how it was made: generator/u],
    ['a.py', '# Sizes computed by "yo django-fargate".\n', /tells how it was made: yo/u],
    ['README.md', 'See the EJS template.\n', /tells how it was made: EJS/u],
    ['a.json', '{"a": 1,}\n', /JSON/u],
    ['a.yml', 'a: "\n', /quote/iu],
    ['a.yaml', 'a: 1\na: 2\n', /unique/u],
    ['a.toml', 'a = ]\n', /TOML/u],
  ];
  for (const [file, text, fault] of planted) {
    it(`finds ${String(fault)} in ${JSON.stringify(text)}`, () => {
      const faults = faultsOf(file, text);
      assert.equal(faults.length, 1, faults.join('\n'));
      assert.match(faults[0] ?? '', fault);
    });
  }

  it('has nothing against a clean file', () => {
    assert.deepEqual(faultsOf('gunicorn.conf.py', '# Sizes computed by "yo django-fargate"\nworkers = 2\n'), []);
    assert.deepEqual(faultsOf('shop/__init__.py', ''), []);
    assert.deepEqual(faultsOf('Makefile', 'a:\n\tb\n'), []);
  });

  it('finds Python that does not parse', async function () {
    const python = await needPython(this, '3.11');
    const faults = await pythonFaults(python.path, [
      ['good.py', 'x = 1\n'],
      ['bad.py', 'x = "\n'],
      ['nul.py', 'x = "\0"\n'],
    ]);
    assert.deepEqual(
      faults.map((fault) => fault.split(':')[0]),
      ['bad.py', 'nul.py'],
    );
  });

  it('finds shell that does not parse, and names it', async () => {
    const good = [
      ['a=1\n', 'good'],
      ['', 'empty'],
    ] as const;
    assert.deepEqual(await shellFaults(good), []);
    const faults = await shellFaults([...good, ['if true; then\n', 'bad'], ["echo '\n", 'open']]);
    assert.deepEqual(
      faults.map((fault) => fault.split(':')[0]),
      ['bad', 'open'],
    );
  });

  it('takes shell code out of Markdown', () => {
    assert.deepEqual(shellBlocks('a\n```sh\nb\nc\n```\nd\n```python\ne\n```\n```sh\nf\n```\n'), ['b\nc\n', 'f\n']);
  });
});
