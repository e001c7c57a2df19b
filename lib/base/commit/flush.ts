import { constants, open, unlink, type FileHandle } from 'node:fs/promises';

/**
 * Whether this process may flush a file; undefined before it was tried. Node refuses that from version 24 on, where its permission model is
 * on.
 */
let isRefused: boolean | undefined;

/** What Node says of a call that its permission model denies. */
const DENIED = 'ERR_ACCESS_DENIED';

/**
 * Opens a new file whose bytes {@link flushFile} makes durable. Where flushing is refused, each write is flushed by itself (`O_SYNC`):
 * slower, and just as durable.
 */
export async function openNew(path: string): Promise<FileHandle> {
  const handle = await open(path, 'wx+');
  try {
    if (!(await refusesFlush(handle))) return handle;
  } catch (error) {
    await handle.close();
    await unlink(path).catch(() => {});
    throw error;
  }
  await handle.close();
  // Windows has no such flag, and Node no other way there: the bytes are as durable as the system makes them by itself.
  return await open(path, constants.O_RDWR | (constants.O_SYNC ?? 0));
}

/** Makes the bytes of a file durable that {@link openNew} opened. */
export async function flushFile(handle: FileHandle): Promise<void> {
  if (isRefused !== true) await handle.sync();
}

/**
 * Whether a folder cannot be flushed, by what the attempt threw. Under Node's permission model from version 24 on nobody can: a name is
 * then as durable as the file system makes it by itself, some seconds later as a rule.
 */
export function isFlushDenied(error: unknown): boolean {
  return (error as NodeJS.ErrnoException).code === DENIED;
}

/** Tries it once, on an empty file, and only where the permission model is on. */
async function refusesFlush(handle: FileHandle): Promise<boolean> {
  if (isRefused !== undefined) return isRefused;
  // Older than the types: Node 20 has it.
  if ((process as { permission?: unknown }).permission === undefined) return (isRefused = false);
  try {
    await handle.sync();
    return (isRefused = false);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== DENIED) throw error;
    return (isRefused = true);
  }
}
