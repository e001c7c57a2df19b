// npx arrow-ckpt work examples/work/step.ts --in articles.parquet --out summaries.parquet --claim
// A step for `arrow-ckpt work`, by itself on many machines, or as tasks of Spark (examples/spark) and Ray (examples/ray). It asks the model
// at MODEL_URL. Node runs TypeScript by itself from 22.18 on; before, NODE_OPTIONS='--import tsx' does it.
import type { MapContext, MapOptions, Row } from 'arrow-ckpt';
import { ask, RETRIES } from '../resume/ask.ts';

const { MODEL_URL = 'http://127.0.0.1:8080' } = process.env;

// The hash of the operation covers what makes its results: the prompt, the model.
export const options = { key: 'id', hash: 'summaries, 1', concurrency: 8, timeout: 2000, retries: RETRIES } satisfies MapOptions;

export default function summarise(row: Row, context: MapContext): Promise<Row> {
  return ask(MODEL_URL, row, context);
}
