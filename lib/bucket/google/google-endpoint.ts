import { environment } from '../../base/environment.js';
import type { BucketOptions } from '../../options/bucket-options.js';

/** Where the store is, without a slash at its end: Google's, an emulator, or what is given. */
export function googleEndpoint({ endpoint }: BucketOptions): string {
  return (endpoint ?? emulator() ?? 'https://storage.googleapis.com').replace(/\/+$/, '');
}

/** As Google's own libraries have it. */
function emulator(): string | undefined {
  const host = environment('STORAGE_EMULATOR_HOST');
  return host === undefined || /^https?:/.test(host) ? host : `http://${host}`;
}
