/**
 * The only door to hyparquet. It is imported when a Parquet file is first read without the native binary, and not before: who has the
 * binary pays nothing for it. Taken from it: the footer and page headers (Thrift), decompression, and the value encodings. Levels, assembly and the
 * conversion to JavaScript values are ours: hyparquet's lose digits, `__proto__` keys, dotted names, and the difference between `[]` and null.
 */
export async function loadHyparquet() {
  const [metadata, column, plain, delta, encoding, compressors] = await Promise.all([
    import('hyparquet/src/metadata.js'),
    import('hyparquet/src/column.js'),
    import('hyparquet/src/plain.js'),
    import('hyparquet/src/delta.js'),
    import('hyparquet/src/encoding.js'),
    import('hyparquet-compressors'),
  ]);
  return { ...metadata, ...column, ...plain, ...delta, ...encoding, compressors: compressors.compressors };
}

export type Hyparquet = Awaited<ReturnType<typeof loadHyparquet>>;
