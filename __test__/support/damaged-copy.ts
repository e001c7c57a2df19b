import { copyFile, readFile, writeFile } from 'node:fs/promises';

/** A copy of a Parquet file with its last column chunk damaged: what is before it can be read. */
export async function damagedCopy(from: string, to: string): Promise<string> {
  await copyFile(from, to);
  const bytes = await readFile(to);
  const footer = bytes.readUInt32LE(bytes.length - 8);
  const end = bytes.length - 8 - footer;
  bytes.fill(0xff, end - 40, end - 8);
  await writeFile(to, bytes);
  return to;
}
