import * as types from 'node:util/types';
import { setOwn } from '../../base/build.js';
import { CheckpointError } from '../../base/errors.js';
import { parseForeign } from '../../base/value/lenient-json.js';
import type { Row } from '../../base/rows.js';
import type { Decode } from '../codec.js';
import type { KuraField, KuraModel } from './models.js';
import { isoTime } from './time.js';

/**
 * JSON of null with a space before, which no writer of Kura's makes: the key is missing in the row. Kura must find JSON in each row, and
 * never a null.
 */
export const MISSING = ' null';

/** A column of true, for pandas 3: see encode.ts. */
export const FILLER = '__ckpt_filler';

/**
 * Rows of Kura's own: keys in the order of its JSONL, times in the ISO form. What is lost in the file (`count`, `[]` for a null list) stays
 * lost.
 */
export function foreignRows({ name: type, fields }: KuraModel): Decode {
  const value = valueReader();
  return (row) => {
    const made: Row = {};
    for (const field of fields) {
      const { name } = field;
      if (!Object.hasOwn(row, name)) continue;
      const read = value(field, row[name]);
      setOwn(made, name, type === 'conversations' && name === 'created_at' && typeof read === 'string' ? isoTime(read) : read);
    }
    value.passed();
    return made;
  };
}

/** Rows that arrow-ckpt wrote for Kura: the keys are those that were saved, in their order. */
export function ownRows({ fields }: KuraModel): Decode {
  const value = valueReader();
  const byName = new Map(fields.map((field) => [field.name, field]));
  return (row) => {
    const made: Row = {};
    for (const key of Object.keys(row)) {
      if (key === FILLER) continue;
      const field = byName.get(key);
      if (row[key] !== MISSING || field?.storage !== 'optional json')
        setOwn(made, key, field === undefined ? row[key] : value(field, row[key]));
    }
    value.passed();
    return made;
  };
}

interface ValueReader {
  (field: KuraField, stored: unknown): unknown;
  /** The next row. */
  passed(): void;
}

function valueReader(): ValueReader {
  let index = 0;
  const read = ({ name, storage }: KuraField, stored: unknown): unknown => {
    if (types.isUint8Array(stored)) return Buffer.from(stored.buffer, stored.byteOffset, stored.byteLength).toString();
    if (storage === 'floats' && ArrayBuffer.isView(stored)) return Array.from(stored as Float64Array);
    if ((storage !== 'json' && storage !== 'optional json') || typeof stored !== 'string') return stored;
    try {
      return parseForeign(stored);
    } catch (cause) {
      const message = `${name} of row ${index} is not the JSON text that Kura keeps there`;
      throw new CheckpointError('ERR_CKPT_CORRUPT', message, { row: index, column: name, cause });
    }
  };
  return Object.assign(read, { passed: () => void index++ });
}
