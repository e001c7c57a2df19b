import { CheckpointError } from '../../base/errors.js';
import type { TextMode } from '../../options/options.js';
import type { PhysicalNode } from '../physical-node.js';
import { compareNames } from './compare-names.js';

/** How the parts of a VARIANT are stored. The same JSON text for the same columns. */
export interface VariantShape {
  /** The column's name, for errors. */
  name: string;
  text: TextMode;
  parts: VariantParts;
}

/** What a value is put together from: its binary `value`, its shredded `typed_value`, or both. */
export interface VariantParts {
  typed?: ShreddedShape;
}

/** `leaf`: a value as any other column of its type has it. The fields are in the order that the names of a VARIANT have. */
export type ShreddedShape =
  | { of: 'leaf' }
  | { of: 'list'; element: VariantParts }
  | { of: 'object'; fields: { name: string; parts: VariantParts }[] };

/** Kinds of leaves that Parquet allows in a shredded VARIANT. */
const LEAVES: ReadonlySet<PhysicalNode['kind']> = new Set(['f64', 'bool', 'text', 'dict', 'int', 'bytes', 'date', 'timestamp']);

/**
 * The shape of a VARIANT column, every part of it looked at: as parquet-format's VariantShredding.md says.
 *
 * @throws CheckpointError `ERR_CKPT_UNSUPPORTED_FILE` naming what is not as it says
 */
export function variantShape(node: PhysicalNode): VariantShape {
  const { name, text = 'strict' } = node;
  const fail = (what: string): never => {
    const message = `column '${name}' is a VARIANT ${what}; cast it to JSON or to a struct where it was written, or leave the column out`;
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', message, { column: name });
  };

  function partsOf({ children = [] }: PhysicalNode, where: string): VariantParts {
    const byName = new Map(children.map((child) => [child.name, child]));
    if (byName.size !== children.length || children.length === 0) fail(`with two columns of one name, or none, ${where}`);
    for (const child of children) {
      if (child.name === 'value' && child.kind === 'bytes') continue;
      if (child.name !== 'typed_value') fail(`with a column '${child.name}' of the kind ${child.kind} ${where}`);
    }
    const typed = byName.get('typed_value');
    return typed === undefined ? {} : { typed: shredded(typed, where) };
  }

  function shredded({ kind, children = [] }: PhysicalNode, where: string): ShreddedShape {
    if (LEAVES.has(kind)) return { of: 'leaf' };
    if (kind === 'list') {
      const element = children[0] as PhysicalNode;
      if (element.kind !== 'struct') fail(`whose list ${where} has elements of the kind ${element.kind}`);
      return { of: 'list', element: partsOf(element, `in the list ${where}`) };
    }
    if (kind !== 'struct') fail(`whose typed_value ${where} is of the kind ${kind}`);
    const fields = children.map((child) => {
      if (child.kind !== 'struct') fail(`whose field '${child.name}' ${where} is of the kind ${child.kind}`);
      return { name: child.name, parts: partsOf(child, `in the field '${child.name}' ${where}`) };
    });
    return { of: 'object', fields: fields.sort((one, other) => compareNames(one.name, other.name)) };
  }

  const [metadata, ...others] = (node.children ?? []).filter((child) => child.name === 'metadata');
  if (metadata?.kind !== 'bytes' || others.length > 0) fail('without the one binary column `metadata`');
  const parts = { ...node, children: (node.children ?? []).filter((child) => child !== metadata) };
  return { name, text, parts: partsOf(parts, 'at its top') };
}
