import { CheckpointError } from '../../../base/errors.js';
import type { Field } from './fields.js';

/** Throws for two columns, or two fields of a struct, of one name: an object holds only one of them. */
export function refuseDuplicates(fields: readonly Field[], path: string): void {
  eachGroup(fields, (names) => {
    const twice = names.find((field, index) => names.findIndex((other) => other.name === field.name) < index);
    if (twice === undefined) return;
    const { name } = twice;
    const advice = `load it with duplicateColumns: 'rename', and the second is '${name}_1'`;
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `${path} has two columns named '${name}'; ${advice}`, { path, column: name });
  });
}

/** Gives the second and later fields of one name the name with `_1`, `_2`, ... behind it, whichever is free; as the native reader does. */
export function renameDuplicates(fields: readonly Field[]): void {
  eachGroup(fields, (group) => {
    const taken = new Set(group.map((field) => field.name));
    const seen = new Set<string>();
    const counts = new Map<string, number>();
    for (const field of group) {
      const { name } = field;
      if (!seen.has(name)) {
        seen.add(name);
        continue;
      }
      let count = counts.get(name) ?? 0;
      do count++;
      while (taken.has(`${name}_${count}`));
      counts.set(name, count);
      field.name = `${name}_${count}`;
      taken.add(field.name);
    }
  });
}

/** Every group of fields whose names become keys of one object. */
function eachGroup(fields: readonly Field[], visit: (group: readonly Field[]) => void): void {
  visit(fields);
  for (const field of fields) {
    if (field.kind === 'struct') eachGroup(field.children, visit);
    else if (field.kind === 'list') eachGroup([field.item], visit);
    // The key and the value of a map's entries may have any names.
    else if (field.kind === 'map' && field.item.kind === 'struct') for (const child of field.item.children) eachGroup([child], visit);
  }
}
