import type {
  ColumnChunk,
  ColumnMetaData,
  Encoding,
  FileMetaData,
  KeyValue,
  LogicalType,
  RowGroup,
  SchemaElement,
  TimeUnit,
} from 'hyparquet';
import { CheckpointError } from '../../../base/errors.js';
import type { FileLimits } from '../../../options/limits.js';
import { checkLimit, MAX_CHUNKS, MAX_LIST_ENTRIES } from './limits.js';
import { CODECS, CONVERTED_TYPES, ENCODINGS, named, PAGE_TYPES, PHYSICAL_TYPES, REPETITIONS } from './parquet-names.js';
import { Compact, WIRE } from './thrift.js';

type Fields = Record<number, (reader: Compact, kind: number) => void>;

/** The converted type of a column of nulls in files of old parquet-cpp; the format has no such number. */
const OLD_NULL = 24;

/** A footer's metadata. The types are hyparquet's. */
export interface Metadata extends FileMetaData {
  /** The number of columns for which the footer has an order of values. */
  orders?: number;
}

/**
 * Reads a footer's Thrift. Each field that is known must have its type, each that the format demands must be there, and nothing may ask for
 * more than the limits: what comes of it can be used without another look at its types.
 */
export function parseMetadata(bytes: Uint8Array, limits: Required<FileLimits>, path: string): Metadata {
  let version: number | undefined;
  let rows: bigint | undefined;
  let schema: SchemaElement[] | undefined;
  let groups: RowGroup[] | undefined;
  let pairs: KeyValue[] | undefined;
  let createdBy: string | undefined;
  let orders: number | undefined;
  let isEncrypted = false;
  const chunks = { count: 0 };
  const reader = new Compact(bytes);
  structure(reader, {
    1: (_, kind) => (version = integer32(reader, kind)),
    2: (_, kind) => {
      schema = list(
        reader,
        kind,
        WIRE.STRUCT,
        (count) => checkLimit(count - 1, limits.columns, 'the number of nodes of the schema', path),
        () => schemaElement(reader),
      );
    },
    3: (_, kind) => (rows = integer64(reader, kind)),
    4: (_, kind) => {
      groups = list(
        reader,
        kind,
        WIRE.STRUCT,
        (count) => checkLimit(count, limits.rowGroups, 'the number of row groups', path),
        () => rowGroup(reader, (count) => checkLimit((chunks.count += count), MAX_CHUNKS, 'the number of column chunks', path)),
      );
    },
    5: (_, kind) => {
      pairs = list(
        reader,
        kind,
        WIRE.STRUCT,
        (count) => checkLimit(count, MAX_LIST_ENTRIES, 'the number of key-values', path),
        () => keyValue(reader),
      );
    },
    6: (_, kind) => (createdBy = text(reader, kind)),
    7: (_, kind) => {
      expect(kind, WIRE.LIST);
      orders = reader.list(WIRE.STRUCT);
      for (let left = orders; left > 0; left--) structure(reader, {});
    },
    8: (_, kind) => {
      reader.skip(kind);
      isEncrypted = true;
    },
  });
  if (isEncrypted) {
    throw new CheckpointError('ERR_CKPT_UNSUPPORTED_FILE', `${path}: its columns are encrypted, which arrow-ckpt cannot read`, { path });
  }
  return {
    version: required(version, 'version'),
    schema: required(schema, 'schema'),
    num_rows: required(rows, 'num_rows'),
    row_groups: required(groups, 'row_groups'),
    ...(pairs !== undefined && { key_value_metadata: pairs }),
    ...(createdBy !== undefined && { created_by: createdBy }),
    ...(orders !== undefined && { orders }),
    metadata_length: bytes.length,
  };
}

function schemaElement(reader: Compact): SchemaElement {
  const element: Partial<SchemaElement> = {};
  structure(reader, {
    1: (_, kind) => (element.type = named(PHYSICAL_TYPES, integer32(reader, kind), 'physical type')),
    2: (_, kind) => (element.type_length = integer32(reader, kind)),
    3: (_, kind) => (element.repetition_type = named(REPETITIONS, integer32(reader, kind), 'repetition')),
    4: (_, kind) => (element.name = text(reader, kind)),
    5: (_, kind) => (element.num_children = integer32(reader, kind)),
    6: (_, kind) => {
      const number = integer32(reader, kind);
      // Old writers in C++ had a type of their own for a column of nulls.
      if (number === OLD_NULL) element.logical_type ??= { type: 'NULL' };
      else if (number !== -1) element.converted_type = named(CONVERTED_TYPES, number, 'converted type');
    },
    7: (_, kind) => (element.scale = integer32(reader, kind)),
    8: (_, kind) => (element.precision = integer32(reader, kind)),
    9: (_, kind) => (element.field_id = integer32(reader, kind)),
    10: (_, kind) => setIfKnown(element, 'logical_type', logicalType(reader, kind)),
  });
  required(element.name, 'the name of a column');
  return element as SchemaElement;
}

/** A union: the number of its one field is the type. One that is not known is as none. */
function logicalType(reader: Compact, kind: number): LogicalType | undefined {
  expect(kind, WIRE.STRUCT);
  let type: LogicalType | undefined;
  const plain = (name: LogicalType['type']): Fields[number] => {
    return (_, inner) => {
      expect(inner, WIRE.STRUCT);
      // Fields that later versions of the format add to it change nothing that is read here.
      structure(reader, {});
      type = { type: name } as LogicalType;
    };
  };
  structure(reader, {
    1: plain('STRING'),
    2: plain('MAP'),
    3: plain('LIST'),
    4: plain('ENUM'),
    5: (_, inner) => {
      expect(inner, WIRE.STRUCT);
      const decimal = { type: 'DECIMAL' as const, precision: 0, scale: 0 };
      structure(reader, {
        1: (__, field) => (decimal.scale = integer32(reader, field)),
        2: (__, field) => (decimal.precision = integer32(reader, field)),
      });
      type = decimal;
    },
    6: plain('DATE'),
    7: (_, inner) => (type = { type: 'TIME', ...time(reader, inner) }),
    8: (_, inner) => (type = { type: 'TIMESTAMP', ...time(reader, inner) }),
    10: (_, inner) => {
      expect(inner, WIRE.STRUCT);
      const integer = { type: 'INTEGER' as const, bitWidth: 0, isSigned: false };
      let isSigned: boolean | undefined;
      structure(reader, {
        1: (__, field) => {
          expect(field, WIRE.BYTE);
          integer.bitWidth = reader.i8();
        },
        2: (__, field) => (isSigned = boolean(field)),
      });
      integer.isSigned = required(isSigned, 'the sign of an integer');
      if (![8, 16, 32, 64].includes(integer.bitWidth)) throw new Error(`an integer of ${integer.bitWidth} bits`);
      type = integer;
    },
    11: plain('NULL'),
    12: plain('JSON'),
    13: plain('BSON'),
    14: plain('UUID'),
    15: plain('FLOAT16'),
    16: plain('VARIANT'),
    17: plain('GEOMETRY'),
    18: plain('GEOGRAPHY'),
  });
  return type;
}

function time(reader: Compact, kind: number): { isAdjustedToUTC: boolean; unit: TimeUnit } {
  expect(kind, WIRE.STRUCT);
  let isAdjustedToUTC = false;
  let unit: TimeUnit | undefined;
  const one = (name: TimeUnit): Fields[number] => {
    return (_, field) => {
      expect(field, WIRE.STRUCT);
      structure(reader, {});
      unit = name;
    };
  };
  structure(reader, {
    1: (_, field) => (isAdjustedToUTC = boolean(field)),
    2: (_, field) => {
      expect(field, WIRE.STRUCT);
      structure(reader, { 1: one('MILLIS'), 2: one('MICROS'), 3: one('NANOS') });
    },
  });
  return { isAdjustedToUTC, unit: required(unit, 'the unit of a time') };
}

function rowGroup(reader: Compact, count: (chunks: number) => void): RowGroup {
  const group: Partial<RowGroup> = {};
  structure(reader, {
    1: (_, kind) => (group.columns = list(reader, kind, WIRE.STRUCT, count, () => columnChunk(reader))),
    2: (_, kind) => (group.total_byte_size = anyInteger64(reader, kind)),
    3: (_, kind) => (group.num_rows = anyInteger64(reader, kind)),
  });
  required(group.columns, 'the columns of a row group');
  required(group.total_byte_size, 'the size of a row group');
  required(group.num_rows, 'the rows of a row group');
  return group as RowGroup;
}

function columnChunk(reader: Compact): ColumnChunk {
  const chunk: Partial<ColumnChunk> = {};
  structure(reader, {
    1: (_, kind) => (chunk.file_path = text(reader, kind)),
    2: (_, kind) => (chunk.file_offset = anyInteger64(reader, kind)),
    3: (_, kind) => (chunk.meta_data = columnMetadata(reader, kind)),
    4: (_, kind) => (chunk.offset_index_offset = anyInteger64(reader, kind)),
    5: (_, kind) => (chunk.offset_index_length = anyInteger32(reader, kind)),
    6: (_, kind) => (chunk.column_index_offset = anyInteger64(reader, kind)),
    7: (_, kind) => (chunk.column_index_length = anyInteger32(reader, kind)),
    8: (_, kind) => {
      expect(kind, WIRE.STRUCT);
      structure(reader, {});
      chunk.crypto_metadata = {};
    },
    9: (_, kind) => {
      expect(kind, WIRE.BINARY);
      chunk.encrypted_column_metadata = reader.binary();
    },
  });
  required(chunk.file_offset, 'the place of a column');
  if (chunk.crypto_metadata === undefined && chunk.encrypted_column_metadata === undefined)
    required(chunk.meta_data, 'the metadata of a column');
  return chunk as ColumnChunk;
}

function columnMetadata(reader: Compact, kind: number): ColumnMetaData {
  expect(kind, WIRE.STRUCT);
  const chunk: Partial<ColumnMetaData> = {};
  const some = (count: number): void => {
    if (count > MAX_LIST_ENTRIES) throw new Error(`a list of ${count}`);
  };
  reader.fields((id, type) => {
    switch (id) {
      case 1:
        chunk.type = named(PHYSICAL_TYPES, anyInteger32(reader, type), 'physical type');
        return true;
      case 2:
        chunk.encodings = list(reader, type, WIRE.I32, some, () => named(ENCODINGS, reader.i32(), 'encoding') as Encoding);
        return true;
      case 3:
        chunk.path_in_schema = list(reader, type, WIRE.BINARY, some, () => reader.name());
        return true;
      case 4:
        chunk.codec = named(CODECS, anyInteger32(reader, type), 'codec');
        return true;
      case 5:
        chunk.num_values = anyInteger64(reader, type);
        return true;
      case 6:
        chunk.total_uncompressed_size = anyInteger64(reader, type);
        return true;
      case 7:
        chunk.total_compressed_size = anyInteger64(reader, type);
        return true;
      case 9:
        chunk.data_page_offset = anyInteger64(reader, type);
        return true;
      case 11:
        chunk.dictionary_page_offset = anyInteger64(reader, type);
        return true;
      case 12:
        if (type !== WIRE.STRUCT) return false;
        chunk.statistics = {};
        reader.fields((field, found) => {
          if (field !== 3 || found !== WIRE.I64) return false;
          chunk.statistics = { null_count: reader.i64() };
          return true;
        });
        return true;
      case 13: {
        expect(type, WIRE.LIST);
        for (let left = reader.list(WIRE.STRUCT); left > 0; left--) encodingStatistics(reader);
        return true;
      }
      // Dremio once wrote fields of its own with these numbers, and of other types.
      case 14:
        if (type !== WIRE.I64) return false;
        chunk.bloom_filter_offset = reader.i64();
        return true;
      case 15:
        if (type !== WIRE.I32) return false;
        chunk.bloom_filter_length = reader.i32();
        return true;
      default:
        return false;
    }
  });
  required(chunk.type, 'the type of a column');
  required(chunk.encodings, 'the encodings of a column');
  required(chunk.codec, 'the codec of a column');
  required(chunk.num_values, 'the number of values of a column');
  required(chunk.total_uncompressed_size, 'the size of a column');
  required(chunk.total_compressed_size, 'the size of a column');
  required(chunk.data_page_offset, 'the place of a column');
  chunk.path_in_schema ??= [];
  return chunk as ColumnMetaData;
}

/** How many pages of a chunk have an encoding: looked at, and not kept. */
function encodingStatistics(reader: Compact): void {
  let seen = 0;
  structure(reader, {
    1: (_, kind) => {
      named(PAGE_TYPES, anyInteger32(reader, kind), 'page type');
      seen |= 1;
    },
    2: (_, kind) => {
      named(ENCODINGS, anyInteger32(reader, kind), 'encoding');
      seen |= 2;
    },
    3: (_, kind) => {
      anyInteger32(reader, kind);
      seen |= 4;
    },
  });
  if (seen !== 7) throw new Error('a field of the statistics of encodings is missing');
}

function keyValue(reader: Compact): KeyValue {
  const pair: Partial<KeyValue> = {};
  structure(reader, {
    1: (_, kind) => (pair.key = text(reader, kind)),
    2: (_, kind) => (pair.value = text(reader, kind)),
  });
  required(pair.key, 'a key');
  return pair as KeyValue;
}

function structure(reader: Compact, fields: Fields): void {
  reader.fields((id, kind) => {
    const read = fields[id];
    if (read === undefined) return false;
    read(reader, kind);
    return true;
  });
}

/** A list of up to as many elements as `count` lets pass. */
function list<T>(reader: Compact, kind: number, element: number, count: (length: number) => void, read: () => T): T[] {
  expect(kind, WIRE.LIST);
  const length = reader.list(element);
  count(length);
  const items: T[] = [];
  for (let i = 0; i < length; i++) items.push(read());
  return items;
}

function integer32(reader: Compact, kind: number): number {
  expect(kind, WIRE.I32);
  return reader.i32();
}

function integer64(reader: Compact, kind: number): bigint {
  expect(kind, WIRE.I64);
  return reader.i64();
}

/** As the native reader takes numbers of row groups: of any size on the wire. */
function anyInteger64(reader: Compact, kind: number): bigint {
  if (kind !== WIRE.I16 && kind !== WIRE.I32 && kind !== WIRE.I64) throw new Error('a field is of another type');
  return reader.i64();
}

function anyInteger32(reader: Compact, kind: number): number {
  if (kind !== WIRE.I16 && kind !== WIRE.I32 && kind !== WIRE.I64) throw new Error('a field is of another type');
  return reader.i32();
}

function text(reader: Compact, kind: number): string {
  expect(kind, WIRE.BINARY);
  return reader.text();
}

function boolean(kind: number): boolean {
  if (kind !== WIRE.TRUE && kind !== WIRE.FALSE) throw new Error('a field is of another type');
  return kind === WIRE.TRUE;
}

function expect(kind: number, expected: number): void {
  if (kind !== expected) throw new Error('a field is of another type');
}

function required<T>(value: T | undefined, what: string): T {
  if (value === undefined) throw new Error(`${what} is missing`);
  return value;
}

function setIfKnown<K extends keyof SchemaElement>(element: Partial<SchemaElement>, key: K, value: SchemaElement[K] | undefined): void {
  if (value !== undefined) element[key] = value;
}
