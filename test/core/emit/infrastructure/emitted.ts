import type { Answers } from '../../../../core/answers/types.ts';
import { emit } from '../../../../core/emit/emit.ts';
import { solve } from '../../../../core/plan/solve.ts';
import { readTemplates } from '../../../../disk/package/readTemplates.ts';

export interface TaskDefinition {
  readonly family: string;
  readonly executionRoleArn: string;
  readonly taskRoleArn: string;
  readonly containerDefinitions: readonly [
    {
      readonly name: string;
      readonly portMappings?: readonly { readonly containerPort: number }[];
      readonly secrets: readonly { readonly valueFrom: string }[];
      readonly logConfiguration: { readonly options: Readonly<Record<string, string>> };
    },
  ];
}

const templates = await readTemplates();

/** A task definition of the repository for these answers. */
export function emittedJson(answers: Answers, path: string): TaskDefinition {
  const file = emit(answers, solve(answers), templates).find((one) => one.path === path);
  return JSON.parse(new TextDecoder().decode(file?.bytes)) as TaskDefinition;
}
