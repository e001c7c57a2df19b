// Maps rows by jobs of a provider: map-jobs.ts <folder> <address of the provider> <rows> <options as JSON>
// Prints `started`, then the result as JSON, or its error.
import { CheckpointManager, isCheckpointError, type Row } from 'arrow-ckpt';
import { openAiBatches } from '../../examples/jobs/openai-batches.ts';

const [, , folder = '', baseUrl = '', count, options = '{}'] = process.argv;
interface Article extends Row {
  id: number;
  title: string;
}
const rows: Article[] = Array.from({ length: Number(count) }, (_, id) => ({ id, title: `article ${id}` }));
const provider = openAiBatches<Article, Row, { choices: { message: { content: string } }[] }>({
  apiKey: 'x',
  baseUrl,
  body: ({ title }) => ({ model: 'small', messages: [{ role: 'user', content: title }] }),
  output: ({ choices }, { id }) => ({ id, summary: choices[0]?.message.content }),
});
const { withoutFind, ...given } = JSON.parse(options) as { withoutFind?: boolean };
if (withoutFind === true) delete provider.find;
process.stdout.write('started\n');
try {
  const checkpoints = new CheckpointManager(folder, { logger: false });
  const defaults = { key: 'id', hash: 'h', jobSize: 40, maxJobs: 2, pollEvery: 5, flushEvery: 5 } as const;
  const { rows: results, ...counts } = await checkpoints.mapJobs('s', 'op', rows, provider, { ...defaults, ...given });
  process.stdout.write(`${JSON.stringify({ ...counts, results: results.length })}\n`);
} catch (error) {
  process.stdout.write(`${JSON.stringify({ error: isCheckpointError(error) ? error.code : String(error) })}\n`);
}
