import { bitsFrom, NO_BYTES, type ArrowPart } from './arrow-part.js';
import { TYPE, type ArrowType } from './arrow-type.js';

/** What arrow-ckpt looks at of apache-arrow's `Data`. A slice is of the same buffers, from `offset` on where a buffer has bits. */
export interface ApacheData {
  type: ArrowType;
  length: number;
  nullCount: number;
  offset: number;
  /** Items of `values` for each value. */
  stride: number;
  children: readonly ApacheData[];
  values?: Numbers | undefined;
  valueOffsets?: Int32Array | BigInt64Array | undefined;
  nullBitmap?: Uint8Array | undefined;
  variadicBuffers?: readonly Uint8Array[];
  dictionary?: { data: readonly ApacheData[] };
  slice(offset: number, length: number): ApacheData;
}

type Numbers = ArrayBufferView & { subarray(from: number, to: number): ArrayBufferView };

/** Of a view of a text or of bytes. */
const VIEW_BYTES = 16;

export function apachePart(data: ApacheData): ArrowPart {
  const { length } = data;
  const { typeId } = data.type;
  if (typeId === TYPE.null) return { length, nulls: length, buffers: [], children: [] };
  const nulls = Math.max(0, data.nullCount);
  const validity = nulls === 0 ? NO_BYTES : bitsFrom(data.nullBitmap ?? NO_BYTES, data.offset, length);
  const part = (buffers: readonly ArrayBufferView[], children: readonly ApacheData[] = []): ArrowPart => ({
    length,
    nulls,
    buffers: [validity, ...buffers],
    children: children.map(apachePart),
  });
  switch (typeId) {
    case TYPE.bool:
      return part([bitsFrom((data.values as Uint8Array | undefined) ?? NO_BYTES, data.offset, length)]);
    case TYPE.dictionary:
      return { ...part([numbersOf(data)]), ...dictionaryOf(data) };
    case TYPE.utf8:
    case TYPE.binary:
    case TYPE.largeUtf8:
    case TYPE.largeBinary: {
      const { offsets, from, to } = offsetsOf(data);
      return part([offsets, data.values?.subarray(from, to) ?? NO_BYTES]);
    }
    case TYPE.utf8View:
    case TYPE.binaryView: {
      const texts = data.variadicBuffers ?? [];
      return { ...part([data.values?.subarray(0, length * VIEW_BYTES) ?? NO_BYTES, ...texts]), variadic: texts.length };
    }
    case TYPE.list:
    case TYPE.largeList:
    case TYPE.map: {
      const { offsets, from, to } = offsetsOf(data);
      return part([offsets], [(data.children[0] as ApacheData).slice(from, to - from)]);
    }
    case TYPE.fixedList:
    case TYPE.struct:
      return part([], data.children);
    default:
      return part([numbersOf(data)]);
  }
}

function numbersOf({ values, length, stride }: ApacheData): ArrayBufferView {
  return values?.subarray(0, length * stride) ?? NO_BYTES;
}

function dictionaryOf({ dictionary }: ApacheData): Required<Pick<ArrowPart, 'dictionary'>> | undefined {
  return dictionary && { dictionary: { of: dictionary, chunks: () => dictionary.data.map(apachePart) } };
}

/** The offsets as if the first value began at 0, and where the values are. */
function offsetsOf({ valueOffsets, length }: ApacheData): { offsets: ArrayBufferView; from: number; to: number } {
  if (valueOffsets === undefined || valueOffsets.length === 0) return { offsets: new Int32Array(1), from: 0, to: 0 };
  const [from, to] = [Number(valueOffsets[0]), Number(valueOffsets[length])];
  if (from === 0) return { offsets: valueOffsets.subarray(0, length + 1), from, to };
  const offsets = valueOffsets.slice(0, length + 1);
  for (let at = 0; at <= length; at++) {
    const offset = valueOffsets[at] as number | bigint;
    offsets[at] = typeof offset === 'bigint' ? offset - BigInt(from) : offset - from;
  }
  return { offsets, from, to };
}
