import type { Declaration } from '../core/answers/types.ts';
import type { Question } from './command.ts';

/** The value of the choice that opens a free text. */
const other = '';

/** The question of an answer; a value that is not among the choices is typed in a second one. */
export function toQuestion(declaration: Declaration, proposed: unknown, region: string): Question {
  const { key, title, help, kind } = declaration;
  const common = { name: key, message: `${title} (${help})` };
  const choices = declaration.choices?.(region);
  if (choices !== undefined) {
    const isListed = choices.some(({ value }) => value === proposed);
    const closed = 'enum' in declaration.schema;
    return {
      ...common,
      type: 'select',
      loop: false,
      pageSize: 15,
      choices: (closed ? choices : [...choices, { value: other, name: 'another' }]).map((choice) => ({
        ...choice,
        short: String(choice.value === other ? choice.name : choice.value),
      })),
      default: isListed ? (proposed as string | number) : closed ? undefined : other,
    };
  }
  if (kind === 'boolean') {
    return { ...common, type: 'confirm', default: proposed === true };
  }
  return toTextQuestion(declaration, proposed);
}

/** A free text, checked by the parser of the answer; empty means computed, if that is possible. */
export function toTextQuestion(declaration: Declaration, proposed: unknown): Question {
  const { key, title, help, parse, computed, defaultText } = declaration;
  const word = proposed === undefined ? 'empty' : '"default"';
  const hint = computed ? `; ${word}: ${defaultText.replaceAll('`', '')}` : '';
  return {
    name: key,
    type: 'input',
    message: `${title} (${help}${hint})`,
    default: proposed === undefined ? undefined : String(proposed),
    validate: (value) => {
      if (computed && (value === '' || value === 'default')) {
        return true;
      }
      const parsed = parse(value);
      return 'problem' in parsed ? parsed.problem : true;
    },
  };
}

/** Whether the answer to a select means "let me type". */
export function isOther(value: unknown): boolean {
  return value === other;
}
