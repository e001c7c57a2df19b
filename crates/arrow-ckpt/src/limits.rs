//! Every cap on what a file may ask of us, in one place. A file beyond a cap is refused with `ErrorCode::Limit` before memory is taken.

/// Bytes of a Parquet footer.
pub const MAX_FOOTER_BYTES: u64 = 256 << 20;
/// Nodes of a schema: columns, structs, lists and leaves together.
pub const MAX_SCHEMA_NODES: usize = 100_000;
/// Depth of a schema.
pub const MAX_SCHEMA_DEPTH: usize = 256;
/// Rows of a file: what a JavaScript array can index.
pub const MAX_ROWS: i64 = u32::MAX as i64 - 1;
/// Bytes that one block of rows may take in an arena. V8 strings end at 2^29-24 units, and typed arrays are bounded too.
pub const MAX_BLOCK_BYTES: usize = 1 << 30;
/// Row groups of a file.
pub const MAX_ROW_GROUPS: usize = 1 << 20;
/// Column chunks of a file: row groups times leaf columns.
pub const MAX_CHUNKS: usize = 2_000_000;
/// Bytes that one page may inflate to.
pub const MAX_PAGE_BYTES: i64 = 1 << 30;
/// How much more than its compressed bytes a column chunk may inflate to, once it inflates beyond [`MAX_PAGE_BYTES`].
pub const MAX_CHUNK_RATIO: i64 = 10_000;
/// Values of one page, nulls and empty lists counted.
pub const MAX_PAGE_VALUES: i32 = 1 << 28;
