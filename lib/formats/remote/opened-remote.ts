import { loadBinding } from '../../base/addon/binding.js';
import type { OpenFile, OpenOptions } from '../../store/store.js';
import { storeOf } from '../choose.js';
import { parquetFacts } from '../parquet/read-parquet.js';
import type { RemoteFile } from './remote-file.js';
import { RemoteOpen } from './remote-open.js';

/** An object that is open as a file. It takes the file over, and closes it. */
export async function openedRemote(file: RemoteFile, options: OpenOptions): Promise<OpenFile> {
  try {
    const store = await storeOf(file.path);
    const facts = file.isParquet && loadBinding() !== null ? await parquetFacts(file.path, options) : undefined;
    return new RemoteOpen(file, store, facts?.info() ?? (await store.info(file.path, options)), options, facts);
  } catch (error) {
    await file.close();
    throw file.told(error);
  }
}
