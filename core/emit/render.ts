import ejs from 'ejs';
import type { TemplateFunction } from 'ejs';
import { InternalError } from '../errors.ts';
import { includeFragments } from './include.ts';
import type { Templates } from './types.ts';

/** By name and text. Compiling a template takes longer than rendering it, and some runs render it more than once. */
const compiled = new Map<string, TemplateFunction>();

/**
 * Renders one template with the fragments that it includes. Values are final literals, so nothing is escaped; a name or
 * property that the view does not have is a bug and throws.
 *
 * @param templates where the fragments are
 * @throws InternalError naming the template
 */
export function render(
  name: string,
  template: string,
  view: Readonly<Record<string, unknown>>,
  templates: Templates = new Map(),
): string {
  try {
    const checked = strict(view, 'view');
    const whole = includeFragments(name, template, checked, templates);
    const key = `${name}\n${whole}`;
    const fill = compiled.get(key) ?? ejs.compile(whole, { escape: String, filename: name, includer: refuse });
    compiled.set(key, fill);
    return fill(checked);
  } catch (error) {
    throw new InternalError(`The template ${name} does not render: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
}

/** EJS would look for the file on the disk. */
function refuse(path: string): never {
  throw new InternalError(`the include of ${path} is not a line of its own`);
}

/** The same value, but a property that is not there throws instead of printing nothing. */
function strict<T extends object>(value: T, path: string): T {
  return new Proxy(value, {
    get(target, property, receiver) {
      const found: unknown = Reflect.get(target, property, receiver);
      if (typeof property === 'string' && !(property in target)) {
        throw new InternalError(`${path}.${property} does not exist`);
      }
      if (found === undefined && typeof property === 'string') {
        throw new InternalError(`${path}.${property} is undefined`);
      }
      return typeof found === 'object' && found !== null && !Array.isArray(found)
        ? strict(found, `${path}.${String(property)}`)
        : found;
    },
  });
}
