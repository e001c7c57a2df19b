/**
 * The layout of what crosses between JavaScript and the core. The numbers and their meaning are those of
 * crates/arrow-ckpt/src/layout.rs, which documents them; a test compares the two files.
 */
export const RECORD_PLAN = 1;
export const RECORD_ROWS = 2;

export const FLAG_VALIDITY = 1;
export const FLAG_UTF16 = 2;
export const FLAG_DICT = 4;
export const FLAG_MAP = 8;
export const MAP_WHOLE = 2_147_483_648;

export const NODE_WORDS = 10;

export const FORM_STRUCT = 0;
export const FORM_LIST = 1;
export const FORM_NULL = 2;
export const FORM_F64 = 3;
export const FORM_BOOL = 4;
export const FORM_TEXT = 5;
export const FORM_DICT = 6;
export const FORM_I64 = 7;
export const FORM_U64 = 8;
export const FORM_BYTES = 9;
export const FORM_DATE = 10;
export const FORM_TIMESTAMP = 11;
export const FORM_F32 = 12;
export const FORM_FAR_TIMESTAMP = 13;

/** The next multiple of 8. */
export function align8(n: number): number {
  // Not by bits: these are of 32 bits, and a large row may have more bytes than that can count.
  return Math.ceil(n / 8) * 8;
}
