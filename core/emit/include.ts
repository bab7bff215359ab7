import { InternalError } from '../errors.ts';
import type { Templates } from './types.ts';

/** A line that is a slot: the fragment's path under `templates/`, in quotes or as a name of the view. */
const slot = /^([ \t]*)<%- include\((?:'([^']+)'|([A-Za-z]\w*(?:\.[A-Za-z]\w*)*))\) -%>\n/gm;

/**
 * Puts fragments into a template where it names them, and theirs into them. A slot is a line of its own,
 * `<%- include('features/celery/stack.yaml.ejs') -%>`; how far it is indented, the fragment is too, so that a fragment
 * begins in its first column. The text is put in before anything is rendered: a fragment sees what stands around it. Even
 * a slot in a false condition must have its fragment; a name of the view may be '' for none.
 *
 * @throws InternalError naming the template and the fragment, when it is missing or contains itself
 */
export function includeFragments(
  name: string,
  template: string,
  view: Readonly<Record<string, unknown>>,
  templates: Templates,
  within: readonly string[] = [],
): string {
  return template.replace(slot, (_line, indent: string, quoted: string | undefined, named: string | undefined) => {
    const path = quoted ?? String(named?.split('.').reduce<unknown>(valueOf, view));
    if (path === '') return '';
    const content = templates.get(path);
    if (content === undefined) {
      throw new InternalError(`${name} includes ${path}, which is not among the templates.`);
    }
    if (within.includes(path)) {
      throw new InternalError(`${name} includes itself: ${[...within, path].join(' > ')}`);
    }
    const text = includeFragments(path, new TextDecoder().decode(content), view, templates, [...within, path]);
    return indent === '' ? text : text.replace(/^(?!$)/gm, indent);
  });
}

function valueOf(value: unknown, key: string): unknown {
  return (value as Readonly<Record<string, unknown>>)[key];
}
