import assert from 'node:assert/strict';
import { newPythonFault, pythonFaults } from '../../../../core/formats/python/verifyPython.ts';
import { goldenCases } from '../../../support/golden/cases.ts';
import { renderCase } from '../../../support/golden/golden.ts';

describe('core/formats/python/verifyPython', () => {
  it('accepts every Python file of the golden repositories', async () => {
    const repositories = await Promise.all(goldenCases.map(({ name }) => renderCase(name)));
    const files = repositories.flatMap((repository) => [...repository].filter(([file]) => file.endsWith('.py')));
    assert(files.length > 60);
    for (const [file, text] of files) assert.deepEqual(pythonFaults(text), [], file);
  });

  const broken: readonly (readonly [string, readonly number[]])[] = [
    ['if a:\nb = 1\n', [2]],
    ['a = (1\nb = 2\n', [2]],
    ['a = {"x": 1,\n     "y" 2}\n', [2]],
    ['a = 1\na = "b\n', [2]],
    ['def f():\n    """text\n    return 1\n', [2, 4]],
    ['<<<<<<< yours\na = 1\n', [1]],
    ['def f():\n    a = 1\n      b = 2\n', [3]],
    ['return )\n', [1]],
  ];
  for (const [text, lines] of broken) {
    it(`refuses ${JSON.stringify(text)}`, () => {
      assert.deepEqual(pythonFaults(text), lines);
    });
  }

  const valid = [
    'def f():\n    x = yield\n    yield  # nothing\n    (yield)\n',
    'a = [1., 2.]\n',
    "a = f'{b[\"c\"]!r:>{width}}' rb'x' '''y\nz'''\n",
    'match a:\n    case {"x": 1}:\n        pass\n',
    'type A[T] = list[T]\n\nasync def f(a, /, *, b: int = 1) -> A[int]: ...\n',
    'try:\n    pass\nexcept* OSError:\n    pass\n',
  ];
  for (const text of valid) {
    it(`accepts ${JSON.stringify(text)}`, () => {
      assert.deepEqual(pythonFaults(text), []);
    });
  }

  it('an error that the user or the generator has already is not one of merging', () => {
    const yours = 'a = (1\nb = 2\n';
    assert.equal(newPythonFault(`${yours}c = 3\n`, { yours, next: 'c = 3\n' }), undefined);
    const fault = { kind: 'fault', line: 2, what: 'would not be valid Python' };
    assert.deepEqual(newPythonFault('if a:\nb = 1\n', { yours: 'b = 1\n', next: 'if a:\n    c\nb = 1\n' }), fault);
  });
});
