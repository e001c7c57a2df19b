import { bindingOf } from './binding-of.js';
import type { Arriving } from '../../../store/arriving.js';
import type { FileOptions } from '../../../options/options.js';
import { ParquetFacts } from '../parquet-facts.js';
import { NativeLoad, type NativeOpenOptions } from './load.js';

/** A Parquet file that the core has open, ours or another writer's. */
export interface OpenNative {
  facts: ParquetFacts;
  /** The handle that has opened the file, for one scan; `close` closes it, too. */
  load: NativeLoad;
}

/** Opens a file. Its load must be closed. `arriving`: where not all bytes of it are there yet. @throws what is wrong with it */
export async function openNative(path: string, options: FileOptions = {}, arriving?: Arriving): Promise<OpenNative> {
  const load = NativeLoad.open(bindingOf(), path, nativeOpenOptions(options), arriving);
  try {
    return { facts: ParquetFacts.of(path, await load.opened()), load };
  } catch (error) {
    load.close();
    throw error;
  }
}

/** The options as the core takes them. */
export function nativeOpenOptions(options: FileOptions): NativeOpenOptions {
  const { verify = true, text, duplicateColumns } = options;
  const { parts: _, ...limits } = options.limits ?? {};
  return {
    verify,
    ...(options.limits !== undefined && { limits }),
    ...(text !== undefined && { text }),
    renameDuplicates: duplicateColumns === 'rename',
  };
}
