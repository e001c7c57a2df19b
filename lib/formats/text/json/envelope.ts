import { open } from 'node:fs/promises';
import { CheckpointError } from '../../../base/errors.js';
import { show } from '../../../base/messages.js';
import type { EnvelopeHeader, RowsForm } from './form.js';

/** The version of the JSON and JSONL forms that this package writes, and the highest that it reads. */
export const JSON_VERSION = 1;

/** The key that makes an object a checkpoint. It comes first. */
export const ENVELOPE_KEY = 'arrow-ckpt';

/** One array, a row a line: `[\n{...},\n{...}\n]\n`; with a header, an object around it: `{"arrow-ckpt":{...},"rows":[\n...\n]}\n`. */
export const jsonForm: RowsForm = {
  first: '\n',
  next: ',\n',
  bare: '[',
  head: (header) => `{${JSON.stringify(ENVELOPE_KEY)}:${headerText(header)},"rows":[`,
  end: (isBare, rows) => (rows === 0 ? ']' : '\n]') + (isBare ? '\n' : '}\n'),
};

/**
 * The header as JSON text. It is written before the rows and again after them, in the same number of bytes: `rows` and `escapes` are known
 * only then, and are padded with spaces. So one read from the start gives the whole header.
 */
export function headerText({ rows, escapes, hash, metadata }: EnvelopeHeader): string {
  const fields = [`"version":${JSON_VERSION}`, `"rows":${String(rows).padStart(16)}`, `"escapes":${String(escapes).padStart(5)}`];
  if (hash !== null) fields.push(`"hash":${JSON.stringify(hash)}`);
  if (Object.keys(metadata).length > 0) fields.push(`"metadata":${JSON.stringify(metadata)}`);
  return `{${fields.join()}}`;
}

/** Whether a file begins as this package writes one: most JSON of other programs does not. False for what cannot be opened. */
export async function beginsAsOurs(path: string): Promise<boolean> {
  try {
    const handle = await open(path, 'r');
    try {
      const { buffer, bytesRead } = await handle.read(Buffer.alloc(16), 0, 16, 0);
      return /^(?:\[\n\{["}]|\[\]\n$|\{"arrow-ckpt":)/.test(buffer.toString('latin1', 0, bytesRead));
    } finally {
      await handle.close();
    }
  } catch {
    return false;
  }
}

/** The header of a value that stood under the key of one. @throws `ERR_CKPT_FORMAT_VERSION`, `ERR_CKPT_CORRUPT` */
export function checkHeader(value: unknown, path: string): EnvelopeHeader {
  const { version, rows, escapes, hash = null, metadata = {} } = value as Record<string, unknown>;
  if (!Number.isInteger(version) || (version as number) < 1) throw wrong(path, 'version', 'an integer from 1 on', version);
  if ((version as number) > JSON_VERSION) {
    const message =
      `${path} was written in version ${String(version)} of the JSON form, and this arrow-ckpt reads up to version ${JSON_VERSION}; ` +
      'update arrow-ckpt';
    throw new CheckpointError('ERR_CKPT_FORMAT_VERSION', message, { path });
  }
  if (!Number.isInteger(rows) || (rows as number) < 0) throw wrong(path, 'rows', 'a number of rows', rows);
  if (typeof escapes !== 'boolean') throw wrong(path, 'escapes', 'true or false', escapes);
  if (hash !== null && typeof hash !== 'string') throw wrong(path, 'hash', 'a string', hash);
  if (typeof metadata !== 'object' || metadata === null || !Object.values(metadata).every((text) => typeof text === 'string')) {
    throw wrong(path, 'metadata', 'an object of strings', metadata);
  }
  return { rows: rows as number, escapes, hash, metadata: metadata as Record<string, string> };
}

function wrong(path: string, field: string, expected: string, got: unknown): CheckpointError {
  const message = `${path} is damaged: '${field}' of its header must be ${expected}, but is ${show(got)}`;
  return new CheckpointError('ERR_CKPT_CORRUPT', message, { path });
}
