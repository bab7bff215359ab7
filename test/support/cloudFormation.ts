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

const names = [
  ...['And', 'Base64', 'Cidr', 'Condition', 'Equals', 'FindInMap', 'GetAtt', 'GetAZs', 'If', 'ImportValue'],
  ...['Join', 'Not', 'Or', 'Ref', 'Select', 'Split', 'Sub'],
];

/** Tags with which YAML reads a template as CloudFormation does: `!Ref X` becomes `{ Ref: 'X' }`. */
export const cloudFormationTags = names.flatMap((name): readonly (ScalarTag | CollectionTag)[] => {
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
