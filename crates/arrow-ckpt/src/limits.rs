//! Every cap on what a file may ask of us, in one place. A file beyond a cap is refused with `ErrorCode::Limit` before memory is taken.

use serde::Deserialize;

/// Bytes of a Parquet footer.
pub const MAX_FOOTER_BYTES: u64 = 256 << 20;
/// Bytes of all page indexes and page checksums; the writer leaves them out where there would be more.
pub const MAX_INDEX_BYTES: usize = 256 << 20;
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
/// How much more than its compressed bytes a column chunk may inflate to, once it inflates beyond [`Limits::page_bytes`].
pub const MAX_CHUNK_RATIO: i64 = 10_000;
/// Values of one page, nulls and empty lists counted.
pub const MAX_PAGE_VALUES: i32 = 1 << 28;

/// Bytes of one decimal that is stored as bytes of any number.
pub const MAX_DECIMAL_BYTES: usize = 1024;

/// The caps that a caller may tighten for files of strangers. The defaults are the most that this crate bears: a larger number counts as
/// that.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", default, deny_unknown_fields)]
pub struct Limits {
    /// Bytes of the footer. Default and maximum: [`MAX_FOOTER_BYTES`].
    pub footer_bytes: u64,
    /// Row groups. Default and maximum: [`MAX_ROW_GROUPS`].
    pub row_groups: u64,
    /// Nodes of the schema: columns, structs, lists and leaves together, without the root. Default and maximum: [`MAX_SCHEMA_NODES`].
    pub columns: u64,
    /// Depth of the schema. Default and maximum: [`MAX_SCHEMA_DEPTH`].
    pub depth: u64,
    /// Bytes that one page may inflate to. Default and maximum: [`MAX_PAGE_BYTES`].
    pub page_bytes: u64,
    /// Bytes that all column chunks together may inflate to, and that the blocks of one scan may take. Default: no such cap, for a stream
    /// of any length is read in bounded memory.
    pub decoded_bytes: u64,
    /// How much more than its compressed bytes a column chunk may inflate to, once it inflates beyond `page_bytes`. Default and maximum:
    /// [`MAX_CHUNK_RATIO`].
    pub ratio: u64,
    /// Bytes of one text or bytes value, as stored. Default and maximum: [`MAX_BLOCK_BYTES`].
    pub string_bytes: u64,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            footer_bytes: MAX_FOOTER_BYTES,
            row_groups: MAX_ROW_GROUPS as u64,
            columns: MAX_SCHEMA_NODES as u64,
            depth: MAX_SCHEMA_DEPTH as u64,
            page_bytes: MAX_PAGE_BYTES.unsigned_abs(),
            decoded_bytes: u64::MAX,
            ratio: MAX_CHUNK_RATIO.unsigned_abs(),
            string_bytes: MAX_BLOCK_BYTES as u64,
        }
    }
}

impl Limits {
    /// These, none above what the crate bears.
    #[must_use]
    pub fn bounded(self) -> Self {
        let most = Self::default();
        Self {
            footer_bytes: self.footer_bytes.min(most.footer_bytes),
            row_groups: self.row_groups.min(most.row_groups),
            columns: self.columns.min(most.columns),
            depth: self.depth.min(most.depth),
            page_bytes: self.page_bytes.min(most.page_bytes),
            decoded_bytes: self.decoded_bytes,
            ratio: self.ratio.min(most.ratio),
            string_bytes: self.string_bytes.min(most.string_bytes),
        }
    }
}

/// Files that a thin checkpoint may refer to.
pub const MAX_HOLDERS: usize = 64;
/// Bytes of a file's digests. Of files with more, nobody refers to values.
pub const MAX_DIGEST_BYTES: u64 = 256 << 20;
/// Bytes of the JSON that names these files, and of that which says what is where.
pub const MAX_REFERENCE_BYTES: usize = 16 << 20;
/// Rows of a row group in such a file.
pub const MAX_HOLDER_GROUP_ROWS: usize = 1 << 28;
