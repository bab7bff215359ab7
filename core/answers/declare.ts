import { parseChoice, parseWhole } from './kinds.ts';
import type { AnswerKey, Declaration } from './types.ts';

/** An answer that is a whole number within bounds. */
export function whole<Key extends AnswerKey>(
  unit: string,
  [minimum, maximum]: readonly [number, number],
  rest: Omit<Declaration<Key>, 'kind' | 'allowed' | 'schema' | 'parse' | 'asked'>,
): Declaration<Key> {
  return {
    ...rest,
    asked: false,
    kind: 'number',
    allowed: `${minimum} to ${maximum}`,
    schema: { type: 'integer', minimum, maximum },
    parse: (value) => parseWhole(value, unit, minimum, maximum) as ReturnType<Declaration<Key>['parse']>,
  };
}

/** An answer that is one of a few values. */
export function choice<Key extends AnswerKey, Value extends string | number>(
  what: string,
  values: readonly Value[],
  rest: Omit<Declaration<Key>, 'kind' | 'allowed' | 'schema' | 'parse'>,
): Declaration<Key> {
  return {
    choices: () => values.map((value) => ({ value, name: String(value) })),
    ...rest,
    kind: 'choice',
    allowed: values.join(', '),
    schema: { enum: values },
    parse: (value) => parseChoice(value, values, what) as ReturnType<Declaration<Key>['parse']>,
  };
}
