import * as types from 'node:util/types';
import { isRevoked } from '../../../base/value/is-revoked.js';
import type { ArrowStream } from '../../../options/arrow-options.js';
import { arrowTable, type ArrowTable } from './table/arrow-table.js';

/** How IPC begins: a stream with what announces a message, a file with its name. */
const BEGINNINGS = [[0xff, 0xff, 0xff, 0xff], [...Buffer.from('ARROW1')]];

/** Deno has no such function (2.9.6): there nobody can tell a C stream. */
const { isExternal = () => false } = types as Partial<typeof types>;

/** What {@link arrowSource} takes for Arrow batches: a C stream, the bytes of an IPC stream or file, a table of a library. */
export type ArrowSource = ArrowStream | Uint8Array | { table: ArrowTable };

/** Whether it is a C stream. */
export function isArrowStream(source: ArrowSource): source is ArrowStream {
  return isExternal(source);
}

/** The rows of a call as Arrow batches; undefined for any other rows. */
export function arrowSource(rows: unknown): ArrowSource | undefined {
  if (isExternal(rows)) return rows as ArrowStream;
  if (types.isUint8Array(rows)) return BEGINNINGS.some((bytes) => bytes.every((byte, at) => rows[at] === byte)) ? rows : undefined;
  if (typeof rows !== 'object' || rows === null || types.isProxy(rows) || isRevoked(rows) || Array.isArray(rows)) return undefined;
  const table = arrowTable(rows);
  return table && { table };
}
