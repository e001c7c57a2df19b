import { CheckpointError } from '../base/errors.js';

/** The release that has all that the guard needs; prereleases of the package, `1.5.6-r.1`, fit no range of npm. */
const OLDEST = [1, 4] as const;

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

/** @throws `ERR_CKPT_NO_SQL` for a release of DuckDB that is too old: `v1.1.0` */
export function checkVersion(version: string): void {
  const [, major = '0', minor = '0'] = /^v(\d+)\.(\d+)/.exec(version) ?? [];
  // A build between releases has no such name.
  if (!version.startsWith('v') || Number(major) > OLDEST[0] || (Number(major) === OLDEST[0] && Number(minor) >= OLDEST[1])) return;
  const message = `SQL needs DuckDB ${OLDEST.join('.')} or later, and ${version} is installed: npm install @duckdb/node-api`;
  throw new CheckpointError('ERR_CKPT_NO_SQL', message);
}
