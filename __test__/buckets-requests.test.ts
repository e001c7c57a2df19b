import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { after, describe, test } from 'node:test';
import { setTimeout as delay } from 'node:timers/promises';
import { AwsV4Signer } from 'aws4fetch';
import { CheckpointError, type BucketOptions } from 'arrow-ckpt';
import { bucketOf } from '../lib/bucket/bucket-of.js';
import { byHttp } from '../lib/bucket/by-http.js';
import { s3Sign } from '../lib/bucket/s3/s3-sign.js';
import { UploadFile } from '../lib/bucket/upload-file.js';
import { rejectsWith } from './support/codes.js';
import { tempFolder } from './support/temp-folder.js';

const folder = tempFolder('bucket-requests');
const servers: Server[] = [];
after(() => {
  for (const server of servers) {
    server.closeAllConnections();
    server.close();
  }
});

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

function fileOf(name: string, bytes: number): string {
  const path = join(folder, name);
  writeFileSync(path, Buffer.alloc(bytes, 'some bytes '));
  return path;
}

const PUT = { method: 'PUT', headers: {} };

describe('requests by the client of Node', () => {
  test('a part of a file is read only as fast as it is sent', async () => {
    const file = await UploadFile.open(fileOf('large', 64 << 20));
    const stop = new AbortController();
    try {
      const part = file.range(0, file.size);
      let read = 0;
      const counted: typeof part.read = async (memory, at) => {
        const piece = await file.range(0, file.size).read(memory, at);
        read += piece.length;
        return piece;
      };
      part.read = counted;
      // It takes nothing from the connection.
      const origin = await serve((request) => request.pause());
      const sending = byHttp(`${origin}/x`, { ...PUT, body: part, signal: stop.signal });
      sending.catch(() => {});
      for (let before = -1; before !== read || read === 0;) {
        before = read;
        await delay(100);
      }
      // What is on its way is in the buffers of the system.
      assert.ok(read < 24 << 20, `${read} bytes were read`);
      stop.abort();
      await assert.rejects(sending);
    } finally {
      await file.close();
    }
  });

  test('a store that refuses a body early is heard, and the rest is not sent', async () => {
    let got = 0;
    const origin = await serve((request, response) => {
      request.once('data', () => response.writeHead(403).end('<Error><Code>AccessDenied</Code></Error>'));
      request.on('data', (piece: Buffer) => (got += piece.length));
    });
    const options: BucketOptions = { endpoint: origin, credentials: false, retries: 0 };
    await rejectsWith('ERR_CKPT_PERMISSION', () => bucketOf('s3://bucket/x', options).bucket.put('x', fileOf('refused', 8 << 20)));
    assert.ok(got <= 8 << 20);
  });

  test('a file that becomes shorter while it is sent is told', async () => {
    const path = fileOf('shorter', 1 << 20);
    const file = await UploadFile.open(path);
    try {
      writeFileSync(path, 'short');
      const origin = await serve((request, response) => void request.resume().on('end', () => response.end()));
      const sending = byHttp(`${origin}/x`, { ...PUT, body: file.part(0), signal: new AbortController().signal });
      await rejectsWith('ERR_CKPT_CHANGED', () => sending);
    } finally {
      await file.close();
    }
  });

  test('a connection that is refused ends the sending of a file, too', async () => {
    const origin = await serve(() => {});
    const server = servers.pop() as Server;
    await new Promise((resolve) => server.close(resolve));
    const { bucket } = bucketOf('s3://bucket/x', { endpoint: origin, credentials: false, retries: 0 });
    await rejectsWith('ERR_CKPT_NETWORK', () => bucket.put('x', fileOf('unsent', 1 << 20)));
  });

  test('connections are used again', async () => {
    const ports = new Set<number>();
    const origin = await serve((request, response) => {
      ports.add(request.socket.remotePort ?? 0);
      response.setHeader('etag', '"one"').end('x'.repeat(1000));
    });
    const { bucket } = bucketOf('s3://bucket/x', { endpoint: origin, credentials: false });
    for (let i = 0; i < 5; i++) for await (const _ of (await bucket.get('x'))?.body ?? []);
    assert.equal(ports.size, 1);
  });
});

test('a dispatcher that was set for the global fetch is used, as a proxy is one', async () => {
  const KEY = Symbol.for('undici.globalDispatcher.1');
  const before = Object.getOwnPropertyDescriptor(globalThis, KEY);
  let asked = 0;
  class ProxyAgent {
    dispatch(): never {
      asked++;
      throw new Error('no proxy here');
    }
  }
  Object.defineProperty(globalThis, KEY, { value: new ProxyAgent(), configurable: true, writable: true });
  try {
    const { bucket } = bucketOf('s3://bucket/x', { endpoint: 'http://store.invalid', credentials: false, retries: 0 });
    await rejectsWith('ERR_CKPT_NETWORK', () => bucket.get('x'));
    assert.equal(asked, 1);
  } finally {
    if (before === undefined) delete (globalThis as { [KEY]?: unknown })[KEY];
    else Object.defineProperty(globalThis, KEY, before);
  }
});

test('signatures are those of another implementation', async () => {
  const datetime = '20261130T010203Z';
  const now = (): Date => new Date('2026-11-30T01:02:03Z');
  const keys = { accessKeyId: 'me', secretAccessKey: 'mine/+=' };
  const requests = [
    { method: 'GET', url: 'https://bucket.s3.eu-west-1.amazonaws.com/a/b.parquet', headers: { range: 'bytes=0-9', 'if-match': '"a  b"' } },
    {
      method: 'PUT',
      url: 'http://127.0.0.1:9000/bucket/%C3%A4%20%2B%27%28x%29',
      headers: { 'content-md5': 'abc==', 'if-none-match': '*' },
    },
    { method: 'POST', url: 'http://127.0.0.1:9000/bucket/a?uploads=', headers: {} },
    { method: 'PUT', url: 'http://127.0.0.1:9000/bucket/a?uploadId=x%2Fy%20z&partNumber=2', headers: { 'content-md5': 'abc==' } },
    { method: 'GET', url: 'http://h:1/bucket?prefix=a%2Fb%27&list-type=2&encoding-type=url', headers: {} },
  ] as const;
  for (const sessionToken of [undefined, 'a token']) {
    for (const { method, url, headers } of requests) {
      const sign = s3Sign(async () => ({ ...keys, sessionToken }), 'eu-west-1', now);
      const ours = await sign({ method, url: new URL(url), headers, signal: undefined });
      const session = sessionToken === undefined ? {} : { sessionToken };
      const other = new AwsV4Signer({ method, url, headers, ...keys, ...session, service: 's3', region: 'eu-west-1', datetime });
      assert.equal(ours.headers['authorization'], (await other.sign()).headers.get('authorization'), `${method} ${url}`);
    }
  }
});

test('without credentials nothing is signed', async () => {
  const url = new URL('https://h/x');
  const sign = s3Sign(async () => undefined, 'r');
  assert.deepEqual(await sign({ method: 'GET', url, headers: { a: 'b' }, signal: undefined }), { url, headers: { a: 'b' } });
  const failing = s3Sign(() => Promise.reject(new CheckpointError('ERR_CKPT_CREDENTIALS', 'none')), 'r');
  await rejectsWith('ERR_CKPT_CREDENTIALS', () => failing({ method: 'GET', url, signal: undefined }));
});
