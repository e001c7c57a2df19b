//! One page of a column chunk, from where it lies in the file to what parquet-rs decodes: read, compared with its checksum, looked at,
//! inflated. Whatever is wrong on the way, a panic too, is an error.

use std::io::Cursor;
use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Compression;
use parquet::column::page::{Page, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use super::buffers::Buffers;
use super::delta::check_lengths;
use super::faults::corrupt;
use super::file::CheckpointFile;
use super::guard::{guarded, parquet_error};
use super::inflate::inflate;
use super::pages::{Extent, PageFound, PageKind, check_pages};
use crate::error::Result;

/// The bytes of a page, header included, which was checked.
#[derive(Clone)]
pub(super) struct RawPage {
    pub bytes: Bytes,
    pub found: PageFound,
}

/// A page that is to be opened.
#[derive(Clone)]
pub(super) enum Place {
    /// Where in the file, with its checksum.
    At {
        start: u64,
        length: usize,
        crc: u32,
    },
    Read(RawPage),
}

/// What the pages of a chunk have in common.
pub(super) struct PageOpener {
    file: Arc<CheckpointFile>,
    /// Which chunk: its row group and its leaf.
    at: (usize, usize),
    /// For the page reader, which gets one page at a time as if it were the chunk.
    alone: ColumnChunkMetaData,
    is_zstd: bool,
    buffers: Arc<Buffers>,
}

impl PageOpener {
    pub fn new(file: &Arc<CheckpointFile>, at: (usize, usize), buffers: &Arc<Buffers>) -> Result<Self> {
        let chunk = file.metadata.row_group(at.0).column(at.1);
        let is_zstd = matches!(chunk.compression(), Compression::ZSTD(_));
        // What is in zstd is inflated here.
        let codec = if is_zstd { Compression::UNCOMPRESSED } else { chunk.compression() };
        let alone = chunk.clone().into_builder().set_dictionary_page_offset(None).set_data_page_offset(0);
        let alone = alone.set_total_compressed_size(i64::from(i32::MAX)).set_compression(codec).build();
        let alone = alone.map_err(|error| parquet_error(&error))?;
        Ok(Self { file: Arc::clone(file), at, alone, is_zstd, buffers: Arc::clone(buffers) })
    }

    /// The chunk as in the file.
    fn chunk(&self) -> &ColumnChunkMetaData {
        self.file.metadata.row_group(self.at.0).column(self.at.1)
    }

    /// The bytes of a page.
    pub fn read(&self, place: Place) -> Result<RawPage> {
        let (start, length, crc) = match place {
            Place::Read(raw) => return Ok(raw),
            Place::At { start, length, crc } => (start, length, crc),
        };
        let bytes = self.file.source.read_into(start, length, &self.buffers)?;
        if self.file.chunk_crcs.is_some() && crc32c::crc32c(&bytes) != crc {
            return Err(corrupt("a page does not match its checksum"));
        }
        let most = self.file.limits.page_bytes;
        let pages = check_pages(&bytes, self.chunk(), Extent::Exact, most, self.file.verify)?;
        match pages.found[..] {
            [found] if found.end == length && found.kind != PageKind::Other => Ok(RawPage { bytes, found }),
            _ => Err(corrupt("a page is not where the page index has it")),
        }
    }

    /// What parquet-rs decodes.
    pub fn open(&self, raw: RawPage) -> Result<Page> {
        guarded(|| self.inflated(raw).map_err(|error| parquet_error(&error)))
    }

    fn inflated(&self, RawPage { bytes, found }: RawPage) -> ParquetResult<Page> {
        let mut reader = SerializedPageReader::new(Arc::new(Alone(bytes)), &self.alone, 0, None)?;
        let page = reader.get_next_page()?;
        let mut page = page.ok_or_else(|| ParquetError::General("a page is empty".to_owned()))?;
        if self.is_zstd {
            inflate(&mut page, found.inflated, &self.buffers)?;
        }
        check_lengths(&page, self.chunk().column_descr())?;
        Ok(page)
    }
}

/// A page as a file of its own.
struct Alone(Bytes);

impl Length for Alone {
    fn len(&self) -> u64 {
        self.0.len() as u64
    }
}

impl ChunkReader for Alone {
    type T = Cursor<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        let rest = self.get_bytes(start, self.0.len().saturating_sub(start as usize))?;
        Ok(Cursor::new(rest))
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        let outside = || ParquetError::EOF("a page lies outside of its column".to_owned());
        let from = usize::try_from(start).map_err(|_| outside())?;
        let to = from.checked_add(length).filter(|to| *to <= self.0.len()).ok_or_else(outside)?;
        Ok(self.0.slice(from..to))
    }
}
