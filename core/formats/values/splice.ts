import { alignItems } from './alignItems.ts';
import { editText } from '../lines/editText.ts';
import type { Edit } from '../lines/editText.ts';
import { sameValue } from './values.ts';
import type { Fields, List, Value } from './values.ts';

/** The operations on one text of a certain type. Each returns undefined where it cannot be done. */
export interface Surgery {
  readonly value: Value;
  readonly replace: (value: Value, target: Value) => readonly Edit[] | undefined;
  /** Removes child number `index` of a value that holds others. */
  readonly remove: (parent: Value, index: number) => readonly Edit[] | undefined;
  /** Makes `target` child number `index`, under a name in an object. */
  readonly insert: (parent: Value, index: number, target: Value, name?: string) => readonly Edit[] | undefined;
}

/** Each round adds or removes one child per object or list, and changes any number of scalars. */
const maxRounds = 500;

/**
 * Changes a text so that it holds `wanted`, touching only the values that differ. Everything else, comments and layout
 * included, keeps its bytes.
 *
 * @param open reads a text, before each round; undefined when it is not valid
 * @returns undefined when that is not possible; comments are the caller's to check
 */
export function splice(text: string, wanted: Value, open: (text: string) => Surgery | undefined): string | undefined {
  let current: string | undefined = text;
  for (let round = 0; round < maxRounds && current !== undefined; round += 1) {
    const surgery = open(current);
    if (surgery === undefined) return undefined;
    if (sameValue(surgery.value, wanted)) return current;
    const edits = findEdits(surgery, wanted);
    current = edits === undefined || edits.length === 0 ? undefined : editText(current, edits);
  }
  return undefined;
}

function findEdits({ value: root, replace, remove, insert }: Surgery, wanted: Value): readonly Edit[] | undefined {
  const edits: Edit[] = [];
  let isPossible = true;
  const add = (more: readonly Edit[] | undefined): void => {
    isPossible &&= more !== undefined;
    edits.push(...(more ?? []));
  };
  const visit = (value: Value, target: Value): void => {
    if (!isPossible || sameValue(value, target)) return;
    if (value.kind === 'fields' && target.kind === 'fields' && value.mark === target.mark) visitFields(value, target);
    else if (value.kind === 'list' && target.kind === 'list' && value.mark === target.mark) visitItems(value, target);
    else add(replace(value, target));
  };
  const visitFields = (value: Fields, target: Fields): void => {
    // From the inside out: what is added at the end of a field stands before what follows the field.
    for (const [name, field] of value.fields) {
      const fieldTarget = target.fields.get(name);
      if (fieldTarget !== undefined) visit(field, fieldTarget);
    }
    const names = [...value.fields.keys()];
    const order = [...target.fields];
    const at = order.findIndex(([name]) => !value.fields.has(name));
    const [added, inner] = order[at] ?? [];
    const removed = names.findIndex((name) => !target.fields.has(name));
    // Added first: in YAML, an object must not become empty on the way.
    if (added !== undefined && inner !== undefined) {
      const before = order.slice(0, at).findLast(([name]) => value.fields.has(name))?.[0];
      add(insert(value, before === undefined ? names.length : names.indexOf(before) + 1, inner, added));
    } else if (removed >= 0) add(remove(value, removed));
  };
  const visitItems = (value: List, target: List): void => {
    let isStructureChanged = false;
    for (const { from, to, at } of alignItems(value, target)) {
      const [item, innerTarget] = [value.items[from ?? -1], target.items[to ?? -1]];
      if (item !== undefined && innerTarget !== undefined) visit(item, innerTarget);
      else if (!isStructureChanged) {
        isStructureChanged = true;
        add(innerTarget === undefined ? remove(value, at) : insert(value, at, innerTarget));
      }
    }
  };
  visit(root, wanted);
  return isPossible ? edits : undefined;
}
