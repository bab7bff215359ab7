import { answersTable, flagsTable } from '../../core/answers/describe.ts';

const tables = { answers: answersTable, flags: flagsTable } as const;

/** docs/answers.md with the tables of today between the comments that enclose them. */
export function answersPage(page: string): string {
  return Object.entries(tables).reduce((text, [name, table]) => {
    const pattern = new RegExp(`(<!-- ${name} -->)[^]*?(<!-- /${name} -->)`, 'u');
    if (!pattern.test(text)) throw new Error(`docs/answers.md has no place for the table "${name}"`);
    return text.replace(pattern, (_all, before: string, after: string) => `${before}\n\n${table()}\n\n${after}`);
  }, page);
}
