import { controls, type ControlName } from './controls.ts';
import { declarations } from './declarations.ts';
import type { Declaration } from './types.ts';

export interface Usage {
  readonly command: string;
  readonly summary: string;
  readonly answers: readonly Declaration[];
  readonly controls: readonly ControlName[];
  readonly examples: readonly string[];
}

/** The text of `--help`. */
export function describeUsage(usage: Usage): string {
  const answers = usage.answers.map(
    ({ flag, kind, help, allowed, defaultText }) =>
      [
        kind === 'boolean' ? `--${flag}` : `--${flag} <value>`,
        `${help}. Allowed: ${plain(allowed)}. Default: ${plain(defaultText)}.`,
      ] as const,
  );
  const steering = usage.controls.map((name) => {
    const { flag, placeholder, help } = controls[name];
    return [`--${flag} ${placeholder}`.trim(), `${help}.`] as const;
  });
  return [
    `yo ${usage.command} [folder] [flags]`,
    `  ${usage.summary}`,
    '',
    'Answers (--no-<flag> removes a stored one; so does the value "default", if it takes a value):',
    ...rows(answers),
    '',
    'The run:',
    ...rows(steering),
    '',
    'Examples:',
    ...usage.examples.map((example) => `  yo ${usage.command} ${example}`),
    '',
    'Exit codes: 0 done, or dry run printed; 1 a bug; 2 input refused; 3 conflicts; 4 unsafe state.',
    '',
  ].join('\n');
}

function rows(pairs: readonly (readonly [string, string])[]): readonly string[] {
  const width = Math.max(...pairs.map(([left]) => left.length));
  return pairs.map(([left, right]) => `  ${left.padEnd(width)}  ${right}`);
}

function plain(text: string): string {
  return text.replaceAll('`', '');
}

/** The table of all answers in docs/answers.md, in Markdown. */
export function answersTable(): string {
  const lines = declarations.map(
    ({ title, flag, asked, allowed, defaultText, help }) =>
      `| ${title} | \`--${flag}\` | ${defaultText} | ${allowed} | ${asked ? 'yes' : ''} | ${help} |`,
  );
  return [
    '| answer | flag | default | allowed | asked | what it decides |',
    '|---|---|---|---|---|---|',
    ...lines,
  ].join('\n');
}

/** The table of all flags that steer a run in docs/answers.md, in Markdown. */
export function flagsTable(): string {
  const lines = Object.values(controls).map(
    ({ flag, placeholder, help }) =>
      `| \`--${`${flag} ${placeholder}`.trim().replaceAll('|', String.raw`\|`)}\` | ${help} |`,
  );
  return ['| flag | meaning |', '|---|---|', ...lines].join('\n');
}
