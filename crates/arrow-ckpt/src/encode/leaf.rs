//! The writer of one leaf, and the column chunk that comes of it.

use bytes::Bytes;
use parquet::arrow::arrow_writer::ArrowColumnWriter;
use parquet::basic::Compression;
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::schema::types::ColumnPath;

use super::bounds::chunk_statistics;
use super::leaf_pages::{LeafPages, PendingPage};
use super::pack::PackedPage;
use super::pages::{EncodedPages, WrittenPages};
use crate::error::{CkptError, Result};

/// One column chunk.
#[derive(Debug, Clone)]
pub struct EncodedLeaf {
    /// Offsets count from the start of the column's bytes.
    pub metadata: ColumnChunkMetaData,
    /// CRC32C of the chunk's bytes.
    pub crc: u32,
    /// Its pages.
    pub pages: EncodedPages,
    /// Its bloom filter, if it has one.
    pub bloom: Option<EncodedBloom>,
}

/// A chunk's bloom filter.
#[derive(Debug, Clone)]
pub struct EncodedBloom {
    /// Header and bits; empty once they are in the file.
    pub bytes: Vec<u8>,
    /// How many they are.
    pub length: usize,
    /// CRC32C of the bytes.
    pub crc: u32,
    /// Where in the file they are, once they are.
    pub offset: Option<u64>,
}

impl EncodedBloom {
    /// Header and bits.
    pub fn new(bytes: Vec<u8>) -> Self {
        let (length, crc) = (bytes.len(), crc32c::crc32c(&bytes));
        Self { bytes, length, crc, offset: None }
    }
}

/// The writer of one leaf.
pub struct LeafWriter {
    /// The leaf's path, by its parts: keys may have dots.
    pub path: ColumnPath,
    /// Makes its pages.
    pub writer: ArrowColumnWriter,
    /// Where they go.
    pub pages: LeafPages,
}

impl LeafWriter {
    /// No more values come.
    pub fn close(self) -> Result<PendingLeaf> {
        let mut chunk = self.writer.close().map_err(CkptError::internal)?;
        let bloom = chunk.close_mut().bloom_filter.take().map(|bloom| encode_bloom(&bloom)).transpose()?;
        let close = chunk.close();
        let locations = close.offset_index.as_ref().map(|index| index.page_locations().clone());
        let locations = locations.unwrap_or_default();
        let written = WrittenPages::new(close.rows_written, locations, close.column_index.as_ref())?;
        PendingLeaf::new(close.metadata.clone(), written, bloom, &self.pages)
    }
}

/// A column chunk whose pages may still be with the pool.
pub struct PendingLeaf {
    metadata: ColumnChunkMetaData,
    written: WrittenPages,
    bloom: Option<EncodedBloom>,
    codec: Compression,
    pages: Vec<PendingPage>,
}

impl PendingLeaf {
    /// A chunk whose writer is closed.
    pub fn new(
        metadata: ColumnChunkMetaData,
        written: WrittenPages,
        bloom: Option<EncodedBloom>,
        pages: &LeafPages,
    ) -> Result<Self> {
        let (codec, pages) = pages.take()?;
        Ok(Self { metadata, written, bloom, codec, pages })
    }

    /// Waits for the pages.
    pub fn wait(self) -> Result<PackedLeaf> {
        let mut packed = self.pages.into_iter().map(PendingPage::wait).collect::<Result<Vec<_>>>()?;
        // The writer knows its dictionary last, and in the file it is first.
        packed.sort_by_key(|page| !page.is_dictionary);
        let written = self.written.without_empty(&mut packed);
        Ok(PackedLeaf { metadata: self.metadata, written, bloom: self.bloom, codec: self.codec, packed })
    }
}

/// A column chunk whose pages are there.
pub struct PackedLeaf {
    metadata: ColumnChunkMetaData,
    written: WrittenPages,
    bloom: Option<EncodedBloom>,
    codec: Compression,
    packed: Vec<PackedPage>,
}

impl PackedLeaf {
    /// Bytes of its pages.
    pub fn bytes(&self) -> u64 {
        self.packed.iter().map(|page| page.bytes.len() as u64).sum()
    }

    /// Gives the chunk, which begins `start` bytes behind the start of its column, and its bytes.
    pub fn settle(self, start: u64) -> Result<(EncodedLeaf, Vec<Bytes>)> {
        let packed = self.packed;
        let (pages, crc) = self.written.place(&packed, start)?;
        let metadata = placed(self.metadata, self.codec, &packed, start)?;
        let leaf = EncodedLeaf { metadata, crc, pages, bloom: self.bloom };
        Ok((leaf, packed.into_iter().map(|page| page.bytes).collect()))
    }
}

/// The metadata of a chunk of these pages, with statistics that every reader takes right.
fn placed(
    chunk: ColumnChunkMetaData,
    codec: Compression,
    pages: &[PackedPage],
    start: u64,
) -> Result<ColumnChunkMetaData> {
    let dictionary = pages.first().filter(|page| page.is_dictionary).map(|page| page.bytes.len());
    let statistics = chunk.statistics().map(chunk_statistics);
    let mut builder = chunk
        .into_builder()
        .set_compression_codec(codec.into())
        .set_total_compressed_size(pages.iter().map(|page| page.bytes.len() as i64).sum())
        .set_total_uncompressed_size(pages.iter().map(|page| page.uncompressed as i64).sum())
        .set_dictionary_page_offset(dictionary.map(|_| start as i64))
        .set_data_page_offset(start as i64 + dictionary.unwrap_or(0) as i64);
    if let Some(statistics) = statistics {
        builder = builder.set_statistics(statistics);
    }
    builder.build().map_err(CkptError::internal)
}

fn encode_bloom(filter: &Sbbf) -> Result<EncodedBloom> {
    let mut bytes = Vec::new();
    filter.write(&mut bytes).map_err(CkptError::internal)?;
    Ok(EncodedBloom::new(bytes))
}
