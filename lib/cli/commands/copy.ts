import { CheckpointError } from '../../base/errors.js';
import { throwIfAborted } from '../../base/halt.js';
import { isBucketUrl } from '../../options/bucket-url.js';
import type { Run } from '../context.js';
import { copyPlace, isPooled, type CopyItem, type CopyPlace } from '../copy/copy-places.js';
import { EXIT } from '../exit-codes.js';
import { withProgress } from '../output/progress.js';
import { plural, sizeText } from '../output/quantities.js';
import { printable } from '../output/printable.js';

/** So much of the end says whether two files are the same: the footer of a checkpoint has the checksums of its columns. */
const END_BYTES = 64 << 10;
/** How often it is made sure that the pool stays: what is kept has half an hour. */
const KEEP_MS = 600_000;

interface Copied {
  path: string;
  bytes: number;
  /** It was there already. */
  same: boolean;
}

/** `copy FROM TO`: files between directories and buckets. Each is made whole or not at all; called again, it goes on. */
export const run: Run = async (context, [input = '', output = '']) => {
  const { signal } = context;
  const from = copyPlace(input);
  const found = await from.items(signal);
  if (found === null) throw new CheckpointError('ERR_CKPT_NOT_FOUND', `there is nothing at ${input}; check the path`, { path: input });
  // Below a prefix, also where its slash was left out: names would be glued to it.
  const to = copyPlace(found.isDirectory && isBucketUrl(output) && !output.endsWith('/') ? `${output}/` : output);
  if (!found.isDirectory && output.endsWith('/')) {
    throw new CheckpointError('ERR_CKPT_INVALID_ARGUMENT', `${output} names no file; say which name the copy shall have`, { path: output });
  }
  const files = await withProgress(context, async (progress) => {
    const copied: Copied[] = [];
    const pool = found.items.map(({ name }) => name).filter(isPooled);
    let keptMs = -Infinity;
    for (const [done, item] of found.items.entries()) {
      throwIfAborted(signal);
      progress.update({ what: from.where(item.name), done, total: found.items.length, unit: 'files' });
      // A sweep at the other end is not to remove what is referred to in a moment.
      if (pool.length > 0 && !isPooled(item.name) && performance.now() - keptMs > KEEP_MS) {
        await to.keep(pool, signal);
        keptMs = performance.now();
      }
      const same = await isThere(from, to, item, signal);
      if (!same) await copyOne(from, to, item, signal);
      copied.push({ path: to.where(item.name), bytes: item.size, same });
    }
    return copied;
  });
  const made = files.filter(({ same }) => !same);
  const bytes = made.reduce((sum, file) => sum + file.bytes, 0);
  if (context.json) await context.output.document({ from: input, to: output, files, copied: made.length, bytes });
  else {
    const kept = made.length === files.length ? '' : `, ${plural(files.length - made.length, 'file')} there already`;
    const mark = context.output.colours.green('✓');
    await context.output.line(`${mark} ${printable(`${input} → ${output}`)}: ${plural(made.length, 'file')}, ${sizeText(bytes)}${kept}`);
  }
  return EXIT.fine;
};

/** Whether the same file is there already: of the same size, and with the same end. Text has no checksums there, and is compared whole. */
async function isThere(from: CopyPlace, to: CopyPlace, { name, size }: CopyItem, signal: AbortSignal): Promise<boolean> {
  const there = await to.end(name, END_BYTES, signal);
  if (there === null || there.size !== size) return false;
  const isWhole = size <= END_BYTES;
  const here = await from.end(name, END_BYTES, signal);
  if (here === null || !here.bytes.equals(there.bytes)) return false;
  return isWhole || here.bytes.subarray(-4).toString('latin1') === 'PAR1';
}

/** What comes from a bucket is read before it counts; what goes to one, the store compares with its MD5. */
async function copyOne(from: CopyPlace, to: CopyPlace, { name, size }: CopyItem, signal: AbortSignal): Promise<void> {
  await from.withFile(name, signal, async (path) => {
    await to.put(name, path, signal);
  });
  const made = await to.end(name, END_BYTES, signal);
  const here = await from.end(name, END_BYTES, signal);
  if (made !== null && here !== null && made.size === size && here.size === size && made.bytes.equals(here.bytes)) return;
  const where = to.where(name);
  throw new CheckpointError('ERR_CKPT_CHANGED', `${from.where(name)} was changed while it was copied to ${where}; copy it again`, {
    path: where,
  });
}
