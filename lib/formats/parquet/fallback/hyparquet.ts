import { CheckpointError } from '../../../base/errors.js';
import { nativeZstd } from './zstd.js';

/**
 * The only door to hyparquet. It is imported when a Parquet file is first read without the native binary, and not before: who has the
 * binary pays nothing for it. Taken from it: the decoders of Snappy and of numbers, and the types of a footer. The footer itself, page
 * headers, texts, levels, assembly and the conversion to JavaScript values are ours: each field is checked, and hyparquet's lose digits,
 * `__proto__` keys, dotted names, and the difference between `[]` and null.
 */
export async function loadHyparquet() {
  const [plain, delta, encoding, snappy, zstd] = await Promise.all([
    import('hyparquet/src/plain.js'),
    import('hyparquet/src/delta.js'),
    import('hyparquet/src/encoding.js'),
    import('hyparquet/src/snappy.js'),
    nativeZstd === undefined ? import('hyparquet-compressors').catch(noMemory) : undefined,
  ]);
  return { ...plain, ...delta, ...encoding, ...snappy, zstd: zstd?.compressors.ZSTD };
}

/** A decoder in WebAssembly asks for its memory when it is imported. */
function noMemory(cause: unknown): never {
  if (!(cause instanceof RangeError)) throw cause;
  throw new CheckpointError('ERR_CKPT_LIMIT', 'there is no memory for the decoders of Parquet; give the process more', { cause });
}

export type Hyparquet = Awaited<ReturnType<typeof loadHyparquet>>;
