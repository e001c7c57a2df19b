import { environment } from '../../base/environment.js';
import { CheckpointError } from '../../base/errors.js';
import { invalid } from '../../base/messages.js';
import type { BucketOptions } from '../../options/bucket-options.js';
import { accessToken } from '../access-token.js';

/** A storage account, and how requests to it are allowed. */
export interface AzureAccount {
  name: string;
  /** Containers follow; without a slash at its end. */
  endpoint: string;
  /** A key that signs, a signature to be added, a function that gives a token; none for public blobs. */
  by: { key: Buffer } | { sas: string } | { token: () => Promise<string> } | undefined;
}

/** Of the options, else of the environment. */
export function azureAccount(options: BucketOptions): AzureAccount {
  const connection = connectionString();
  const name = options.account ?? connection['AccountName'] ?? environment('AZURE_STORAGE_ACCOUNT');
  if (name === undefined) throw invalid('az:// needs the storage account: bucket.account or AZURE_STORAGE_ACCOUNT');
  const endpoint = options.endpoint ?? connection['BlobEndpoint'] ?? `https://${name}.blob.core.windows.net`;
  return { name, endpoint: endpoint.replace(/\/+$/, ''), by: allowedBy(options.credentials, connection) };
}

function allowedBy(credentials: BucketOptions['credentials'], connection: Record<string, string>): AzureAccount['by'] {
  if (credentials === false) return undefined;
  if (credentials === undefined) return fromEnvironment(connection);
  if (typeof credentials === 'object' && credentials !== null) {
    const { key, sas } = credentials as { key?: unknown; sas?: unknown };
    if (typeof key === 'string') return { key: keyOf(key) };
    if (typeof sas === 'string') return { sas };
  }
  return { token: accessToken('Azure', credentials) };
}

function fromEnvironment(connection: Record<string, string>): AzureAccount['by'] {
  const key = connection['AccountKey'] ?? environment('AZURE_STORAGE_KEY');
  if (key !== undefined) return { key: keyOf(key) };
  const sas = connection['SharedAccessSignature'] ?? environment('AZURE_STORAGE_SAS_TOKEN');
  if (sas !== undefined) return { sas };
  const message =
    'there are no credentials for Azure: set AZURE_STORAGE_KEY, AZURE_STORAGE_SAS_TOKEN or AZURE_STORAGE_CONNECTION_STRING, ' +
    'or give bucket.credentials: { key }, { sas }, a token, a function that gives one, or false for public blobs';
  throw new CheckpointError('ERR_CKPT_CREDENTIALS', message);
}

function keyOf(key: string): Buffer {
  const bytes = Buffer.from(key, 'base64');
  if (bytes.length > 0 && bytes.toString('base64') === key.trim()) return bytes;
  throw new CheckpointError('ERR_CKPT_CREDENTIALS', 'the key of the storage account is not in base64');
}

function connectionString(): Record<string, string> {
  const parts = (environment('AZURE_STORAGE_CONNECTION_STRING') ?? '').split(';').filter((part) => part.includes('='));
  return Object.fromEntries(parts.map((part) => [part.slice(0, part.indexOf('=')), part.slice(part.indexOf('=') + 1)]));
}
