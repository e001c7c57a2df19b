//! One column of one row group: where its pages are, and the decoding of their rows. Pages of our own files are read one by one when they
//! are due; small chunks, and those of other writers, which do not say where their pages are, at once.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_array::{ArrayRef, RecordBatchReader};
use arrow_buffer::BooleanBuffer;
use bytes::Bytes;
use parquet::arrow::FieldLevels;
use parquet::arrow::arrow_reader::{ParquetRecordBatchReader, RowGroups, RowSelection};
use parquet::column::page::PageIterator;
use parquet::errors::{ParquetError, Result as ParquetResult};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData, RowGroupMetaData};

use super::ahead::Ahead;
use super::bloom;
use super::buffers::Buffers;
use super::chunks::chunk_range;
use super::columns::Projected;
use super::crew::Crew;
use super::faults::corrupt;
use super::file::CheckpointFile;
use super::guard::{guarded, message_error, parquet_error};
use super::index::ChunkPages;
use super::kinds::Kind;
use super::options::Large;
use super::page::{PageOpener, Place, RawPage};
use super::pages::{Extent, PageKind, Pages, check_pages};
use super::part::Part;
use super::shared::{LoadedShared, SharedRows};
use super::stream::{Fault, LeafPages, OneChunk, PageStream};
use super::thin::SharedPart;
use super::vectors::{self, Vectors};
use crate::error::{CkptError, ErrorCode, Result};

/// The longest that a forgotten page header can be.
const FORGOTTEN_BYTES: u64 = 100;

/// How the pages of a scan are opened.
#[derive(Clone)]
pub(super) struct Opening {
    /// Who opens them ahead.
    pub crew: Option<Arc<Crew>>,
    pub large: Large,
    pub buffers: Arc<Buffers>,
    /// Bytes of values in other files that a column may have at hand, about.
    pub shared_bytes: u64,
    /// What a value of each of these columns becomes, together.
    value_bytes: u64,
    pub ahead: Arc<Ahead>,
}

impl Opening {
    /// For a scan with these columns.
    pub fn new(crew: Option<Arc<Crew>>, large: Large, columns: &[Arc<Projected>]) -> Self {
        let shared: Vec<u64> =
            columns.iter().filter_map(|column| Some(column.shared.as_ref()?.value_bytes())).collect();
        let value_bytes = shared.iter().fold(0, |sum: u64, bytes| sum.saturating_add(*bytes));
        let shared_bytes = large.shared / (shared.len() as u64).max(1);
        Self { crew, large, buffers: Arc::default(), shared_bytes, value_bytes, ahead: Arc::default() }
    }

    /// The bytes of values in other files that this column may have at hand, about: of all columns the same rows.
    pub fn held_bytes(&self, part: &SharedPart) -> u64 {
        let (all, one) = (self.value_bytes.max(1), part.value_bytes());
        (self.large.shared as f64 * (one as f64 / all as f64).min(1.0)) as u64
    }
}

/// The pages of one top-level column in one row group, about to be decoded.
pub(super) struct LoadedColumn<'a> {
    file: &'a Arc<CheckpointFile>,
    group: usize,
    column: usize,
    chunks: Vec<(usize, LeafPages)>,
    /// Lists that may be had without parquet-rs.
    may_be_vectors: bool,
    /// The column has values in other files.
    shared: Option<Box<LoadedShared<'a>>>,
    /// The largest dictionary whose values will be repeated for each row.
    pub dictionary_bytes: usize,
    /// The rows that are read: all of the row group, or those of the pages with wanted ones.
    pub rows: usize,
    /// Which of these are wanted; `None`: all.
    wanted: Option<BooleanBuffer>,
    /// Whether the end of the chunk is not to be reached.
    selects: bool,
    /// The headers of the pages were read, and say that these have the rows and no more.
    is_counted: bool,
    opening: Opening,
    fault: Fault,
}

impl<'a> LoadedColumn<'a> {
    /// Finds its pages, or, where they are known, those that hold rows that are `wanted` (`None`: all).
    pub fn load(
        file: &'a Arc<CheckpointFile>,
        group: usize,
        projected: &Projected,
        wanted: Option<&BooleanBuffer>,
        opening: &Opening,
    ) -> Result<Self> {
        let mut kinds = Vec::new();
        projected.node.leaf_kinds(&mut kinds);
        let mut loaded = Self {
            file,
            group,
            column: projected.column,
            chunks: Vec::new(),
            may_be_vectors: false,
            shared: None,
            dictionary_bytes: 0,
            rows: file.metadata.row_group(group).num_rows() as usize,
            wanted: wanted.cloned(),
            selects: wanted.is_some(),
            is_counted: false,
            opening: opening.clone(),
            fault: Fault::default(),
        };
        if let Some(part) = &projected.shared {
            let shared = LoadedShared::load(file, group, part, wanted, opening)?;
            loaded.rows = wanted.map_or(loaded.rows, BooleanBuffer::count_set_bits);
            loaded.dictionary_bytes = shared.dictionary_bytes();
            loaded.shared = Some(Box::new(shared));
            return Ok(loaded);
        }
        let part = loaded.part(projected)?;
        if let Some((part, wanted)) = part.as_ref().zip(wanted) {
            loaded.rows = part.rows;
            let wanted = part.wanted(wanted);
            loaded.wanted = (wanted.count_set_bits() < part.rows).then_some(wanted);
        }
        for (leaf, kind) in projected.leaves.iter().copied().zip(kinds) {
            let (pages, dictionary_bytes) = loaded.leaf(leaf, kind, part.as_ref())?;
            if kind != Kind::Dict {
                loaded.dictionary_bytes = loaded.dictionary_bytes.max(dictionary_bytes);
            }
            loaded.chunks.push((leaf, pages));
        }
        loaded.is_counted = loaded.counted();
        if let [leaf] = projected.leaves[..] {
            let chunk = file.metadata.row_group(group).column(leaf);
            loaded.may_be_vectors = vectors::is_candidate(&projected.node, chunk);
        }
        Ok(loaded)
    }

    /// Of a column that repeats nothing, a value is a row.
    fn counted(&self) -> bool {
        let [(leaf, pages)] = &self.chunks[..] else { return false };
        let column = self.file.metadata.row_group(self.group).column(*leaf).column_descr();
        let values = |place: &Place| match place {
            Place::Read(raw) if raw.found.kind == PageKind::Dictionary => Some(0),
            Place::Read(raw) => Some(raw.found.values),
            Place::At { .. } => None,
        };
        column.max_rep_level() == 0
            && pages.places.iter().map(values).sum::<Option<usize>>() == Some(self.rows)
    }

    /// The pages of a leaf, and what its dictionary inflates to, unless that does not matter.
    fn leaf(&self, leaf: usize, kind: Kind, part: Option<&Part>) -> Result<(LeafPages, usize)> {
        let chunk = self.file.metadata.row_group(self.group).column(leaf);
        let (start, length) =
            chunk_range(chunk).ok_or_else(|| CkptError::internal("a chunk has no place"))?;
        let ratio = chunk.uncompressed_size().unsigned_abs().div_ceil(length.max(1));
        let opener = Arc::new(PageOpener::new(self.file, (self.group, leaf), &self.opening.buffers)?);
        // Without checksums, what the pages themselves say of their places counts.
        let by_pages = self.file.chunk_crcs.is_some() && length > self.opening.large.chunk;
        let mut pages = LeafPages { opener, places: Vec::new(), ratio: ratio as usize };
        let index = self.file.index.as_ref().filter(|_| part.is_some() || by_pages);
        let index = index.map(|index| index.pages(&self.file.metadata, self.group, leaf)).transpose()?;
        let is_fine = |index: &&ChunkPages| length / index.pages.len() as u64 >= self.opening.large.page;
        let Some(index) = index.filter(|index| part.is_some() || is_fine(index)) else {
            let (bytes, found) = self.read_chunk(leaf, chunk)?;
            self.file.work.bytes.fetch_add(bytes.len() as u64, Ordering::Relaxed);
            let needed = found.found.iter().filter(|page| page.kind != PageKind::Other);
            let raw = needed.map(|page| RawPage { bytes: bytes.slice(page.start..page.end), found: *page });
            pages.places = raw.map(Place::Read).collect();
            return Ok((pages, found.dictionary_bytes));
        };
        if part.is_none() {
            bloom::verify(self.file, self.group, leaf)?;
        }
        let dictionary = index.dictionary.map(|(length, crc)| Place::At { start, length, crc });
        pages.places = dictionary.into_iter().chain(self.places(index, part)).collect();
        let lengths = pages
            .places
            .iter()
            .map(|place| if let Place::At { length, .. } = place { *length as u64 } else { 0 });
        self.file.work.bytes.fetch_add(lengths.sum(), Ordering::Relaxed);
        let mut dictionary_bytes = 0;
        if index.dictionary.is_some() && kind != Kind::Dict {
            let raw = pages.opener.read(pages.places[0].clone())?;
            dictionary_bytes = raw.found.inflated;
            pages.places[0] = Place::Read(raw);
        }
        Ok((pages, dictionary_bytes))
    }

    /// The data pages that are read of a chunk whose pages are known.
    fn places(&self, index: &ChunkPages, part: Option<&Part>) -> Vec<Place> {
        let pages: Vec<usize> = match part {
            Some(part) => part.pages(index).collect(),
            None => (0..index.pages.len()).collect(),
        };
        if part.is_some() {
            let work = &self.file.work;
            work.pages.fetch_add(pages.len() as u64, Ordering::Relaxed);
            work.pages_left_out.fetch_add((index.pages.len() - pages.len()) as u64, Ordering::Relaxed);
        }
        let pages = pages.into_iter().map(|page| index.pages[page]);
        pages.map(|page| Place::At { start: page.start, length: page.bytes, crc: page.crc }).collect()
    }

    /// What to read where not all need be.
    fn part(&self, projected: &Projected) -> Result<Option<Part>> {
        let (Some(wanted), Some(index)) = (&self.wanted, &self.file.index) else { return Ok(None) };
        let pages = |leaf: &usize| index.pages(&self.file.metadata, self.group, *leaf);
        let leaves = projected.leaves.iter().map(pages).collect::<Result<Vec<_>>>()?;
        Ok(Part::of(&leaves, wanted))
    }

    /// All bytes of a chunk, and what is in them.
    fn read_chunk(&self, leaf: usize, meta: &ColumnChunkMetaData) -> Result<(Bytes, Pages)> {
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
                // Behind the last page other writers may have padding; in our files that is damage, as it is page by page.
                Ok(pages) if self.file.chunk_crcs.is_none() || pages.length == bytes.len() => {
                    return Ok((bytes, pages));
                }
                Ok(_) => corrupt("a page's header is broken"),
                Err(error) => error,
            };
        // parquet-mr before 1.2.9 forgot the dictionary page's header in a chunk's length (PARQUET-816).
        let longer = (length + FORGOTTEN_BYTES).min(self.file.footer_start.saturating_sub(start));
        if self.file.chunk_crcs.is_some() || error.code != ErrorCode::Corrupt || longer <= length {
            return Err(error);
        }
        let bytes = self.file.source.read(start, longer as usize)?;
        match check_pages(&bytes, meta, Extent::Enough, self.file.limits.page_bytes, self.file.verify) {
            Ok(pages) => Ok((bytes, pages)),
            Err(_) => Err(error),
        }
    }

    /// Begins to decode the wanted rows, `batch_rows` at a time.
    pub fn decode(&self, levels: &FieldLevels, batch_rows: usize) -> Result<ColumnReader> {
        let rows = match (&self.shared, self.vectors()?) {
            (Some(shared), _) => Rows::Shared(Box::new(shared.decode(self.rows, batch_rows)?)),
            (None, Some(vectors)) => Rows::Vectors(vectors),
            (None, None) => Rows::Any(self.any(levels, batch_rows)?),
        };
        // Rows that are left out need no end, and those that were counted have one.
        let ends = !self.selects && !self.is_counted;
        Ok(ColumnReader { rows, column: self.column, ends, fault: self.fault.clone() })
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
        let [(leaf, pages)] = &self.chunks[..] else { return Ok(None) };
        let chunk = self.file.metadata.row_group(self.group).column(*leaf);
        if self.wanted.is_some() || !self.may_be_vectors {
            return Ok(None);
        }
        guarded(|| {
            // What is wrong here is found again.
            let mut pages = PageStream::new(pages.clone(), self.opening.crew.clone(), Fault::default());
            let column = chunk.column_descr();
            Ok(Vectors::of(&mut pages, column.physical_type(), column.max_def_level(), self.rows))
        })
    }
}

impl RowGroups for LoadedColumn<'_> {
    fn num_rows(&self) -> usize {
        self.rows
    }

    fn column_chunks(&self, leaf: usize) -> ParquetResult<Box<dyn PageIterator>> {
        let (_, pages) = self
            .chunks
            .iter()
            .find(|(of, _)| *of == leaf)
            .ok_or_else(|| ParquetError::General(format!("column {leaf} was not read")))?;
        let pages = PageStream::new(pages.clone(), self.opening.crew.clone(), self.fault.clone());
        Ok(Box::new(OneChunk(Some(Box::new(pages)))))
    }

    fn row_groups(&self) -> Box<dyn Iterator<Item = &RowGroupMetaData> + '_> {
        Box::new(std::iter::once(self.file.metadata.row_group(self.group)))
    }

    fn metadata(&self) -> &ParquetMetaData {
        &self.file.metadata
    }
}

/// Decodes one column of one row group.
pub(super) struct ColumnReader {
    rows: Rows,
    pub column: usize,
    /// Whether what is behind the last row is to be looked at.
    ends: bool,
    fault: Fault,
}

enum Rows {
    Any(ParquetRecordBatchReader),
    Vectors(Vectors),
    Shared(Box<SharedRows>),
}

impl ColumnReader {
    /// The next `rows` rows, which must be there.
    pub fn next(&mut self, rows: usize) -> Result<ArrayRef> {
        let reader = match &mut self.rows {
            Rows::Any(reader) => reader,
            Rows::Vectors(vectors) => return vectors.next(rows),
            Rows::Shared(shared) => return shared.next(rows),
        };
        let batch = guarded(|| match reader.next() {
            None => Err(too_few(0, rows)),
            Some(Err(error)) => Err(self.fault.take().unwrap_or_else(|| message_error(&error.to_string()))),
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
        if !self.ends {
            return Ok(());
        }
        let reader = match &mut self.rows {
            Rows::Any(reader) => reader,
            // The number was compared beforehand.
            Rows::Vectors(_) => return Ok(()),
            Rows::Shared(shared) => return shared.finish(),
        };
        let more =
            guarded(|| Ok(reader.next().is_some_and(|batch| batch.is_ok_and(|batch| batch.num_rows() > 0))))?;
        match self.fault.take() {
            Some(error) => Err(error),
            None if more => Err(corrupt("a column has more rows than its row group")),
            None => Ok(()),
        }
    }
}

fn too_few(found: usize, expected: usize) -> CkptError {
    corrupt(&format!("a column has {found} rows where its row group promises {expected}"))
}
