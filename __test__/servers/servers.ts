import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { azureSign } from '../../lib/bucket/azure/azure-sign.js';
import type { BucketOptions } from '../../lib/options/bucket-options.js';

/** How a server is run. */
export interface Started {
  command: string;
  args: string[];
  env?: Record<string, string>;
}

/** A server that speaks the protocol of a store. */
export interface Server {
  name: string;
  version: string;
  protocol: 's3' | 'gs' | 'az';
  /** Installs it into an empty folder, pinned; a command line for a shell. */
  install: string;
  /** `installed`: that folder; `data`: an empty one. */
  start: (installed: string, data: string, port: number) => Started;
  options: (port: number) => BucketOptions;
  /** The environment in which a program reaches it. Undefined: none says its endpoint. */
  environment?: (port: number) => Record<string, string>;
  /** Makes the bucket `bucket`, if the server has not found one. */
  prepare?: (port: number) => Promise<Response>;
  /** Checks that are known to fail, with what the server gets wrong. */
  faults: Record<string, string>;
  /** The same of checks that fail in some runs only: who comes first decides. */
  races?: Record<string, string>;
}

export const ACCESS = { accessKeyId: 'arrow-ckpt', secretAccessKey: 'arrow-ckpt-secret' };
/** The account that every Azurite has, as its documentation says. */
const AZURITE = {
  account: 'devstoreaccount1',
  key: 'Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==',
};
const at = (port: number): string => `http://127.0.0.1:${port}`;
const s3Environment = (port: number): Record<string, string> => ({
  AWS_ENDPOINT_URL_S3: at(port),
  AWS_ACCESS_KEY_ID: ACCESS.accessKeyId,
  AWS_SECRET_ACCESS_KEY: ACCESS.secretAccessKey,
  AWS_REGION: 'us-east-1',
});
const s3 = (port: number): BucketOptions => ({ endpoint: at(port), credentials: ACCESS });

export const SERVERS: readonly Server[] = [
  {
    name: 'versitygw',
    version: '1.8.0',
    protocol: 's3',
    install: 'GOBIN="$PWD" go install github.com/versity/versitygw/cmd/versitygw@v1.8.0',
    start: (installed, data, port) => {
      const place = (name: string): string => {
        mkdirSync(join(data, name), { recursive: true });
        return join(data, name);
      };
      place('objects/bucket');
      const args = ['--port', `127.0.0.1:${port}`, 'posix', '--sidecar', place('sidecar'), place('objects')];
      const env = { ROOT_ACCESS_KEY: ACCESS.accessKeyId, ROOT_SECRET_KEY: ACCESS.secretAccessKey };
      return { command: join(installed, 'versitygw'), args, env };
    },
    options: s3,
    environment: s3Environment,
    faults: {},
  },
  {
    name: 'moto',
    version: '5.2.2',
    protocol: 's3',
    install: 'python3 -m venv . && bin/pip install -q "moto[server]==5.2.2"',
    start: (installed, _, port) => ({ command: join(installed, 'bin/moto_server'), args: ['-H', '127.0.0.1', '-p', String(port)] }),
    options: s3,
    environment: s3Environment,
    prepare: (port) => fetch(`${at(port)}/bucket`, { method: 'PUT' }),
    faults: {
      'conditions on an object in parts': 'it ignores them when an upload is completed',
      'bytes that change on their way': 'it does not compare Content-MD5',
    },
    races: { 'racing objects in parts': 'it ignores conditions when an upload is completed: several writers win' },
  },
  {
    name: 'fake-gcs-server',
    version: '1.56.1',
    protocol: 'gs',
    install: 'GOBIN="$PWD" go install github.com/fsouza/fake-gcs-server@v1.56.1',
    start: (installed, _, port) => ({
      command: join(installed, 'fake-gcs-server'),
      args: ['-scheme', 'http', '-host', '127.0.0.1', '-port', String(port), '-backend', 'memory', '-public-host', `127.0.0.1:${port}`],
    }),
    options: (port) => ({ endpoint: at(port), credentials: false }),
    prepare: (port) =>
      fetch(`${at(port)}/storage/v1/b?project=p`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ name: 'bucket' }),
      }),
    faults: {
      'bytes that change on their way': 'it does not compare the MD5 of an object in parts',
      'delete one state': 'it ignores the condition',
    },
  },
  {
    name: 'azurite',
    version: '3.35.0',
    protocol: 'az',
    install: 'npm install --no-audit --no-fund --silent azurite@3.35.0',
    start: (installed, data, port) => ({
      command: join(installed, 'node_modules/.bin/azurite-blob'),
      args: [
        '--blobHost',
        '127.0.0.1',
        '--blobPort',
        String(port),
        '--location',
        data,
        '--disableTelemetry',
        '--silent',
        '--skipApiVersionCheck',
      ],
    }),
    options: (port) => ({
      endpoint: `${at(port)}/${AZURITE.account}`,
      account: AZURITE.account,
      credentials: { key: AZURITE.key },
    }),
    environment: (port) => ({
      AZURE_STORAGE_CONNECTION_STRING: `AccountName=${AZURITE.account};AccountKey=${AZURITE.key};BlobEndpoint=${at(port)}/${AZURITE.account};`,
    }),
    prepare: async (port) => {
      const sign = azureSign({ name: AZURITE.account, endpoint: at(port), by: { key: Buffer.from(AZURITE.key, 'base64') } });
      const url = new URL(`${at(port)}/${AZURITE.account}/bucket?restype=container`);
      const signed = await sign({ method: 'PUT', url, signal: undefined });
      return fetch(signed.url, { method: 'PUT', headers: signed.headers });
    },
    faults: {
      'odd names': 'it takes a backslash for a slash',
      'bytes that change on their way': 'it refuses them, but with the code InvalidOperation in place of Md5Mismatch',
    },
  },
];
