import { CheckpointError } from '../../../../base/errors.js';
import type { FlatValue } from './flat-writer.js';

/** A type of apache-arrow's or flechette's: the same names but for three. */
export interface ArrowType {
  typeId: number;
  children?: readonly ArrowField[] | null;
  bitWidth?: number;
  isSigned?: boolean;
  signed?: boolean;
  precision?: number;
  scale?: number;
  unit?: number;
  timezone?: string | null;
  byteWidth?: number;
  listSize?: number;
  stride?: number;
  keysSorted?: boolean;
  /** Of a dictionary: the type of its values, and that of the numbers that refer to them. */
  dictionary?: ArrowType;
  indices?: ArrowType;
}

export interface ArrowField {
  name: string;
  type: ArrowType;
}

/** Numbers of types, of Arrow's Schema.fbs. A dictionary is none there. */
export const TYPE = {
  dictionary: -1,
  null: 1,
  int: 2,
  float: 3,
  binary: 4,
  utf8: 5,
  bool: 6,
  decimal: 7,
  date: 8,
  time: 9,
  timestamp: 10,
  interval: 11,
  list: 12,
  struct: 13,
  union: 14,
  fixedBinary: 15,
  fixedList: 16,
  map: 17,
  duration: 18,
  largeBinary: 19,
  largeUtf8: 20,
  largeList: 21,
  runEnds: 22,
  binaryView: 23,
  utf8View: 24,
  listView: 25,
  largeListView: 26,
} as const;

/** The fields of a type's table in Schema.fbs. @throws `ERR_CKPT_ARROW` for a type that checkpoints do not have */
export function typeFields(type: ArrowType): (FlatValue | undefined)[] {
  const { bitWidth = 0, precision = 0, scale = 0, unit = 0, stride = 0 } = type;
  switch (type.typeId) {
    case TYPE.int:
      return [{ int32: bitWidth }, { int8: (type.isSigned ?? type.signed) ? 1 : 0 }];
    case TYPE.float:
      return [{ int16: precision }];
    case TYPE.decimal:
      return [{ int32: precision }, { int32: scale }, { int32: bitWidth }];
    case TYPE.time:
      return [{ int16: unit }, { int32: bitWidth }];
    case TYPE.timestamp:
      return [{ int16: unit }, typeof type.timezone === 'string' ? { text: type.timezone } : undefined];
    case TYPE.date:
    case TYPE.interval:
    case TYPE.duration:
      return [{ int16: unit }];
    case TYPE.fixedBinary:
      return [{ int32: type.byteWidth ?? stride }];
    case TYPE.fixedList:
      return [{ int32: type.listSize ?? stride }];
    case TYPE.map:
      return [{ int8: type.keysSorted === true ? 1 : 0 }];
    case TYPE.union:
      throw new CheckpointError('ERR_CKPT_ARROW', 'the Arrow table has a union, which has no place in a checkpoint');
    default:
      if (Object.values<number>(TYPE).includes(type.typeId) && type.typeId > 0) return [];
      throw new CheckpointError('ERR_CKPT_ARROW', `the Arrow table has a type of the number ${type.typeId}, which is not known here`);
  }
}
