// Jobs of Anthropic's Message Batches API. A batch has no metadata, so there is no `find`: a process that is killed while it hands a batch
// in leaves a question, which `mapJobs` asks (ERR_CKPT_JOB_UNKNOWN).
import type { Job, JobContext, JobProvider, JobResult, JobStatus, MapOutput, RowLike } from 'arrow-ckpt';
import { call, callJson, linesOf } from './call-json.ts';

/** How requests are made of rows, and rows of answers. */
export interface AnthropicBatches<In extends RowLike, Out extends RowLike, Answer> {
  apiKey: string;
  /** @default 'https://api.anthropic.com/v1' */
  baseUrl?: string;
  /** The parameters of a row's message: `{ model, max_tokens, messages }`. */
  params: (row: In) => object;
  /** The results of a row, of the message that answers. */
  output: (message: Answer, row: In) => MapOutput<Out>;
}

interface Batch {
  id: string;
  processing_status: 'in_progress' | 'canceling' | 'ended';
  request_counts: { succeeded: number; errored: number; canceled: number; expired: number };
  cancel_initiated_at: string | null;
  results_url: string | null;
}

interface Line {
  custom_id: string;
  result: { type: 'succeeded'; message: unknown } | { type: 'errored'; error: unknown } | { type: 'canceled' | 'expired' };
}

export function anthropicBatches<In extends RowLike, Out extends RowLike, Answer>(
  given: AnthropicBatches<In, Out, Answer>,
): JobProvider<In, Out, Answer> {
  const { apiKey, baseUrl = 'https://api.anthropic.com/v1', params, output } = given;
  const headers = { 'x-api-key': apiKey, 'anthropic-version': '2023-06-01', 'content-type': 'application/json' };
  const batches = `${baseUrl}/messages/batches`;
  const get = (id: string, signal: AbortSignal) => callJson<Batch>(`${batches}/${id}`, { headers, signal });

  return {
    async submit(rows, { signal }) {
      const requests = rows.map(({ customId, row }) => ({ custom_id: customId, params: params(row) }));
      return (await callJson<Batch>(batches, { method: 'POST', headers, body: JSON.stringify({ requests }), signal })).id;
    },

    async poll({ id }, { signal }): Promise<JobStatus> {
      const { processing_status, request_counts, cancel_initiated_at } = await get(id, signal);
      const completed = request_counts.succeeded + request_counts.errored;
      if (processing_status !== 'ended') return { state: 'running', completed };
      return { state: cancel_initiated_at === null ? 'done' : 'cancelled', completed };
    },

    async *fetch({ id }: Job, { signal }: JobContext): AsyncGenerator<JobResult<Answer>> {
      const { results_url } = await get(id, signal);
      if (results_url === null) return;
      for await (const line of linesOf(await call(results_url, { headers, signal }))) {
        const { custom_id: customId, result } = line as Line;
        if (result.type === 'succeeded') yield { customId, value: result.message as Answer };
        // A request without a result has failed; one of a job that we cancelled is handed in again.
        else if (result.type === 'errored') yield { customId, error: new Error(JSON.stringify(result.error)) };
      }
    },

    output,

    async cancel({ id }, { signal }) {
      await callJson(`${batches}/${id}/cancel`, { method: 'POST', headers, signal });
    },
  };
}
