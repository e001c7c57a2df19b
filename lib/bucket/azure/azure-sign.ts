import { nodeCrypto } from '../../base/node-modules.js';
import { sizeOf } from '../exchange.js';
import type { Ask, Sign } from '../sender.js';
import type { AzureAccount } from './azure-account.js';

const VERSION = '2021-12-02';
/** In the order of the text that is signed, between the method and the headers `x-ms-`. The date is one of those. */
const SIGNED = [
  'content-encoding',
  'content-language',
  'content-length',
  'content-md5',
  'content-type',
  'date',
  'if-modified-since',
  'if-match',
  'if-none-match',
  'if-unmodified-since',
  'range',
];

/** Signs requests to a storage account: Microsoft's "Authorize with Shared Key", a shared access signature, or a token. */
export function azureSign({ name, by }: AzureAccount): Sign {
  return async (ask) => {
    const headers: Record<string, string> = { ...ask.headers, 'x-ms-version': VERSION, 'x-ms-date': new Date().toUTCString() };
    if (by === undefined) return { url: ask.url, headers };
    if ('sas' in by) return { url: withSignature(ask.url, by.sas), headers };
    if ('token' in by) return { url: ask.url, headers: { ...headers, authorization: `Bearer ${await by.token()}` } };
    const signature = nodeCrypto()
      .createHmac('sha256', by.key)
      .update(textToSign(name, ask, headers))
      .digest('base64');
    return { url: ask.url, headers: { ...headers, authorization: `SharedKey ${name}:${signature}` } };
  };
}

function withSignature(url: URL, sas: string): URL {
  const made = new URL(url);
  for (const [name, value] of new URLSearchParams(sas.replace(/^\?/, ''))) made.searchParams.set(name, value);
  return made;
}

function textToSign(account: string, { method, url, body }: Ask, headers: Record<string, string>): string {
  const bytes = sizeOf(body);
  const known: Record<string, string> = { ...headers, 'content-length': bytes === 0 ? '' : String(bytes) };
  const own = Object.keys(headers)
    .filter((header) => header.startsWith('x-ms-'))
    .sort()
    .map((header) => `${header}:${headers[header]}\n`);
  const query = [...url.searchParams].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, value]) => `\n${key.toLowerCase()}:${value}`);
  const lines = [method, ...SIGNED.map((header) => known[header] ?? '')];
  return `${lines.join('\n')}\n${own.join('')}/${account}${url.pathname}${query.join('')}`;
}
