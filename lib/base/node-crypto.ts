/**
 * Node's crypto, loaded by the first call: an import of it takes as long as that of a tenth of this package, and saves and loads of
 * Parquet files do without.
 */
export function nodeCrypto(): typeof import('node:crypto') {
  return process.getBuiltinModule('node:crypto');
}
