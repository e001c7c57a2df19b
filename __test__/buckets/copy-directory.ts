import { mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join, relative, sep } from 'node:path';
import type { Bucket } from 'arrow-ckpt';

/** Puts the files of a directory under a prefix, as `arrow-ckpt copy` does. */
export async function toBucket(directory: string, bucket: Bucket, prefix: string): Promise<void> {
  for (const name of readdirSync(directory, { recursive: true, encoding: 'utf8' })) {
    const path = join(directory, name);
    if (statSync(path).isFile() && !path.endsWith('.lock')) await bucket.put(prefix + relative(directory, path).split(sep).join('/'), path);
  }
}

/** The way back. */
export async function fromBucket(bucket: Bucket, prefix: string, directory: string): Promise<void> {
  for await (const { key } of bucket.list(prefix)) {
    const path = join(directory, key.slice(prefix.length));
    mkdirSync(dirname(path), { recursive: true });
    const pieces: Uint8Array[] = [];
    for await (const piece of (await bucket.get(key))?.body ?? []) pieces.push(piece);
    writeFileSync(path, Buffer.concat(pieces));
  }
}
