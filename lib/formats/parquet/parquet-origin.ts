import type { Compat } from '../../options/compat.js';
import type { FileOrigin } from '../../store/origin.js';
import { isOurs, KEY_VERSION, type Footer } from './file-keys.js';

/** What a Parquet footer says of its writer. Another program that rewrote a checkpoint may have carried the version over, but it does not hold for its file. */
export function parquetOrigin(footer: Footer, compat: Compat | undefined): FileOrigin {
  const version = isOurs(footer) ? footer.keyValues[KEY_VERSION] : undefined;
  const formatVersion = version === undefined ? null : Number(version);
  return { createdBy: footer.createdBy, formatVersion, compat: compat ?? null, checksums: formatVersion !== null };
}
