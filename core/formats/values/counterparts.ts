import { alignItems } from './alignItems.ts';
import { listKey, nameOf } from './listKey.ts';
import type { Value } from './values.ts';

/**
 * Which value of one tree stands for which of another: under the same names, in lists by the field that names their
 * items, else by what they hold and where they stand.
 */
export function counterparts(from: Value, to: Value): ReadonlyMap<Value, Value> {
  const found = new Map<Value, Value>();
  const visit = (one: Value, other: Value): void => {
    found.set(one, other);
    if (one.kind === 'fields' && other.kind === 'fields') {
      for (const [name, field] of one.fields) {
        const counterpart = other.fields.get(name);
        if (counterpart !== undefined) visit(field, counterpart);
      }
    }
    if (one.kind !== 'list' || other.kind !== 'list') return;
    const key = listKey([one, other]);
    for (const { from: index, to: otherIndex } of alignItems(one, other)) {
      if (index === undefined || otherIndex === undefined) continue;
      const [item, counterpart] = [one.items[index], other.items[otherIndex]];
      // Two that stand at the same place under different names are two.
      const isSame =
        key === undefined || nameOf(one, index, key)?.identity === nameOf(other, otherIndex, key)?.identity;
      if (isSame && item !== undefined && counterpart !== undefined) visit(item, counterpart);
    }
  };
  visit(from, to);
  return found;
}

/** What each value of a tree is called: `services.web.cpu`, `containers[web]`. */
export function namesOf(root: Value): ReadonlyMap<Value, string> {
  const names = new Map<Value, string>();
  const visit = (value: Value, name: string): void => {
    names.set(value, name);
    if (value.kind === 'fields') {
      for (const [field, inner] of value.fields) visit(inner, name === '' ? field : `${name}.${field}`);
    }
    if (value.kind !== 'list') return;
    const key = listKey([value]);
    for (const [index, item] of value.items.entries()) {
      const own = key === undefined ? undefined : nameOf(value, index, key)?.text.replaceAll('"', '');
      visit(item, `${name}[${own ?? index}]`);
    }
  };
  visit(root, '');
  return names;
}
