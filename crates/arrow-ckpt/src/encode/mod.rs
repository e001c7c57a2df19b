//! Slabs of rows to column chunks, row groups, a file. Knows nothing of how the file becomes durable: see [`crate::commit`].

mod attachment;
mod blob;
mod bounds;
mod builder;
mod choose;
mod chunk;
mod column;
pub(crate) mod conform;
mod content;
mod deltas;
mod footer;
mod index;
mod leaf;
mod leaf_pages;
mod looking;
mod map_text;
mod options;
mod pack;
mod pages;
mod plan;
mod record;
mod reflink;
mod sample;
mod segments;
mod sharing;
mod text;
mod together;
mod unshare;
mod utf16;
mod writer;
mod writers;

pub use options::{
    Codec, DEFAULT_BROTLI_LEVEL, DEFAULT_GZIP_LEVEL, DEFAULT_PAGE_ROWS, DEFAULT_ROW_GROUP_ROWS,
    DEFAULT_ZSTD_LEVEL, MAX_ROW_GROUP_BYTES, WriteOptions,
};
pub use plan::{PlanKind, PlanNode};
pub use writer::{CheckpointWriter, WriteSummary};
pub use writers::PageEnds;
