//! The layout of what crosses between JavaScript and the core: rows as columns in one flat piece of memory.
//! `lib/columnar/layout.ts` holds the same numbers. Everything is little-endian and every section starts at a multiple of 8.
//!
//! # Slab: JavaScript to core
//!
//! A slab is a sequence of records, each `[u32 kind][u32 bytes]` and `bytes` bytes of body (a multiple of 8).
//! - [`RECORD_PLAN`]: the physical plan from here on, as JSON text padded with spaces: see `encode::plan`.
//! - [`RECORD_ROWS`]: `[u32 rows][u32 ends]` (1: a row group may end behind them), then the nodes of the plan in pre-order, each
//!   `[u32 slots][u32 flags][u32 text bytes][u32 entries]`, then, each padded to 8 bytes:
//!   validity (one byte a slot, 1 = present) if [`FLAG_VALIDITY`]; the data: doubles and dates (8 a slot), int64 (8 a slot), floats and
//!   int32 (4 a slot), bools (1 a slot), end offsets (u32 a slot: for a list in slots of its child, for text in UTF-16 units, for bytes in
//!   bytes); the text: ASCII, or UTF-16 if [`FLAG_UTF16`]; the bytes, whose number stands where that of text does.
//!   A struct has validity only. A node of type null has nothing. A text node with [`FLAG_DICT`] has as data the indices (u32 a slot) of
//!   its slots in a dictionary of `entries` texts, whose end offsets (u32 an entry) and text follow; it is of this record alone.
//!   With [`FLAG_MAP`] too, the slots are maps: their data are end offsets among the entries of all maps, which follow the text as u32: an
//!   index in the dictionary, of a key as JSON with a colon, or, with [`MAP_WHOLE`] added, of the text of the whole map. The last text of
//!   the dictionary is the JSON array of the values of those keys.
//!
//! # Arena: core to JavaScript
//!
//! One block of rows: `[u32 rows][u32 nodes]`, then [`NODE_WORDS`] words per node of the physical tree in pre-order, then the sections they
//! point to by byte offset from the start of the arena.
//!
//! | word | meaning |
//! |---|---|
//! | 0 | slots of this node in this block |
//! | 1 | form, one of `FORM_*` |
//! | 2 | offset of validity, one byte a slot, 1 = present; 0 = all present |
//! | 3 | offset of the data |
//! | 4 | offset of the text or bytes |
//! | 5 | length of the text or bytes in bytes |
//! | 6 | 0 = the text is Latin-1, 1 = it is UTF-16 |
//! | 7 | entries of a new dictionary that this block carries, 0 = none: the one before stays in force |
//! | 8 | offset of the new dictionary's end offsets, or of the nanoseconds of a timestamp |
//! | 9 | 0 |

/// A record that sets the physical plan.
pub const RECORD_PLAN: u32 = 1;
/// A record of rows.
pub const RECORD_ROWS: u32 = 2;

/// The node has a validity section.
pub const FLAG_VALIDITY: u32 = 1;
/// The text section is UTF-16 and not ASCII.
pub const FLAG_UTF16: u32 = 2;

/// The text of a text node is a dictionary and its data are indices.
pub const FLAG_DICT: u32 = 4;
/// The text of a text node is made of keys and values of maps.
pub const FLAG_MAP: u32 = 8;
/// Added to the index of a text that is a whole map.
pub const MAP_WHOLE: u32 = 2_147_483_648;

/// Words per node in an arena's directory.
pub const NODE_WORDS: usize = 10;

/// Validity only; the children follow in pre-order with as many slots.
pub const FORM_STRUCT: u32 = 0;
/// Data: u32 end offsets in slots of the one child, which follows.
pub const FORM_LIST: u32 = 1;
/// No data: every slot is null.
pub const FORM_NULL: u32 = 2;
/// Data: doubles.
pub const FORM_F64: u32 = 3;
/// Data: one byte a slot, 0 or 1.
pub const FORM_BOOL: u32 = 4;
/// Data: u32 end offsets in UTF-16 units into the text.
pub const FORM_TEXT: u32 = 5;
/// Data: u32 indices into the dictionary in force; a new dictionary is text with u32 end offsets in UTF-16 units (word 8).
pub const FORM_DICT: u32 = 6;
/// Data: int64. Used only where a value is not a safe integer.
pub const FORM_I64: u32 = 7;
/// Data: uint64. Used only where a value is not a safe integer.
pub const FORM_U64: u32 = 8;
/// Data: u32 end offsets in bytes into the bytes section.
pub const FORM_BYTES: u32 = 9;
/// Data: doubles, milliseconds since 1970 UTC.
pub const FORM_DATE: u32 = 10;
/// Data: doubles, whole milliseconds (floor) since 1970 UTC; word 8: u32 nanoseconds within that millisecond, 0 = none anywhere.
pub const FORM_TIMESTAMP: u32 = 11;

/// Data: floats.
pub const FORM_F32: u32 = 12;

/// As [`FORM_TIMESTAMP`], the milliseconds as int64. Used only where one of them is not a safe integer.
pub const FORM_FAR_TIMESTAMP: u32 = 13;

/// The next multiple of 8.
#[must_use]
pub const fn align8(n: usize) -> usize {
    (n + 7) & !7
}
