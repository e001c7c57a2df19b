import { CheckpointError, isCheckpointError } from '../base/errors.js';
import { throwIfAborted } from '../base/halt.js';
import type { Answer, Sender } from './sender.js';

/** The bytes of an object that a body is to give. */
interface BodyPlan {
  /** Where it begins and ends. */
  start: number;
  end: number;
  /** Asks for the bytes from a place on, of the same state of the object. */
  again: (start: number) => Promise<Answer>;
  /** For messages. */
  what: string;
  signal: AbortSignal | undefined;
}

/**
 * The bytes of an object, from an answer that has begun. Where the connection breaks off, or the answer has too few bytes, the rest is
 * asked for again. @throws `ERR_CKPT_NETWORK` when that fails too often; `ERR_CKPT_CHANGED` when the object is another by then
 */
export async function* objectBody(
  sender: Pick<Sender, 'isRetried'>,
  first: Answer,
  plan: BodyPlan,
): AsyncGenerator<Uint8Array, void, undefined> {
  let at = plan.start;
  let answer = first;
  for (let tries = 1; ; tries++) {
    const before = at;
    let why = 'the answer ended too soon';
    const { body, guard } = answer.stream as NonNullable<Answer['stream']>;
    try {
      if (body !== null) {
        for await (const piece of body) {
          guard.touch();
          if (at + piece.length > plan.end) throw tooLong(plan);
          at += piece.length;
          yield piece;
        }
      }
    } catch (error) {
      throwIfAborted(plan.signal);
      if (isCheckpointError(error)) throw error;
      why = guard.isLate ? 'nothing came for too long' : 'the connection broke off';
    } finally {
      // Also for a caller that stops early.
      if (at === plan.end) guard.end();
      else guard.stop();
    }
    if (at === plan.end) return;
    // As long as something comes, it goes on.
    if (at > before) tries = 1;
    if (!(await sender.isRetried(tries, plan.signal))) {
      throw new CheckpointError('ERR_CKPT_NETWORK', `cannot read ${plan.what}: ${why}, at byte ${at} of ${plan.end}, again and again`);
    }
    answer = await plan.again(at);
  }
}

function tooLong({ what, end }: BodyPlan): CheckpointError {
  return new CheckpointError('ERR_CKPT_BUCKET_ANSWER', `cannot read ${what}: the store sent more than the ${end} bytes that it spoke of`);
}
