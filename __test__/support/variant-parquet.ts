import { byteArrays, levels, oddParquet, struct, type OddNode } from './odd-parquet.ts';
import type { VariantBytes } from './variant-bytes.ts';

const LOGICAL = 10;

/** The annotation of a VARIANT. */
export const VARIANT: OddNode['more'] = { [LOGICAL]: struct({ 16: struct({ 1: { kind: 3, bytes: Buffer.from([1]) } }) }) };

/** A column of VARIANTs that are there in every row, unshredded. */
export function variantColumn(name: string, values: readonly VariantBytes[], more: Partial<OddNode> = {}): OddNode {
  return {
    name,
    more: VARIANT ?? {},
    // Spark has the value first, DuckDB the metadata.
    children: [
      { name: 'value', type: 'BYTE_ARRAY', page: byteArrays(...values.map(({ value }) => value)) },
      { name: 'metadata', type: 'BYTE_ARRAY', page: byteArrays(...values.map(({ metadata }) => metadata)) },
    ],
    ...more,
  };
}

/** A file of one column `v` of such. */
export function variantParquet(values: readonly VariantBytes[]): Buffer {
  return oddParquet([variantColumn('v', values)], values.length);
}

/** The binary leaf of a shredded VARIANT, null where there is no value; `outer`: the definition level of what it is in. */
export function optionalBytes(name: string, values: readonly (Buffer | null)[], outer = 0): OddNode {
  const there = values.filter((value) => value !== null);
  const page = Buffer.concat([levels(values.map((value) => (value === null ? outer : outer + 1))), byteArrays(...there)]);
  return { name, type: 'BYTE_ARRAY', repetition: 'OPTIONAL', page };
}
