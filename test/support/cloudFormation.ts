import { parse } from 'yaml';
import type { CollectionTag, ScalarTag, YAMLSeq } from 'yaml';

export interface Resource {
  readonly Type: string;
  readonly Condition?: string;
  readonly DependsOn?: string | readonly string[];
  readonly DeletionPolicy?: string;
  readonly UpdateReplacePolicy?: string;
  readonly Metadata?: Readonly<Record<string, unknown>>;
  readonly Properties: Readonly<Record<string, unknown>>;
}

/** A CloudFormation template, its functions in their long form. */
export interface Template {
  readonly Description: string;
  readonly Parameters?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, Resource>>;
  readonly Outputs: Readonly<Record<string, { readonly Value: unknown }>>;
}

const functions = [
  ...['And', 'Base64', 'Cidr', 'Condition', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue'],
  ...['Join', 'Not', 'Or', 'Ref', 'Select', 'Split', 'Sub'],
];

/** Tags with which YAML reads a template as CloudFormation does: `!Ref X` becomes `{ Ref: 'X' }`. */
export const cloudFormationTags = functions.flatMap((name): readonly (ScalarTag | CollectionTag)[] => {
  const key = name === 'Ref' || name === 'Condition' ? name : `Fn::${name}`;
  const tag = `!${name}`;
  return [
    { tag, resolve: (text: string) => ({ [key]: name === 'GetAtt' ? splitOnce(text) : text }) },
    { tag, collection: 'seq', resolve: (items) => ({ [key]: (items as YAMLSeq).toJSON() as unknown }) },
  ];
});

/** `Database.Endpoint.Address` is the attribute `Endpoint.Address` of `Database`. */
function splitOnce(text: string): readonly string[] {
  const dot = text.indexOf('.');
  return [text.slice(0, dot), text.slice(dot + 1)];
}

/** @throws for what is no YAML, and for a key that stands twice */
export function parseTemplate(text: string): Template {
  return parse(text, { customTags: [...cloudFormationTags], uniqueKeys: true }) as Template;
}

/** What `evaluate` puts for the names of the account that the stack is in. */
export const pseudoParameters: Readonly<Record<string, string>> = {
  'AWS::AccountId': '123456789012',
  'AWS::Partition': 'aws',
  'AWS::Region': 'us-east-1',
};

type Values = Readonly<Record<string, string>>;

/**
 * A value with its functions worked out, for these parameters; the others have their defaults, or stand as `<Name>`. A
 * resource stands as `<Name>`, and its attribute as `<Name.Attribute>`.
 */
export function evaluate(template: Template, value: unknown, given: Values = {}): unknown {
  const inner = (part: unknown): unknown => evaluate(template, part, given);
  if (Array.isArray(value)) {
    return value.map(inner).filter((item) => item !== undefined);
  }
  if (typeof value !== 'object' || value === null) {
    return value;
  }
  const entries = Object.entries(value);
  const [first] = entries;
  if (first !== undefined && entries.length === 1 && (first[0] === 'Ref' || first[0].startsWith('Fn::'))) {
    return call(template, first[0], first[1], given);
  }
  return Object.fromEntries(entries.map(([key, part]) => [key, inner(part)]));
}

function call(template: Template, name: string, argument: unknown, given: Values): unknown {
  const inner = (part: unknown): unknown => evaluate(template, part, given);
  const list = Array.isArray(argument) ? (argument as readonly unknown[]) : [];
  switch (name) {
    case 'Ref':
      return argument === 'AWS::NoValue' ? undefined : reference(template, String(argument), given);
    case 'Fn::GetAtt':
      return `<${list.join('.')}>`;
    case 'Fn::Sub': {
      const [text, names] = typeof argument === 'string' ? [argument, {}] : (list as [string, object]);
      const own = inner(names) as Values;
      return text.replaceAll(/\$\{([^}!]+)\}/g, (_all, key: string) => own[key] ?? nameOf(template, key, given));
    }
    case 'Fn::If': {
      const isTrue = inner(template.Conditions?.[String(list[0])]) === true;
      return inner(isTrue ? list[1] : list[2]);
    }
    case 'Fn::Equals':
      return inner(list[0]) === inner(list[1]);
    case 'Fn::Not':
      return inner(list[0]) !== true;
    case 'Fn::Join':
      return (inner(list[1]) as readonly string[]).join(String(list[0]));
    case 'Fn::Select':
      return (inner(list[1]) as readonly unknown[])[Number(list[0])];
    case 'Fn::GetAZs':
      return ['zone-a', 'zone-b', 'zone-c'];
    default:
      throw new Error(`${name} is not known here`);
  }
}

/** A list that has a value is one, so that a condition can ask whether it is empty. */
function reference(template: Template, name: string, given: Values): unknown {
  const { Type, Default } = template.Parameters?.[name] ?? {};
  const text = nameOf(template, name, given);
  return Type === 'CommaDelimitedList' && (Default !== undefined || name in given) ? text.split(',') : text;
}

function nameOf({ Parameters = {} }: Template, name: string, given: Values): string {
  const fallback = Parameters[name]?.['Default'];
  return given[name] ?? pseudoParameters[name] ?? (fallback === undefined ? `<${name}>` : String(fallback));
}
