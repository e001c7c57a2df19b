import { CheckpointError } from '../base/errors.js';

/** What we use of the package. */
export type Duckdb = typeof import('@duckdb/node-api');

/**
 * DuckDB, loaded when it is first needed.
 * @throws `ERR_CKPT_NO_SQL` where it is not installed, or its binary does not load
 */
export async function loadDuckdb(): Promise<Duckdb> {
  try {
    const loaded = (await import('@duckdb/node-api')) as Duckdb & { default?: Duckdb };
    return loaded.default ?? loaded;
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const isAbsent = code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND';
    const why = isAbsent ? 'which is not installed' : `which does not load: ${String(message).split('\n', 1)[0]}`;
    throw new CheckpointError('ERR_CKPT_NO_SQL', `SQL needs the package @duckdb/node-api, ${why}: npm install @duckdb/node-api`, { cause });
  }
}
