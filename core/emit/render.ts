import ejs from 'ejs';
import type { TemplateFunction } from 'ejs';
import { InternalError } from '../errors.ts';

/** By name and text. To compile a template takes longer than to fill it, and some runs fill it more than once. */
const compiled = new Map<string, TemplateFunction>();

/**
 * Renders one template. Values are final literals, so nothing is escaped; a name or property that the view does not
 * have is a bug and throws.
 *
 * @throws InternalError naming the template
 */
export function render(name: string, template: string, view: Readonly<Record<string, unknown>>): string {
  try {
    const key = `${name}\n${template}`;
    const fill = compiled.get(key) ?? ejs.compile(template, { escape: String, filename: name });
    compiled.set(key, fill);
    return fill(strict(view, 'view'));
  } catch (error) {
    throw new InternalError(`The template ${name} does not render: ${error instanceof Error ? error.message : error}`, {
      cause: error,
    });
  }
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
