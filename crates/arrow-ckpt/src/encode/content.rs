//! Pages that end where the values say so. Stores that cut files by content (restic, borg, Hugging Face's Xet) keep a stretch of bytes once
//! that several files have. Pages of so many bytes have other values from the first row on that was put in or taken out, pages that end by
//! content come into step again after a page or two.
//!
//! The rule is that of parquet-rs, which is that of Arrow C++ (apache/arrow#45360): a gear hash rolls over the levels and values of a leaf,
//! as in `FastCDC` (Xia et al., USENIX ATC 2016), and a page ends after at least [`SMALLEST_PAGE`] bytes where the hash has matched a mask
//! eight times, each time with another table. parquet-rs has it only in its `ArrowWriter`: here that writes the leaves of one column of
//! one row group to nowhere, while the pages go to the pool as always.

use std::io::{Result as IoResult, Write};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use arrow_array::{ArrayRef, RecordBatch};
use arrow_schema::{Field, Schema};
use parquet::arrow::arrow_writer::{ArrowWriter, ArrowWriterOptions};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{CdcOptions, WriterProperties};
use parquet::schema::types::{ColumnPath, SchemaDescriptor};

use super::leaf::{EncodedBloom, PendingLeaf};
use super::leaf_pages::{LeafPages, LeafStores};
use super::options::MAX_ROW_GROUP_BYTES;
use super::pages::WrittenPages;
use super::plan::PlanNode;
use crate::error::{CkptError, Result};

/// Bytes of a page, before its codec, at least: those of a row group's last page aside.
const SMALLEST_PAGE: usize = 64 << 10;
/// And at most, but for one value.
const LARGEST_PAGE: usize = 256 << 10;
/// Bytes before the first page of a file.
const MAGIC_BYTES: u64 = 4;

/// How the pages of a leaf are cut.
pub const CHUNKING: CdcOptions =
    CdcOptions { min_chunk_size: SMALLEST_PAGE, max_chunk_size: LARGEST_PAGE, norm_level: 0 };
/// A row group ends behind the next row that may be its last once it has so many bytes.
pub const CONTENT_GROUP_BYTES: usize = MAX_ROW_GROUP_BYTES / 3 * 2;
/// Rows of a page at most: the content counts.
pub const CONTENT_PAGE_ROWS: usize = 1 << 30;

/// The writer of some leaves of a column of one row group.
pub struct ContentWriter {
    writer: ArrowWriter<Tail>,
    paths: Vec<ColumnPath>,
    pages: Vec<LeafPages>,
}

impl ContentWriter {
    /// `schema` has one column as its arrays are, and `leaves` as the file has it.
    pub fn new(
        schema: Schema,
        leaves: &SchemaDescriptor,
        properties: WriterProperties,
        pages: Vec<LeafPages>,
    ) -> Result<Self> {
        let stores = LeafStores::new(pages.clone());
        let tail = Tail { page_bytes: stores.bytes.clone(), seen: 0, kept: Vec::new() };
        let options = ArrowWriterOptions::new()
            .with_properties(properties)
            .with_parquet_schema(leaves.clone())
            .with_skip_arrow_metadata(true)
            .with_page_store_factory(Arc::new(stores));
        let writer = ArrowWriter::try_new_with_options(tail, Arc::new(schema), options);
        let paths = leaves.columns().iter().map(|leaf| leaf.path().clone()).collect();
        Ok(Self { writer: writer.map_err(CkptError::internal)?, paths, pages })
    }

    /// Takes in the values of the next rows.
    pub fn write(&mut self, node: &PlanNode, array: &ArrayRef) -> Result<()> {
        let schema = Schema::new(vec![Field::new(&node.name, array.data_type().clone(), true)]);
        let batch = RecordBatch::try_new(Arc::new(schema), vec![array.clone()]);
        self.writer.write(&batch.map_err(CkptError::internal)?).map_err(CkptError::internal)
    }

    /// No more values come.
    pub fn close(mut self) -> Result<Vec<(ColumnPath, PendingLeaf)>> {
        let metadata = self.writer.finish().map_err(CkptError::internal)?;
        let tail = self.writer.inner();
        let [group] = metadata.row_groups() else {
            return Err(CkptError::internal("pages by content without a row group"));
        };
        let rows = group.num_rows() as u64;
        let mut leaves = Vec::with_capacity(self.pages.len());
        for (at, ((path, pages), chunk)) in
            self.paths.into_iter().zip(self.pages).zip(group.columns()).enumerate()
        {
            let index = metadata.page_index();
            let locations = index.and_then(|index| index.offset_index(0, at));
            let bounds = index.and_then(|index| index.column_index(0, at));
            let locations = locations.map(|index| index.page_locations().clone()).unwrap_or_default();
            let written = WrittenPages::new(rows, locations, bounds)?;
            let bloom = bloom_of(chunk, tail)?;
            leaves.push((path, PendingLeaf::new(chunk.clone(), written, bloom, &pages)?));
        }
        Ok(leaves)
    }
}

fn bloom_of(chunk: &ColumnChunkMetaData, tail: &Tail) -> Result<Option<EncodedBloom>> {
    let Some((offset, length)) = chunk.bloom_filter_offset().zip(chunk.bloom_filter_length()) else {
        return Ok(None);
    };
    let lost = || CkptError::internal("a bloom filter is not behind the pages");
    let from = (offset as u64).checked_sub(tail.start()).ok_or_else(lost)? as usize;
    let bytes = tail.kept.get(from..from + length as usize).ok_or_else(lost)?;
    Ok(Some(EncodedBloom::new(bytes.to_vec())))
}

/// Keeps what is written behind the pages: bloom filters and a footer.
struct Tail {
    page_bytes: Arc<AtomicU64>,
    seen: u64,
    kept: Vec<u8>,
}

impl Tail {
    /// Where that begins. All pages are made before the first of them is written.
    fn start(&self) -> u64 {
        MAGIC_BYTES + self.page_bytes.load(Ordering::Relaxed)
    }
}

impl Write for Tail {
    fn write(&mut self, bytes: &[u8]) -> IoResult<usize> {
        let skipped = self.start().saturating_sub(self.seen).min(bytes.len() as u64);
        self.kept.extend_from_slice(&bytes[skipped as usize..]);
        self.seen += bytes.len() as u64;
        Ok(bytes.len())
    }

    fn flush(&mut self) -> IoResult<()> {
        Ok(())
    }
}
