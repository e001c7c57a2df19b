import type { FileHandle } from 'node:fs/promises';
import { writeAll } from '../../../base/commit/write-all.js';
import { CheckpointError } from '../../../base/errors.js';
import type { Row } from '../../../base/rows.js';
import type { Attachment } from '../../../store/store.js';
import { textOf } from '../../../base/value/extended-json.js';
import { JsonTree } from '../../../base/value/json-tree.js';
import { ATTACHMENT_END, ATTACHMENT_HEAD, attachmentTexts } from './attachment.js';
import type { EnvelopeHeader } from './form.js';
import type { RowsForm } from './form.js';
import { MAX_ROW_BYTES } from './row-text.js';

/**
 * How many bytes are gathered before they are written. At some 100 MB/s of JSON.stringify that is 5 ms without a turn of the event
 * loop, and large enough that the calls to the system do not count.
 */
export const PIECE_BYTES = 1 << 19;

/** The least that a row may find free: most fit, the others are written on their own. */
const SLACK = 1 << 16;

/** The JSON text of a row, which is the `index`th. */
export type TextOfRow = (row: Row, index: number) => string;

/**
 * Writes rows into a new file, one a line, without a header or, when that cannot say everything, with one.
 *
 * Whether rows need escapes, and so a header, is known only when the last one is seen, and they may come from an iterator that
 * runs but once. So a file without one is begun, and when the first row with an escape comes after bytes were written, these are moved up
 * in the file to make place for the header: a copy in pieces inside the temporary, once, in a rare case.
 */
export class RowsWriter {
  rows = 0;
  readonly #handle: FileHandle;
  readonly #form: RowsForm;
  readonly #header: EnvelopeHeader;
  readonly #tree = new JsonTree();
  readonly #pieceBytes: number;
  readonly #text: TextOfRow;
  readonly #attachment: Attachment | undefined;
  readonly #first: Buffer;
  readonly #next: Buffer;
  /** No header so far. */
  #isBare: boolean;
  /** The first row would be taken for a header. */
  #misleads = false;
  /** Bytes of the file before the first row. */
  #headBytes: number;
  /** The piece that is being filled, and the one that may be on its way to the file. */
  #piece: Buffer;
  #spare: Buffer;
  #filled = 0;
  /** Texts that did not fit the piece, and what was in it before them. */
  readonly #large: Buffer[] = [];
  /** Where in the file the piece will stand. */
  #position: number;
  #writing: Promise<void> = Promise.resolve();

  /** `text`: how a row becomes JSON, where another program shall read it. `attachment`: what stands behind the rows. */
  constructor(
    handle: FileHandle,
    form: RowsForm,
    header: Pick<EnvelopeHeader, 'hash' | 'metadata'>,
    {
      text,
      attachment,
      pieceBytes = PIECE_BYTES,
    }: { text?: TextOfRow | undefined; attachment?: Attachment | undefined; pieceBytes?: number } = {},
  ) {
    this.#attachment = attachment;
    this.#handle = handle;
    this.#form = form;
    this.#first = Buffer.from(form.first);
    this.#next = Buffer.from(form.next);
    this.#text = text ?? ((row, index) => textOf(this.#tree, row, { row: index, path: '' }));
    this.#header = { rows: 0, escapes: false, ...header };
    this.#pieceBytes = pieceBytes;
    this.#piece = Buffer.allocUnsafeSlow(pieceBytes + SLACK);
    this.#spare = Buffer.allocUnsafeSlow(pieceBytes + SLACK);
    this.#isBare = header.hash === null && Object.keys(header.metadata).length === 0 && attachment === undefined;
    this.#headBytes = Buffer.byteLength(this.#isBare ? form.bare : form.head(this.#header));
    this.#position = this.#headBytes;
  }

  /** Adds a row. True when a piece is full: then {@link flush} before the next. @throws what encoding a value throws */
  add(row: Row): boolean {
    const text = this.#text(row, this.rows);
    if (text.length * 3 > MAX_ROW_BYTES) checkSize(text, this.rows);
    if (this.rows === 0) this.#misleads = this.#form.isLikeHeader?.(text) === true;
    const before = this.rows++ === 0 ? this.#first : this.#next;
    // Bytes of the slack: a call for them per row would cost a tenth of the save.
    for (let index = 0; index < before.length; index++) this.#piece[this.#filled++] = before[index] as number;
    this.#put(text);
    return this.#filled >= this.#pieceBytes || this.#large.length > 0;
  }

  /** Hands the piece to the file. Resolves when the next may be filled: this one may still be on its way. */
  async flush(): Promise<void> {
    if (this.#isBare && this.#needsHeader) await this.#widen();
    const parts = [...this.#large, this.#piece.subarray(0, this.#filled)];
    this.#large.length = 0;
    await this.#writing;
    const start = this.#position;
    for (const part of parts) this.#position += part.length;
    this.#writing = this.#writeAll(parts, start);
    // Whoever awaits it next gets the failure; until then it must not count as unhandled.
    this.#writing.catch(() => {});
    [this.#piece, this.#spare] = [this.#spare, this.#piece];
    this.#filled = 0;
  }

  /** Writes what is left and the head. Returns the size of the file. */
  async end(): Promise<number> {
    const isBare = this.#isBare && !this.#needsHeader;
    if (this.#attachment === undefined) this.#put(this.#form.end(isBare, this.rows));
    else await this.#attach(this.#attachment);
    if (!isBare) await this.#fitHead();
    const { bare, head } = this.#form;
    const first = Buffer.from(isBare ? bare : head({ ...this.#header, rows: this.rows, escapes: this.#tree.escaped }));
    if (this.#position === this.#headBytes && this.#large.length === 0) {
      // All of a small file is one call of the system.
      const whole = Buffer.concat([first, this.#piece.subarray(0, this.#filled)]);
      await this.#writeAll([whole], 0);
      return whole.length;
    }
    await this.flush();
    await this.#writing;
    await this.#writeAll([first], 0);
    return this.#position;
  }

  async #attach(attachment: Attachment): Promise<void> {
    this.#put(this.#form.end(true, this.rows).trimEnd() + ATTACHMENT_HEAD);
    for await (const text of attachmentTexts(attachment())) {
      this.#put(text);
      if (this.#filled >= this.#pieceBytes || this.#large.length > 0) await this.flush();
    }
    this.#put(ATTACHMENT_END);
  }

  get #needsHeader(): boolean {
    return this.#tree.escaped || this.#misleads;
  }

  #put(text: string): void {
    // Three bytes a UTF-16 unit is the most there can be.
    if (text.length * 3 <= this.#piece.length - this.#filled) {
      this.#filled += this.#piece.write(text, this.#filled);
      return;
    }
    this.#large.push(Buffer.from(this.#piece.subarray(0, this.#filled)), Buffer.from(text));
    this.#filled = 0;
  }

  async #writeAll(parts: readonly Buffer[], start: number): Promise<void> {
    let position = start;
    for (const part of parts) {
      await writeAll(this.#handle, part, position);
      position += part.length;
    }
  }

  /** The header may say more than it did when the first row was written. */
  async #fitHead(): Promise<void> {
    const headBytes = Buffer.byteLength(this.#form.head(this.#header));
    if (headBytes === this.#headBytes || this.#isBare) return;
    if (this.#position === this.#headBytes) this.#position = this.#headBytes = headBytes;
    else await this.#widen();
  }

  /** Moves the rows that are in the file up, from the last to the first, to make place for a header. */
  async #widen(): Promise<void> {
    await this.#writing;
    const headBytes = Buffer.byteLength(this.#form.head(this.#header));
    const shift = headBytes - this.#headBytes;
    for (let end = this.#position; end > this.#headBytes;) {
      const start = Math.max(this.#headBytes, end - this.#spare.length);
      for (let at = start; at < end;) {
        const { bytesRead } = await this.#handle.read(this.#spare, at - start, end - at, at);
        if (bytesRead === 0) throw new Error('the temporary file was cut short while it was written');
        at += bytesRead;
      }
      await this.#writeAll([this.#spare.subarray(0, end - start)], start + shift);
      end = start;
    }
    this.#isBare = false;
    this.#headBytes = headBytes;
    this.#position += shift;
  }
}

/** Refuses a row that no load could hold in a string. */
function checkSize(text: string, row: number): void {
  const bytes = Buffer.byteLength(text);
  if (bytes <= MAX_ROW_BYTES) return;
  const message = `row ${row} is ${bytes} bytes of text, and a row of such a file can have ${MAX_ROW_BYTES}: no load could give it back; split it into several rows`;
  throw new CheckpointError('ERR_CKPT_LIMIT', message, { row });
}
