import type { CompatCodec, Decode, ForeignFile } from '../codec.js';
import { foreignRows, ownRows } from './decode.js';
import { modelOfFile, modelOfOwnFile } from './models.js';

/** Kura's Parquet: conversations, summaries, clusters and projected clusters, with JSON text for what is no text and no number. */
export const codec: CompatCodec = {
  encode: async (rows, pace) => (await import('./encode-rows.js')).encodeRows(rows, pace),
  decoder,
};

function decoder({ ours, columns }: ForeignFile): Decode | undefined {
  const model = ours ? modelOfOwnFile(columns) : modelOfFile(columns);
  if (model === undefined) return undefined;
  return ours ? ownRows(model) : foreignRows(model);
}
