import type { SchemaElement } from 'hyparquet';
import { CheckpointError } from '../../../base/errors.js';
import type { TextMode } from '../../../options/options.js';
import { checkLeaf } from './check-leaf.js';
import { effectiveLimits } from './limits.js';

/** A leaf of the schema: one column chunk in each row group. */
export interface Leaf {
  kind: 'leaf';
  name: string;
  nullable: boolean;
  element: SchemaElement;
  /** Its place among the leaves. */
  ordinal: number;
  /** The definition level of a value that is there. */
  definition: number;
  /** How many lists it is in. */
  repetition: number;
  /** Bytes of its texts that are not UTF-8 become U+FFFD. */
  isLossy?: boolean;
}

export interface StructField {
  kind: 'struct';
  name: string;
  nullable: boolean;
  /** From this definition level on the struct is not null. */
  definition: number;
  children: Field[];
  /** Of one that holds the parts of a VARIANT: what becomes of its texts. */
  variant?: TextMode;
}

export interface ListField {
  kind: 'list' | 'map';
  name: string;
  nullable: boolean;
  /** From this definition level on the list is not null. */
  definition: number;
  /** The repetition level of its second and later entries. */
  repetition: number;
  /** A map's is a struct of key and value. */
  item: Field;
}

/** A field of the schema with lists and maps in their logical form. */
export type Field = Leaf | StructField | ListField;

interface Node {
  element: SchemaElement;
  children: Node[];
}

/**
 * The top-level fields of a schema. Lists of every age are recognised by the rules of Parquet's LogicalTypes.md, as the native reader does.
 */
export function topLevelFields(schema: SchemaElement[], path: string, most = effectiveLimits().depth): Field[] {
  const fail = (message: string): never => {
    throw new CheckpointError('ERR_CKPT_CORRUPT', `${path}: the schema is damaged (${message})`, { path });
  };
  let next = 0;
  let ordinal = 0;

  function node(depth: number): Node {
    if (depth > most) {
      throw new CheckpointError('ERR_CKPT_LIMIT', `${path}: the schema is nested deeper than ${most} levels`, { path });
    }
    const element = schema[next++] ?? fail('it ends early');
    if ((element.num_children ?? 0) < 0) fail(`'${element.name}' has ${element.num_children} children`);
    if (depth > 0 && element.repetition_type === undefined) fail(`'${element.name}' has no repetition`);
    const children: Node[] = [];
    while (children.length < (element.num_children ?? 0)) children.push(node(depth + 1));
    return { element, children };
  }

  function field({ element, children }: Node, definition: number, repetition: number): Field {
    if (element.repetition_type !== 'REPEATED') {
      return content({ element, children }, element.repetition_type === 'OPTIONAL', definition, repetition);
    }
    // A repeated field outside a LIST: a list that is never null, of items that are never null.
    const annotation = element.logical_type?.type ?? element.converted_type;
    // A map of which each entry stands alone, as parquet-mr once wrote them: a list of objects.
    const isEntries = (annotation === 'MAP' || annotation === 'MAP_KEY_VALUE') && children.length > 1;
    const item = isEntries
      ? struct({ element, children }, false, definition + 1, repetition + 1)
      : content({ element, children }, false, definition + 1, repetition + 1);
    return { kind: 'list', name: element.name, nullable: false, definition, repetition: repetition + 1, item };
  }

  function content({ element, children }: Node, nullable: boolean, outer: number, repetition: number): Field {
    const { name } = element;
    const definition = nullable ? outer + 1 : outer;
    if (children.length === 0) {
      if (element.type === undefined) fail(`'${name}' has neither a type nor children`);
      checkLeaf(element, path);
      return { kind: 'leaf', name, nullable, element, ordinal: ordinal++, definition, repetition };
    }
    const annotation = element.logical_type?.type ?? element.converted_type;
    if (annotation === 'LIST' || annotation === 'MAP' || annotation === 'MAP_KEY_VALUE') {
      const repeated = children[0] as Node;
      if (children.length !== 1 || repeated.element.repetition_type !== 'REPEATED') {
        const message = `${path}: column '${name}' is a ${annotation} without the one repeated child that the format demands`;
        throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { path, column: name });
      }
      const isMap = annotation !== 'LIST' && repeated.children.length === 2;
      const item = isMap
        ? struct(repeated, false, definition + 1, repetition + 1)
        : listItem(name, repeated, definition + 1, repetition + 1);
      return { kind: isMap ? 'map' : 'list', name, nullable, definition, repetition: repetition + 1, item };
    }
    const made = struct({ element, children }, nullable, definition, repetition);
    return annotation === 'VARIANT' ? { ...made, variant: 'strict' } : made;
  }

  function struct({ element, children }: Node, nullable: boolean, definition: number, repetition: number): StructField {
    return {
      kind: 'struct',
      name: element.name,
      nullable,
      definition,
      children: children.map((child) => field(child, definition, repetition)),
    };
  }

  /** The item of a list is the one child of the repeated group, except in the older forms, where it is the group itself. */
  function listItem(list: string, repeated: Node, definition: number, repetition: number): Field {
    const only = repeated.children[0];
    const { name } = repeated.element;
    const wrapped =
      only !== undefined &&
      repeated.children.length === 1 &&
      name !== 'array' &&
      name !== `${list}_tuple` &&
      only.element.repetition_type !== 'REPEATED';
    return wrapped ? field(only, definition, repetition) : content(repeated, false, definition, repetition);
  }

  const root = node(0);
  if (next !== schema.length) fail(`${schema.length - next} elements are left over`);
  return root.children.map((child) => field(child, 0, 0));
}

/** The leaves below a field, in the order of their chunks. */
export function leavesOf(field: Field): Leaf[] {
  if (field.kind === 'leaf') return [field];
  return field.kind === 'struct' ? field.children.flatMap(leavesOf) : leavesOf(field.item);
}
