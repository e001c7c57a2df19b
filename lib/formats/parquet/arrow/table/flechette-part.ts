import { NO_BYTES, type ArrowPart } from './arrow-part.js';
import { TYPE, type ArrowType } from './arrow-type.js';

/** What arrow-ckpt looks at of flechette's `Batch`: its buffers are those of IPC. */
export interface FlechetteBatch {
  type: ArrowType;
  length: number;
  nullCount: number;
  validity?: Uint8Array | null;
  values?: ArrayBufferView | null;
  offsets?: ArrayBufferView | null;
  sizes?: ArrayBufferView | null;
  children?: readonly FlechetteBatch[] | null;
  /** What views point into. */
  data?: readonly Uint8Array[];
  dictionary?: { data: readonly FlechetteBatch[] };
}

export function flechettePart(batch: FlechetteBatch): ArrowPart {
  const { length, nullCount: nulls, offsets, sizes, values, dictionary } = batch;
  const { typeId } = batch.type;
  const children = (batch.children ?? []).map(flechettePart);
  if (typeId === TYPE.null || typeId === TYPE.runEnds) return { length, nulls, buffers: [], children };
  const isView = typeId === TYPE.utf8View || typeId === TYPE.binaryView;
  const texts = isView ? (batch.data ?? []) : [];
  const hasValues = children.length === 0 && typeId !== TYPE.struct;
  const buffers = [batch.validity ?? NO_BYTES, offsets, sizes, hasValues ? (values ?? NO_BYTES) : undefined, ...texts];
  return {
    length,
    nulls,
    buffers: buffers.filter((each) => each !== undefined && each !== null),
    children,
    ...(isView && { variadic: texts.length }),
    ...(dictionary && { dictionary: { of: dictionary, chunks: () => dictionary.data.map(flechettePart) } }),
  };
}
