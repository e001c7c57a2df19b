import { CHUNK_BYTES, isSpace, type FileWindow } from '../json/window.js';

export const NEWLINE = 0x0a;

/** Whole lines, as a part of the window's bytes, until the window reads on. The line end of the last one is behind `to`. */
export interface Lines {
  from: number;
  to: number;
  /** The file ends there, without a line end. */
  isOpen: boolean;
}

/** The next whole lines, about {@link CHUNK_BYTES} of them or one; they are passed. Undefined at the end of the file. */
export async function nextLines(window: FileWindow): Promise<Lines | undefined> {
  for (;;) {
    const { start, end } = window;
    const bytes = window.bytes.subarray(0, end);
    let stop = bytes.lastIndexOf(NEWLINE, Math.min(end, start + CHUNK_BYTES) - 1);
    if (stop < start) stop = bytes.indexOf(NEWLINE, start + CHUNK_BYTES);
    if (stop >= start) return passed(window, stop);
    if (!(await window.more())) return window.start === window.end ? undefined : passed(window, window.end);
  }
}

/** The next line; there must be one. */
export async function nextLine(window: FileWindow): Promise<Lines> {
  for (;;) {
    const stop = window.bytes.subarray(0, window.end).indexOf(NEWLINE, window.start);
    if (stop !== -1) return passed(window, stop);
    if (!(await window.more())) return passed(window, window.end);
  }
}

function passed(window: FileWindow, to: number): Lines {
  const lines = { from: window.start, to, isOpen: to === window.end };
  window.start = Math.min(to + 1, window.end);
  return lines;
}

/** The lines of lines, one by one. */
export function* eachLine(bytes: Buffer, { from, to, isOpen }: Lines): Generator<Lines, void, undefined> {
  const part = bytes.subarray(0, to);
  for (let at = from; ;) {
    const stop = part.indexOf(NEWLINE, at);
    if (stop === -1) return yield { from: at, to, isOpen };
    yield { from: at, to: stop, isOpen: false };
    at = stop + 1;
  }
}

/** Whether there is nothing but white space. */
export function isBlank(bytes: Buffer, { from, to }: Lines): boolean {
  for (let at = from; at < to; at++) if (!isSpace(bytes[at] as number)) return false;
  return true;
}
