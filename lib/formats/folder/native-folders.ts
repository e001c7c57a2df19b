import { parquetStore } from '../parquet/parquet-store.js';
import { describeParts } from './describe-parts.js';
import { folderStore } from './folder-store.js';
import { localParts } from './parts-source.js';

/** Folders of Parquet parts in the file system. */
export const nativeFolders = folderStore(localParts(parquetStore, describeParts));
