import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from '../support/paths.ts';
import { filesIn } from '../support/tree.ts';
import { type House, houses } from './rooms.ts';

/** The modules of the program, each with the modules of ours that it imports. */
const sources: ReadonlyMap<string, readonly string[]> = new Map(
  ['core', 'disk', 'generators', 'bin']
    .flatMap((folder) => filesIn(path.join(root, folder)).map((file) => `${folder}/${file}`))
    .filter((file) => file.endsWith('.ts'))
    .map((file) => [file, importsOf(file, readFileSync(path.join(root, file), 'utf8'))]),
);

function importsOf(file: string, text: string): readonly string[] {
  const found = text.matchAll(/(?:\bfrom|\bimport)\s*\(?\s*'(\.{1,2}\/[^']+)'/gu);
  return [...found].map(([, target = '']) => path.posix.join(path.posix.dirname(file), target));
}

const isBelow = (file: string, folder: string): boolean => file.startsWith(`${folder}/`);
const isIn = (file: string, { folder }: House): boolean => isBelow(file, folder);
const isFriend = (file: string, { friends = [] }: House): boolean => friends.some((folder) => isBelow(file, folder));

/** The number of the room that a module stands in; -1: in none. */
function roomOf(file: string, { folder, rooms }: House): number {
  const own = file.slice(folder.length + 1);
  return rooms.findIndex((room) => own === room || own.startsWith(`${room}/`));
}

/** The imports that go past a front door, or up. */
function faultsOf(house: House, modules: ReadonlyMap<string, readonly string[]>): readonly string[] {
  const doors = new Set(house.doors.map((door) => `${house.folder}/${door}.ts`));
  return [...modules].flatMap(([file, targets]) =>
    targets
      .filter((target) => isIn(target, house))
      .filter((target) =>
        isIn(file, house) ? roomOf(target, house) > roomOf(file, house) : !doors.has(target) && !isFriend(file, house),
      )
      .map((target) => `${file} -> ${target}`),
  );
}

describe('the rooms', () => {
  for (const house of houses) {
    describe(house.folder, () => {
      it('hold every module', () => {
        const homeless = [...sources.keys()].filter((file) => isIn(file, house) && roomOf(file, house) === -1);
        assert.deepEqual(homeless, []);
      });

      it('are entered from outside by the front doors, and use only the rooms before them', () => {
        assert.deepEqual(faultsOf(house, sources), []);
      });

      it('have no front door that nobody uses', () => {
        const others = [...sources].filter(([file]) => !isIn(file, house) && !isFriend(file, house));
        const used = new Set(others.flatMap(([, targets]) => targets));
        assert.deepEqual(
          house.doors.filter((door) => !used.has(`${house.folder}/${door}.ts`)),
          [],
        );
      });
    });
  }

  it('are told from their faults', () => {
    const house = { folder: 'a', rooms: ['ground.ts', 'low', 'high'], doors: ['high/door'] };
    const modules = new Map([
      ['b.ts', ['a/high/door.ts', 'a/low/inner.ts', 'c.ts']],
      ['a/low/inner.ts', ['a/high/door.ts', 'a/ground.ts', 'c.ts']],
      ['a/high/door.ts', ['a/low/inner.ts', 'a/high/other.ts']],
    ]);
    assert.deepEqual(faultsOf(house, modules), ['b.ts -> a/low/inner.ts', 'a/low/inner.ts -> a/high/door.ts']);
    assert.deepEqual(
      importsOf('a/b/c.ts', "import { x } from '../d.ts';\nexport * from './e.ts';\nawait import('../../f.ts');\n"),
      ['a/d.ts', 'a/b/e.ts', 'f.ts'],
    );
  });
});
