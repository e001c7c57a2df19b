import { types } from 'node:util';
import { CheckpointError } from '../../../base/errors.js';
import { isRevoked } from '../../../base/value/is-revoked.js';
import type { ArrowStream } from '../../../options/arrow-options.js';

/** How IPC begins: a stream with what announces a message, a file with its name. */
const BEGINNINGS = [[0xff, 0xff, 0xff, 0xff], [...Buffer.from('ARROW1')]];

/** Deno has no such function (2.9.6): there nobody can tell a C stream. */
const { isExternal = () => false } = types as Partial<typeof types>;

/** What {@link arrowSource} takes for Arrow batches: a C stream, the bytes of an IPC stream or file. */
export type ArrowSource = ArrowStream | Uint8Array;

/**
 * The rows of a call as Arrow batches; undefined for any other rows. @throws `ERR_CKPT_ARROW` for a table of apache-arrow or flechette: its
 * rows are other values than its columns, as the numbers of timestamps, and it cannot tell its types without its library
 */
export function arrowSource(rows: unknown): ArrowSource | undefined {
  if (isExternal(rows)) return rows as ArrowStream;
  if (types.isUint8Array(rows)) return BEGINNINGS.some((bytes) => bytes.every((byte, at) => rows[at] === byte)) ? rows : undefined;
  if (typeof rows !== 'object' || rows === null || types.isProxy(rows) || isRevoked(rows) || Array.isArray(rows)) return undefined;
  const { schema, batches, children } = rows as { schema?: { fields?: unknown }; batches?: unknown; children?: unknown };
  if (!Array.isArray(schema?.fields) || !(Array.isArray(batches) || Array.isArray(children))) return undefined;
  const message = "the rows are an Arrow table; give its bytes instead: tableToIPC(table, 'stream'), of the library that made it";
  throw new CheckpointError('ERR_CKPT_ARROW', message);
}
