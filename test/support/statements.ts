import { evaluate } from './cloudFormation.ts';
import type { Infrastructure } from './infrastructure.ts';

/** One statement of a policy, its functions worked out. */
export interface Statement {
  readonly Sid?: string;
  readonly Effect: 'Allow' | 'Deny';
  readonly Action: string | readonly string[];
  readonly Resource?: string | readonly string[];
  readonly Principal?: unknown;
  readonly Condition?: unknown;
}

interface Policy {
  readonly PolicyDocument: { readonly Statement: readonly Statement[] };
}

/**
 * The statements of every policy that gives a role its rights, named `Resource: Sid`.
 *
 * @param given parameters that are not to have their defaults
 */
export function statementsOf(
  { stacks }: Infrastructure,
  given: Readonly<Record<string, string>> = {},
): readonly { readonly id: string; readonly statement: Statement }[] {
  return [...stacks.values()].flatMap((template) =>
    Object.entries(template.Resources).flatMap(([id, { Type, Properties }]) => {
      const policies =
        Type === 'AWS::IAM::Role'
          ? ((Properties['Policies'] ?? []) as readonly Policy[])
          : Type.startsWith('AWS::IAM::') && 'PolicyDocument' in Properties
            ? [Properties as unknown as Policy]
            : [];
      return policies
        .flatMap(({ PolicyDocument }) => PolicyDocument.Statement)
        .flatMap((raw) => {
          const statement = evaluate(template, raw, given) as Statement | undefined;
          // One whose condition does not hold is not there.
          return statement === undefined ? [] : [{ id: `${id}: ${statement.Sid ?? ''}`, statement }];
        });
    }),
  );
}
