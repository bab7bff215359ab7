import assert from 'node:assert/strict';
import { findFault } from '../../../../core/merge/file/findFault.ts';

describe('core/merge/file/findFault', () => {
  const cases: readonly (readonly [path: string, text: string, told: string | undefined])[] = [
    ['deploy/ecs/web.json', '{\n  "a": 1,\n  "b": [1, 2]\n}\n', undefined],
    ['deploy/ecs/web.json', '\uFEFF{ "a": 1 }', undefined],
    ['deploy/ecs/web.json', '{\n  "a": 1\n  "b": 2\n}\n', 'line 3 is not valid JSON (comma expected)'],
    ['deploy/ecs/web.json', '{\n  "a": 1,\n}\n', 'line 2 is not plain JSON (a comma after the last entry)'],
    ['deploy/ecs/web.json', '[\n  1,\n\n\n]\n', 'line 2 is not plain JSON (a comma after the last entry)'],
    ['deploy/ecs/web.json', '{\n  // why\n  "a": 1\n}\n', 'line 2 is not plain JSON (a comment)'],
    ['deploy/ecs/web.json', '{\n  "a": 1,\n  "a": 2\n}\n', 'line 3 has the name "a" twice'],
    ['tsconfig.jsonc', '{ /* why */ }', undefined],
    ['compose.yaml', 'a: 1\nb: [\n', 'line 3 is not valid YAML (bad indent)'],
    ['compose.yaml', 'a: !Ref b\n', undefined],
    ['pyproject.toml', 'a = 1\nb =\n', 'line 2 is not valid TOML'],
    ['Makefile', 'a: [', undefined],
  ];
  for (const [path, text, told] of cases) {
    it(`${path}: ${JSON.stringify(text)}`, () => {
      const found = findFault(path, new TextEncoder().encode(text));
      assert.equal(found && `line ${found.line} ${found.what}`, told);
    });
  }
});
