import { CheckpointError } from '../../base/errors.js';
import type { BucketPutOptions } from '../../options/bucket.js';
import { unsureOf } from '../conditions.js';
import { refusal, type Asked } from '../refusal.js';
import type { Answer, Ask, Sender } from '../sender.js';
import { isJson } from './is-json.js';
import { Unsure } from '../settled.js';
import type { UploadFile } from '../upload-file.js';

/**
 * Sends a file in parts to an upload that `start` begins; the answer is that to the last part. The condition is on the start, and holds
 * when the last part comes. After a failure the upload is given up.
 */
export async function resumableUpload(
  sender: Sender,
  asked: Asked,
  start: URL,
  key: string,
  source: UploadFile,
  { signal }: BucketPutOptions,
): Promise<Answer> {
  const headers = {
    'content-type': 'application/json; charset=utf-8',
    'x-upload-content-type': 'application/octet-stream',
    'x-upload-content-length': String(source.size),
  };
  const body = JSON.stringify({ name: key, md5Hash: await source.md5() });
  const begun = await sender.send({ method: 'POST', url: start, headers, body, signal });
  if (begun.status < 200 || begun.status >= 300) return begun;
  const session = sessionOf(asked, start, begun);
  try {
    return await sendParts(sender, asked, session, source, signal);
  } catch (error) {
    await sender.send({ method: 'DELETE', url: session, signal: undefined }).catch(() => {});
    throw unsureOf(error);
  }
}

/** The URL of the upload holds the right to write: it is no other host's. */
function sessionOf(asked: Asked, start: URL, { headers }: Answer): URL {
  const location = headers.get('location') ?? '';
  if (URL.canParse(location, start.href)) {
    const session = new URL(location, start);
    if (session.origin === start.origin) return session;
  }
  const message = `cannot write ${asked.key} to ${asked.bucket}: ${asked.store} at ${asked.host} names another host for the upload`;
  throw new CheckpointError('ERR_CKPT_REDIRECT', message);
}

async function sendParts(sender: Sender, asked: Asked, session: URL, source: UploadFile, signal: AbortSignal | undefined): Promise<Answer> {
  let at = 0;
  for (;;) {
    const end = Math.min(at + source.partBytes, source.size);
    const isLast = end === source.size;
    const put: Ask = {
      method: 'PUT',
      url: session,
      headers: { 'content-range': `bytes ${at}-${end - 1}/${source.size}` },
      body: source.range(at, end),
      signal,
      ...(isLast && { isCommit: true, isWhole: isJson }),
    };
    const answer = await sender.send(put);
    if (answer.status !== 308) {
      if (!isLast && answer.status >= 200 && answer.status < 300) throw refusal(asked, { ...answer, status: 400 });
      if (answer.status === 404 || answer.status === 410) {
        // An upload that has ended is known for a while, and then no more.
        const ended = refusal(asked, { ...answer, status: 400 });
        throw answer.isDoubtful ? new Unsure(ended) : ended;
      }
      source.sent(end - at);
      return answer;
    }
    // It may have kept less than it was sent.
    const kept = Number(/^bytes=0-(\d+)$/.exec(answer.headers.get('range') ?? '')?.[1] ?? -1) + 1;
    if (kept <= at || kept >= source.size) throw stalled(asked);
    source.sent(kept - at);
    at = kept;
  }
}

function stalled({ key, bucket, store, host }: Asked): CheckpointError {
  return new CheckpointError('ERR_CKPT_NETWORK', `cannot write ${key} to ${bucket}: ${store} at ${host} keeps nothing of what it is sent`);
}
