import { CHUNK_ROWS, Columniser } from '../../columnar/write/columniser.js';
import { NumberNode } from '../../columnar/write/data-nodes.js';
import { ListNode, StructNode } from '../../columnar/write/containers.js';
import type { WriteNode } from '../../columnar/write/nodes.js';
import type { Row } from '../../base/rows.js';
import type { ColumnSchema, ValueSchema } from '../../options/checkpoint-schema.js';
import { widenNumbers, type ColumnTypes, type SeenType } from './column-types.js';
import { sampleRowsOf } from './sample-rows-of.js';
import { schemaTypes } from './schema-types.js';

/**
 * The types of the columns of a schema for `fixedColumns`. What the schema leaves to the rows is JSON text, which holds anything, so that
 * no row decides on a type.
 */
export function fixedTypes(columns: readonly ColumnSchema[]): ColumnTypes {
  return schemaTypes(columns.map(settled));
}

function settled<T extends ValueSchema>(schema: T): T {
  const { type, element, fields } = schema;
  if (type === 'list') return element === undefined ? { ...schema, type: 'json' } : { ...schema, element: settled(element) };
  if (type === 'struct')
    return fields === undefined || fields.length === 0 ? { ...schema, type: 'json' } : { ...schema, fields: fields.map(settled) };
  return type === 'any' || type === 'null' ? { ...schema, type: 'json' } : schema;
}

/** Gives a save these columns, and no others whatever rows come: those of numbers have one type, and each object has its hidden column. */
export function fixColumns(columniser: Columniser, types: ColumnTypes): void {
  columniser.expect(sampleRowsOf(types), (root) => {
    widenNumbers(root, types);
    fixIntegers(root, types);
    root.fix();
  });
}

function fixIntegers(root: StructNode, types: ColumnTypes): void {
  for (const [key, type] of types) {
    const field = root.shapes.fieldOf.get(key);
    if (field !== undefined) fixInteger(root.fields[field] as WriteNode, type);
  }
}

function fixInteger(node: WriteNode, { num, element, fields }: SeenType): void {
  if (node instanceof NumberNode) node.isInteger = num === 'int';
  else if (node instanceof StructNode) fixIntegers(node, fields ?? new Map());
  else if (node instanceof ListNode && element !== undefined) fixInteger(node.child, element);
}

/** Looks at rows before they are to be saved with fixed columns. */
export function fixedLook(columns: readonly ColumnSchema[]): (rows: readonly Row[], row: number) => void {
  const columniser = new Columniser(CHUNK_ROWS);
  fixColumns(columniser, fixedTypes(columns));
  return (rows, row) => {
    for (let at = 0; at < rows.length; at++) columniser.fill(rows, at, 1, row);
  };
}
