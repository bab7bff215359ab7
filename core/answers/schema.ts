import { declarations } from './declarations.ts';

/** JSON Schema of a file for `--answers`. */
export function answersSchema(): Readonly<Record<string, unknown>> {
  const properties = declarations.map(({ key, title, help, schema, default: value }) => [
    key,
    { title, description: help, ...schema, ...(value === undefined ? {} : { default: value }) },
  ]);
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Answers of generator-django-fargate',
    type: 'object',
    additionalProperties: false,
    properties: { $schema: { type: 'string' }, ...Object.fromEntries(properties) },
  };
}
