import { fallbackStore } from '../parquet/fallback/fallback-store.js';
import { describePartsSlowly } from './describe-parts-slowly.js';
import { folderStore } from './folder-store.js';
import { localParts } from './parts-source.js';

/** Folders of Parquet parts in the file system, read without the binary. */
export const fallbackFolders = folderStore(localParts(fallbackStore, describePartsSlowly));
