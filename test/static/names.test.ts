import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths.ts';
import { filesIn } from '../support/tree.ts';

/** A name that is declared for the whole program, or a type, whoever may use it. */
interface Declared {
  readonly name: string;
  readonly file: string;
}

const kinds = 'function|const|let|class|interface|type|enum';

/** What a module exports, and the types that it declares for itself. An overload counts once. */
function declaredIn(file: string, text: string): readonly Declared[] {
  const exported = new RegExp(`^export (?:default )?(?:async )?(?:abstract )?(?:${kinds}) (\\w+)`, 'gmu');
  const types = /^(?:interface|type|class|enum) (\w+)/gmu;
  const names = [exported, types].flatMap((pattern) => [...text.matchAll(pattern)].map(([, name = '']) => name));
  const merged = [...text.matchAll(/^(?:export )?interface (\w+)/gmu)].map(([, name = '']) => name);
  const twice = merged.filter((name, index) => merged.indexOf(name) !== index);
  return [...new Set(names), ...twice].map((name) => ({ name, file }));
}

/** Names that stand for several things, with their places. */
function severalOf(declared: readonly Declared[]): readonly string[] {
  const names = [...new Set(declared.map(({ name }) => name))];
  return names
    .map((name) => [name, declared.filter((one) => one.name === name)] as const)
    .filter(([, places]) => places.length > 1)
    .map(([name, places]) => `${name}: ${places.map(({ file }) => file).join(', ')}`);
}

/** Each command is data of the same shape, found by its folder. */
const isCommand = ({ name, file }: Declared): boolean =>
  name === 'command' && /^generators\/\w+\/command\.ts$/u.test(file);

describe('names', () => {
  it('stand for one thing each', () => {
    const declared = ['core', 'disk', 'generators', 'bin'].flatMap((folder) =>
      filesIn(path.join(root, folder))
        .filter((file) => file.endsWith('.ts'))
        .flatMap((file) => declaredIn(`${folder}/${file}`, readFileSync(path.join(root, folder, file), 'utf8'))),
    );
    assert.ok(declared.length > 500);
    assert.deepEqual(severalOf(declared.filter((one) => !isCommand(one))), []);
  });

  it('that stand for two are found', () => {
    const one = 'export function settle(): void {}\ninterface Row {}\nexport type Kind = 1;\nconst own = 1;\n';
    const other = 'export async function settle() {}\ntype Row = 1;\nexport const kind = 1;\nconst own = 2;\n';
    assert.deepEqual(severalOf([...declaredIn('a.ts', one), ...declaredIn('b.ts', other)]), [
      'settle: a.ts, b.ts',
      'Row: a.ts, b.ts',
    ]);
    const overloads = 'export function a(x: 1): 1;\nexport function a(x: 2): 2;\n';
    assert.deepEqual(severalOf(declaredIn('a.ts', overloads)), []);
    assert.deepEqual(severalOf(declaredIn('a.ts', 'export interface A {}\ninterface A {}\n')), ['A: a.ts, a.ts']);
  });
});
