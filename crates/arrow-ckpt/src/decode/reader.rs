//! One column of one row group: its bytes are read once, compared with their checksum, and decoded from memory.

use std::io::Cursor;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::{ArrayRef, RecordBatchReader};
use arrow_buffer::BooleanBuffer;
use bytes::Bytes;
use parquet::arrow::FieldLevels;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowGroups, RowSelection};
use parquet::basic::Compression;
use parquet::column::page::{PageIterator, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};
use parquet::file::reader::{ChunkReader, Length};
use parquet::file::serialized_reader::SerializedPageReader;

use super::bloom;
use super::chunks::chunk_range;
use super::columns::Projected;
use super::delta::CheckedPages;
use super::faults::corrupt;
use super::file::CheckpointFile;
use super::guard::{guarded, message_error, parquet_error};
use super::inflate::Zstd;
use super::kinds::Kind;
use super::pages::{Extent, Pages, check_pages};
use super::part::Part;
use super::vectors::{self, Vectors};
use crate::error::{CkptError, ErrorCode, Result};

/// The longest that a forgotten page header can be.
const FORGOTTEN_BYTES: u64 = 100;

/// The chunks of one top-level column in one row group, in memory.
pub(super) struct LoadedColumn<'a> {
    file: &'a CheckpointFile,
    group: usize,
    column: usize,
    chunks: Vec<Chunk>,
    /// The largest dictionary whose values will be repeated for each row.
    pub dictionary_bytes: usize,
    /// The rows that were read: all of the row group, or those of the pages with wanted ones.
    rows: usize,
    /// Which of these are wanted; `None`: all.
    wanted: Option<BooleanBuffer>,
    /// Whether the end of the chunk is not to be reached.
    selects: bool,
}

/// A leaf's chunk.
struct Chunk {
    leaf: usize,
    /// With the true offsets, and without a codec where the pages are inflated here.
    meta: ColumnChunkMetaData,
    segment: Arc<Segment>,
    zstd: Option<Zstd>,
}

impl<'a> LoadedColumn<'a> {
    /// Reads it, or of the pages, where they are known, those that hold rows that are `wanted` (`None`: all).
    pub fn load(
        file: &'a CheckpointFile,
        group: usize,
        projected: &Projected,
        wanted: Option<&BooleanBuffer>,
    ) -> Result<Self> {
        let mut kinds = Vec::new();
        projected.node.leaf_kinds(&mut kinds);
        let mut loaded = Self {
            file,
            group,
            column: projected.column,
            chunks: Vec::new(),
            dictionary_bytes: 0,
            rows: file.metadata.row_group(group).num_rows() as usize,
            wanted: wanted.cloned(),
            selects: wanted.is_some(),
        };
        let part = loaded.part(projected)?;
        if let Some((part, wanted)) = part.as_ref().zip(wanted) {
            loaded.rows = part.rows;
            let wanted = part.wanted(wanted);
            loaded.wanted = (wanted.count_set_bits() < part.rows).then_some(wanted);
        }
        for (leaf, kind) in projected.leaves.iter().copied().zip(kinds) {
            let meta = file.metadata.row_group(group).column(leaf);
            let (start, bytes, pages) = match &part {
                Some(part) => loaded.read_part(leaf, meta, part)?,
                None => loaded.read_chunk(leaf, meta)?,
            };
            file.work.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            if kind != Kind::Dict {
                loaded.dictionary_bytes = loaded.dictionary_bytes.max(pages.dictionary_bytes);
            }
            let segment = Arc::new(Segment { start, bytes: bytes.slice(..pages.length) });
            let is_zstd = matches!(meta.compression(), Compression::ZSTD(_));
            let codec = if is_zstd { Compression::UNCOMPRESSED } else { meta.compression() };
            let meta = as_loaded(meta, start, pages.length, codec)?;
            let zstd = is_zstd.then(|| Zstd::new(segment.bytes.clone(), pages.bodies));
            loaded.chunks.push(Chunk { leaf, meta, segment, zstd });
        }
        Ok(loaded)
    }

    /// What to read where not all need be.
    fn part(&self, projected: &Projected) -> Result<Option<Part>> {
        let (Some(wanted), Some(index)) = (&self.wanted, &self.file.index) else { return Ok(None) };
        let pages = |leaf: &usize| index.pages(&self.file.metadata, self.group, *leaf);
        let leaves = projected.leaves.iter().map(pages).collect::<Result<Vec<_>>>()?;
        Ok(Part::of(&leaves, wanted))
    }

    /// The dictionary and the pages of a part, one after the other, as if the chunk had no others.
    fn read_part(&self, leaf: usize, meta: &ColumnChunkMetaData, part: &Part) -> Result<(u64, Bytes, Pages)> {
        let index = self.file.index.as_ref().ok_or_else(|| CkptError::internal("there is no page index"))?;
        let chunk = index.pages(&self.file.metadata, self.group, leaf)?;
        let (start, _) = chunk_range(meta).ok_or_else(|| CkptError::internal("a chunk has no place"))?;
        let dictionary = chunk.dictionary.map(|(bytes, crc)| (start, bytes, crc));
        let pages: Vec<_> = part.pages(chunk).map(|page| chunk.pages[page]).collect();
        let work = &self.file.work;
        work.pages.fetch_add(pages.len() as u64, Ordering::Relaxed);
        work.pages_left_out.fetch_add((chunk.pages.len() - pages.len()) as u64, Ordering::Relaxed);
        let pieces = pages.iter().map(|page| (page.start, page.bytes, page.crc));
        let pieces: Vec<_> = dictionary.into_iter().chain(pieces).collect();
        let mut runs: Vec<(u64, usize)> = Vec::new();
        for (from, bytes, _) in &pieces {
            match runs.last_mut() {
                Some((first, length)) if *first + *length as u64 == *from => *length += bytes,
                _ => runs.push((*from, *bytes)),
            }
        }
        let bytes = self.file.source.read_parts(&runs)?;
        if self.file.chunk_crcs.is_some() {
            let mut rest = &bytes[..];
            for (_, length, crc) in &pieces {
                let (piece, behind) = rest.split_at(*length);
                if crc32c::crc32c(piece) != *crc {
                    return Err(corrupt("a page does not match its checksum"));
                }
                rest = behind;
            }
        }
        let pages = check_pages(&bytes, meta, Extent::Exact, self.file.limits.page_bytes, self.file.verify)?;
        Ok((start, bytes, pages))
    }

    fn read_chunk(&self, leaf: usize, meta: &ColumnChunkMetaData) -> Result<(u64, Bytes, Pages)> {
        // Both were compared with the file's length when it was opened.
        let (start, length) = chunk_range(meta).ok_or_else(|| CkptError::internal("a chunk has no place"))?;
        let bytes = self.file.source.read(start, length as usize)?;
        if let Some(crcs) = &self.file.chunk_crcs {
            let index = self.group * self.file.metadata.row_group(self.group).num_columns() + leaf;
            if crcs.get(index) != Some(&crc32c::crc32c(&bytes)) {
                return Err(corrupt("a column does not match its checksum"));
            }
        }
        bloom::verify(self.file, self.group, leaf)?;
        let error =
            match check_pages(&bytes, meta, Extent::Exact, self.file.limits.page_bytes, self.file.verify) {
                Ok(pages) => return Ok((start, bytes, pages)),
                Err(error) => error,
            };
        // parquet-mr before 1.2.9 forgot the dictionary page's header in a chunk's length (PARQUET-816).
        let longer = (length + FORGOTTEN_BYTES).min(self.file.footer_start.saturating_sub(start));
        if self.file.chunk_crcs.is_some() || error.code != ErrorCode::Corrupt || longer <= length {
            return Err(error);
        }
        let bytes = self.file.source.read(start, longer as usize)?;
        match check_pages(&bytes, meta, Extent::Enough, self.file.limits.page_bytes, self.file.verify) {
            Ok(pages) => Ok((start, bytes, pages)),
            Err(_) => Err(error),
        }
    }

    /// Begins to decode the wanted rows, `batch_rows` at a time.
    pub fn decode(&self, levels: &FieldLevels, batch_rows: usize) -> Result<ColumnReader> {
        let rows = match self.vectors()? {
            Some(vectors) => Rows::Vectors(vectors),
            None => Rows::Any(self.any(levels, batch_rows)?),
        };
        Ok(ColumnReader { rows, column: self.column, selects: self.selects })
    }

    fn any(&self, levels: &FieldLevels, batch_rows: usize) -> Result<ParquetRecordBatchReader> {
        let selection = self.wanted.clone().map(RowSelection::from_boolean_buffer);
        guarded(|| {
            ParquetRecordBatchReader::try_new_with_row_groups(levels, self, batch_rows, selection)
                .map_err(|error| parquet_error(&error))
        })
    }

    /// The column's lists of floats, where they can be had without parquet-rs.
    fn vectors(&self) -> Result<Option<Vectors>> {
        let [Chunk { leaf, meta, zstd: None, .. }] = &self.chunks[..] else { return Ok(None) };
        let node = &self.file.columns.nodes[self.column];
        if self.wanted.is_some() || !vectors::is_candidate(node, meta) {
            return Ok(None);
        }
        guarded(|| {
            let pages = self.column_chunks(*leaf).map_err(|error| parquet_error(&error))?.next();
            let Some(Ok(mut pages)) = pages else { return Ok(None) };
            let column = meta.column_descr();
            Ok(Vectors::of(pages.as_mut(), column.physical_type(), column.max_def_level(), self.rows))
        })
    }
}

/// A chunk's metadata with the true offsets, and the codec that is left for the page reader.
fn as_loaded(
    meta: &ColumnChunkMetaData,
    start: u64,
    length: usize,
    codec: Compression,
) -> Result<ColumnChunkMetaData> {
    let dictionary = (start as i64 != meta.data_page_offset()).then_some(start as i64);
    let builder = meta.clone().into_builder().set_dictionary_page_offset(dictionary);
    let builder = builder.set_total_compressed_size(length as i64).set_compression(codec);
    builder.build().map_err(|error| parquet_error(&error))
}

impl RowGroups for LoadedColumn<'_> {
    fn num_rows(&self) -> usize {
        self.rows
    }

    fn column_chunks(&self, leaf: usize) -> ParquetResult<Box<dyn PageIterator>> {
        let Chunk { meta, segment, zstd, .. } = self
            .chunks
            .iter()
            .find(|chunk| chunk.leaf == leaf)
            .ok_or_else(|| ParquetError::General(format!("column {leaf} was not read")))?;
        let pages = SerializedPageReader::new(Arc::clone(segment), meta, self.num_rows(), None)?;
        let column = meta.column_descr();
        let pages = CheckedPages::new(pages, zstd.clone(), column.max_def_level(), column.max_rep_level());
        Ok(Box::new(OneChunk(Some(Box::new(pages)))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.file.metadata.row_group(self.group)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.file.metadata
    }
}

/// The pages of the one chunk of a leaf.
struct OneChunk(Option<Box<dyn PageReader>>);

impl Iterator for OneChunk {
    type Item = ParquetResult<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneChunk {}

/// A chunk's bytes under their positions in the file.
struct Segment {
    start: u64,
    bytes: Bytes,
}

impl Segment {
    fn slice(&self, position: u64, length: Option<usize>) -> ParquetResult<Bytes> {
        let outside = || ParquetError::EOF("a page lies outside of its column".to_owned());
        let from = position
            .checked_sub(self.start)
            .and_then(|from| usize::try_from(from).ok())
            .ok_or_else(outside)?;
        let to =
            length.map_or(Some(self.bytes.len()), |length| from.checked_add(length)).ok_or_else(outside)?;
        if from > to || to > self.bytes.len() {
            return Err(outside());
        }
        Ok(self.bytes.slice(from..to))
    }
}

impl Length for Segment {
    fn len(&self) -> u64 {
        self.start + self.bytes.len() as u64
    }
}

impl ChunkReader for Segment {
    type T = Cursor<Bytes>;

    fn get_read(&self, start: u64) -> ParquetResult<Self::T> {
        self.slice(start, None).map(Cursor::new)
    }

    fn get_bytes(&self, start: u64, length: usize) -> ParquetResult<Bytes> {
        self.slice(start, Some(length))
    }
}

/// Decodes one column of one row group.
pub(super) struct ColumnReader {
    rows: Rows,
    pub column: usize,
    /// Rows are left out: then what is behind the last need not be looked at.
    selects: bool,
}

enum Rows {
    Any(ParquetRecordBatchReader),
    Vectors(Vectors),
}

impl ColumnReader {
    /// The next `rows` rows, which must be there.
    pub fn next(&mut self, rows: usize) -> Result<ArrayRef> {
        let reader = match &mut self.rows {
            Rows::Any(reader) => reader,
            Rows::Vectors(vectors) => return vectors.next(rows),
        };
        let batch = guarded(|| match reader.next() {
            None => Err(too_few(0, rows)),
            Some(Err(error)) => Err(message_error(&error.to_string())),
            Some(Ok(batch)) if batch.num_rows() != rows => Err(too_few(batch.num_rows(), rows)),
            Some(Ok(batch)) => Ok(batch),
        })?;
        if batch.num_columns() != 1 || batch.column(0).len() != rows {
            return Err(CkptError::internal(format!("a batch does not have the shape {}", reader.schema())));
        }
        Ok(Arc::clone(batch.column(0)))
    }

    /// After the last row there must be no more.
    pub fn finish(&mut self) -> Result<()> {
        // Of vectors the number was compared beforehand.
        let Rows::Any(reader) = &mut self.rows else { return Ok(()) };
        if self.selects {
            return Ok(());
        }
        let more =
            guarded(|| Ok(reader.next().is_some_and(|batch| batch.is_ok_and(|batch| batch.num_rows() > 0))))?;
        if more {
            return Err(corrupt("a column has more rows than its row group"));
        }
        Ok(())
    }
}

fn too_few(found: usize, expected: usize) -> CkptError {
    corrupt(&format!("a column has {found} rows where its row group promises {expected}"))
}
