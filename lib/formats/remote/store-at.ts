import { remotePlace } from '../../bucket/bucket-of.js';
import type { CheckpointStore } from '../../store/store.js';
import { storeOf } from '../choose.js';
import { readRemote, remoteBatches, remoteInfo } from './remote-store.js';

/** What reads a local path or a URL, with the credentials of the environment. The calls are for the same path. */
export async function storeAt(path: string): Promise<Pick<CheckpointStore, 'format' | 'read' | 'batches' | 'head' | 'info'>> {
  const place = remotePlace(path, undefined);
  if (place === undefined) return storeOf(path);
  const { info, head } = await remoteInfo(place);
  return {
    format: info.format,
    read: (_, options) => readRemote(place, options),
    batches: (_, options) => remoteBatches(place, options),
    head: async () => head,
    info: async () => info,
  };
}
