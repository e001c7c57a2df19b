// Jobs of OpenAI's Batch API, and of services with the same: a file of requests is uploaded, then a batch is made of it.
import type { Job, JobContext, JobProvider, JobResult, JobState, JobStatus, MapOutput, RowLike } from 'arrow-ckpt';
import { call, callJson, linesOf } from './call-json.ts';

/** How requests are made of rows, and rows of answers. */
export interface OpenAiBatches<In extends RowLike, Out extends RowLike, Answer> {
  apiKey: string;
  /** @default 'https://api.openai.com/v1' */
  baseUrl?: string;
  /** What each request is sent to. @default '/v1/chat/completions' */
  endpoint?: string;
  /** The body of a row's request: `{ model, messages }`. */
  body: (row: In) => object;
  /** The results of a row, of the body of the answer. */
  output: (answer: Answer, row: In) => MapOutput<Out>;
}

interface Batch {
  id: string;
  status: string;
  metadata: Record<string, string> | null;
  output_file_id?: string | null;
  error_file_id?: string | null;
  errors?: unknown;
  request_counts?: { completed: number };
}

interface Line {
  custom_id: string;
  response: { status_code: number; body: unknown } | null;
  error: unknown;
}

const STATES: Record<string, JobState> = {
  validating: 'queued',
  in_progress: 'running',
  finalizing: 'running',
  cancelling: 'running',
  completed: 'done',
  failed: 'failed',
  expired: 'expired',
  cancelled: 'cancelled',
};

export function openAiBatches<In extends RowLike, Out extends RowLike, Answer>(
  given: OpenAiBatches<In, Out, Answer>,
): JobProvider<In, Out, Answer> {
  const { apiKey, baseUrl = 'https://api.openai.com/v1', endpoint = '/v1/chat/completions', body, output } = given;
  const headers = { authorization: `Bearer ${apiKey}` };
  const json = { ...headers, 'content-type': 'application/json' };
  const get = (id: string, signal: AbortSignal) => callJson<Batch>(`${baseUrl}/batches/${id}`, { headers, signal });

  return {
    async submit(rows, { jobKey, signal }) {
      const lines = rows.map(({ customId, row }) =>
        JSON.stringify({ custom_id: customId, method: 'POST', url: endpoint, body: body(row) }),
      );
      const form = new FormData();
      form.set('purpose', 'batch');
      form.set('file', new Blob([`${lines.join('\n')}\n`]), `${jobKey}.jsonl`);
      const file = await callJson<{ id: string }>(`${baseUrl}/files`, { method: 'POST', headers, body: form, signal });
      const batch = { input_file_id: file.id, endpoint, completion_window: '24h', metadata: { jobKey } };
      return (await callJson<Batch>(`${baseUrl}/batches`, { method: 'POST', headers: json, body: JSON.stringify(batch), signal })).id;
    },

    async find(jobKey, { signal }) {
      for (let after: string | undefined, more = true; more;) {
        const page = `${baseUrl}/batches?limit=100${after === undefined ? '' : `&after=${after}`}`;
        const { data, has_more } = await callJson<{ data: Batch[]; has_more: boolean }>(page, { headers, signal });
        const found = data.find(({ metadata }) => metadata?.['jobKey'] === jobKey);
        if (found !== undefined) return found.id;
        after = data.at(-1)?.id;
        more = has_more && after !== undefined;
      }
      return null;
    },

    async poll({ id }, { signal }): Promise<JobStatus> {
      const { status, request_counts, errors } = await get(id, signal);
      return { state: STATES[status] as JobState, completed: request_counts?.completed ?? 0, error: errors };
    },

    async *fetch({ id }: Job, { signal }: JobContext): AsyncGenerator<JobResult<Answer>> {
      const { output_file_id, error_file_id } = await get(id, signal);
      for (const file of [output_file_id, error_file_id]) {
        if (typeof file !== 'string') continue;
        for await (const line of linesOf(await call(`${baseUrl}/files/${file}/content`, { headers, signal }))) {
          const { custom_id: customId, response, error } = line as Line;
          if (response !== null && response.status_code < 400) yield { customId, value: response.body as Answer };
          else yield { customId, error: new Error(JSON.stringify(error ?? response?.body ?? 'no answer')) };
        }
      }
    },

    output,

    async cancel({ id }, { signal }) {
      await callJson(`${baseUrl}/batches/${id}/cancel`, { method: 'POST', headers, signal });
    },
  };
}
