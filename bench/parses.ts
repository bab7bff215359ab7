import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import { pythonFaults } from '../core/formats/python/verifyPython.ts';

const parsers: readonly (readonly [RegExp, (text: string) => unknown])[] = [
  [/\.json$/u, (text) => JSON.parse(text) as unknown],
  [/\.ya?ml$/u, (text) => parseYaml(text) as unknown],
  [/\.toml$/u, (text) => parseToml(text)],
  [
    /\.py$/u,
    (text) => {
      if (pythonFaults(text).length > 0) throw new SyntaxError('not Python');
    },
  ],
];

/** Whether what reads a file still can; a type of file that nothing parses always can be. */
export function parses(file: string, text: string): boolean {
  try {
    parsers.find(([name]) => name.test(file))?.[1](text);
    return true;
  } catch {
    return false;
  }
}
