import type { Answers } from '../answers/types.ts';
import type { FileRow } from './types.ts';

/** A file whose template has its path, with `.ejs` when it is rendered. */
export function merge(template: string, more: Partial<FileRow> = {}): FileRow {
  return { template, path: template.replace(/\.ejs$/, ''), policy: 'merge', ...more };
}

/** A file of a capability, whose template lies in the capability's own folder. */
export function ofFeature(folder: string, template: string, more: Partial<FileRow> = {}): FileRow {
  return { ...merge(template, more), template: `features/${folder}/${template}` };
}

export function isCloudFormation({ infrastructure }: Pick<Answers, 'infrastructure'>): boolean {
  return infrastructure === 'cloudformation';
}
