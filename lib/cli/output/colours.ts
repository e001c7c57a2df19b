import type { WriteStream } from 'node:tty';
import pc from 'picocolors';

export type Colours = ReturnType<typeof pc.createColors>;

/**
 * The colours of one stream. NO_COLOR (any text) turns them off, FORCE_COLOR (any but `0`) on; else they are on where the stream is a
 * terminal that has some. picocolors by itself looks at stdout only, and at CI.
 */
export function coloursOf(stream: Pick<WriteStream, 'isTTY'>, env: NodeJS.ProcessEnv = process.env): Colours {
  return pc.createColors(hasColours(stream, env));
}

function hasColours({ isTTY }: Pick<WriteStream, 'isTTY'>, { NO_COLOR, FORCE_COLOR, TERM }: NodeJS.ProcessEnv): boolean {
  if (NO_COLOR !== undefined && NO_COLOR !== '') return false;
  if (FORCE_COLOR !== undefined && FORCE_COLOR !== '') return FORCE_COLOR !== '0' && FORCE_COLOR !== 'false';
  // Undefined where it is no terminal.
  return isTTY === true && TERM !== 'dumb';
}
