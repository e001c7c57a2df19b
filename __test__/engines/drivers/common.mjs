// What all drivers in JavaScript share: see common.py for the task and the notation.
import { readFileSync, writeFileSync } from 'node:fs';

/** A value in the notation. */
export function plain(value) {
  if (value === null || value === undefined) return null;
  if (typeof value === 'bigint') return integer(value);
  if (typeof value === 'number') {
    if (Number.isFinite(value) && !Object.is(value, -0)) return value;
    return { $number: Object.is(value, -0) ? '-0' : String(value) };
  }
  if (value instanceof Date) return { $timestamp: value.getTime() };
  if (value instanceof Uint8Array) return { $bytes: Buffer.from(value).toString('hex') };
  if (ArrayBuffer.isView(value)) return Array.from(value, plain);
  if (Array.isArray(value)) return value.map(plain);
  return typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)])) : value;
}

function integer(value) {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : { $int: String(value) };
}

/** An operand of a filter as JavaScript's value. */
export function operand(value, kind) {
  if (typeof value !== 'object' || value === null) return kind === 'big' || kind === 'int' ? BigInt(value) : value;
  if ('$number' in value) return Number(value.$number);
  if ('$int' in value) return BigInt(value.$int);
  return '$bytes' in value ? Uint8Array.from(Buffer.from(value.$bytes, 'hex')) : new Date(value.$timestamp);
}

async function attempt(act) {
  try {
    return { value: await act() };
  } catch (error) {
    return { error: `${error?.name}: ${error?.message ?? error}`.slice(0, 600) };
  }
}

async function counts(file, counter) {
  const made = await attempt(() => counter(file.path));
  const all = [];
  for (const condition of file.filters) all.push(made.error === undefined ? await attempt(() => made.value(condition)) : made);
  return all;
}

/** `read(path)` gives types and rows; `pruned` and `unpruned` a counter of filters for a path. */
export async function main(read, pruned, unpruned) {
  const [, , taskPath, outPath] = process.argv;
  const task = JSON.parse(readFileSync(taskPath, 'utf8'));
  const files = {};
  for (const file of task.files) {
    const got = await attempt(() => read(file.path));
    files[file.name] = got.error === undefined ? { types: got.value[0], rows: got.value[1].map(plain) } : got;
    if (!file.filters || !pruned) continue;
    files[file.name].pruned = await counts(file, pruned);
    if (unpruned && file.unpruned) files[file.name].unpruned = await counts(file, unpruned);
  }
  writeFileSync(outPath, JSON.stringify({ files, folders: {} }));
}
