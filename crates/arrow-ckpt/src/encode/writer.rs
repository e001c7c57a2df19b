//! The writer of one checkpoint: slabs in, row groups encoded on the pool, bytes written in order, everything committed at the end.

use std::collections::VecDeque;
use std::path::Path;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, channel};

use arrow_array::ArrayRef;
use parquet::file::metadata::ParquetMetaData;

use super::attachment::Attachment;
use super::builder::{Builder, evolve_all};
use super::chunk::{ColumnEncoder, EncodedColumn, Encoding, encode_array};
use super::column::{Answer, EarlyColumn, SEGMENT_BYTES};
use super::conform::{conform_column, decode, null_column};
use super::content::{CONTENT_GROUP_BYTES, CONTENT_PAGE_ROWS};
use super::footer::{FooterParts, PlacedColumn, PlacedGroup, footer_bytes};
use super::index::file_indexes;
use super::leaf_pages::Workers;
use super::options::{DEFAULT_PAGE_ROWS, DEFAULT_ROW_GROUP_ROWS, MAX_ROW_GROUP_BYTES, WriteOptions};
use super::plan::{ColumnType, PlanNode, parse_plan};
use super::record::Cursor;
use super::reflink::{Reflinks, SMALLEST_CHUNK, padding};
use super::sharing::{Early, PlacedReferences, Placing, SharedColumn, Sharing};
use super::together::encode_together;
use super::unshare::{Told, values};
use super::writers::PageEnds;
use crate::commit::{Disk, FileSystem, TempFile};
use crate::error::{CkptError, ErrorCode, Result};
use crate::layout::{RECORD_PLAN, RECORD_ROWS};
use crate::limits::{MAX_CHUNKS, MAX_FOOTER_BYTES};
use crate::panics::caught;
use crate::pool::{Budget, Lane, cores};
use crate::share::BLOCK_ROWS;

/// Row groups that may be encoding while the next one fills, where there are cores for them. On two cores a second one would only hold more
/// memory.
const GROUPS_IN_FLIGHT: usize = 2;
/// A row group of at most this many bytes is encoded where it is: waking other threads would take longer.
const INLINE_BYTES: usize = 64 << 10;
/// Leaves that a column is reckoned with: most have one, structs some.
const LEAVES_PER_COLUMN: usize = 4;
const MAGIC: &[u8; 4] = b"PAR1";

/// What a finished save tells.
#[derive(Debug, Clone, PartialEq)]
pub struct WriteSummary {
    /// Rows in the file.
    pub rows: u64,
    /// Size of the file in bytes.
    pub bytes: u64,
    /// What ends the file, from the footer on: for [`crate::decode::describe_footer`].
    pub footer: Vec<u8>,
    /// What it says, but for the checksum of the footer.
    pub metadata: ParquetMetaData,
    /// Why the file is whole although it could have referred to others.
    pub kept_whole: Option<String>,
}

/// Writes one checkpoint. Dropped before [`Self::finish`], it leaves nothing behind.
pub struct CheckpointWriter {
    temp: TempFile,
    offset: u64,
    encoding: Encoding,
    plan: Vec<PlanNode>,
    /// The columns of the row group that fills, in the plan's order.
    builders: Vec<Builder>,
    /// Those of them that have begun to be encoded.
    early: Vec<Option<EarlyColumn>>,
    rows: usize,
    /// The merged types so far, in the plan's order.
    types: Vec<ColumnType>,
    in_flight: VecDeque<GroupInFlight>,
    groups: Vec<PlacedGroup>,
    workers: Workers,
    attachment: Option<Attachment>,
    /// None if nothing is shared.
    sharing: Option<Sharing>,
    /// Why nothing can be pinned.
    unpinned: Option<String>,
    /// None unless blocks are shared.
    reflinks: Option<Reflinks>,
    /// Rows of the row groups that ended.
    ended_rows: u64,
}

struct GroupInFlight {
    rows: usize,
    columns: Vec<Option<EncodedColumn>>,
    done: Receiver<Answer>,
}

impl CheckpointWriter {
    /// Starts a checkpoint that will stand at `path`.
    pub fn create(path: &Path, options: &WriteOptions) -> Result<Self> {
        Self::create_in(Arc::new(Disk), path, options)
    }

    /// The same in a file system of the caller's.
    pub fn create_in(files: Arc<dyn FileSystem>, path: &Path, options: &WriteOptions) -> Result<Self> {
        let ends = options.pages;
        let most_rows = if ends == PageEnds::Content { CONTENT_PAGE_ROWS } else { DEFAULT_PAGE_ROWS };
        let page_rows = options.page_rows.unwrap_or(most_rows).max(1);
        let group_rows = options.row_group_rows.unwrap_or(DEFAULT_ROW_GROUP_ROWS).max(1);
        let encoding = Encoding { codec: options.codec_choice()?, ends, page_rows, group_rows };
        let lane = Lane::new(options.threads.unwrap_or(usize::MAX));
        let mut temp = TempFile::create_in(files, path)?;
        let (by_blocks, by_values): (Vec<_>, Vec<_>) = options.share.iter().partition(|share| share.reflink);
        let reflinks = by_blocks.first().map(|share| Reflinks::open(share, &mut temp));
        temp.write_all(MAGIC)?;
        Ok(Self {
            temp,
            offset: MAGIC.len() as u64,
            encoding,
            plan: Vec::new(),
            builders: Vec::new(),
            early: Vec::new(),
            rows: 0,
            types: Vec::new(),
            in_flight: VecDeque::new(),
            groups: Vec::new(),
            workers: Workers { lane, budget: Budget::default() },
            attachment: None,
            sharing: by_values.first().map(|share| Sharing::new(share)),
            reflinks,
            ended_rows: 0,
            unpinned: None,
        })
    }

    /// Takes in the records of a slab; blocks while too many row groups are encoding.
    pub fn ingest(&mut self, slab: &[u8]) -> Result<()> {
        if self.attachment.is_some() {
            return Err(CkptError::internal("rows after the attachment"));
        }
        let mut cursor = Cursor::new(slab);
        while !cursor.is_empty() {
            match cursor.record()? {
                (RECORD_PLAN, body) => self.set_plan(body)?,
                (RECORD_ROWS, body) => self.append_rows(body)?,
                (kind, _) => return Err(CkptError::internal(format!("unknown record kind {kind}"))),
            }
        }
        Ok(())
    }

    fn set_plan(&mut self, body: &[u8]) -> Result<()> {
        self.plan = parse_plan(body)?;
        evolve_all(&mut self.builders, &self.plan, self.rows)
    }

    fn append_rows(&mut self, body: &[u8]) -> Result<()> {
        let mut cursor = Cursor::new(body);
        let [rows, may_end] = cursor.words::<2>()?;
        let rows = rows as usize;
        if self.rows > 0 && self.is_full(rows, body.len()) {
            self.start_row_group()?;
        }
        for builder in &mut self.builders {
            if builder.append(&mut cursor)? != rows {
                return Err(CkptError::internal(format!("column {} has not {rows} rows", builder.name())));
            }
        }
        if !cursor.is_empty() {
            return Err(CkptError::internal("a rows record is longer than its plan"));
        }
        self.rows += rows;
        self.advance()?;
        let is_ripe = self.filled() >= CONTENT_GROUP_BYTES || self.rows >= self.encoding.group_rows / 4 * 3;
        if may_end == 1 && is_ripe { self.start_row_group() } else { Ok(()) }
    }

    /// Ends the row group that fills: the next one has the same columns.
    fn start_row_group(&mut self) -> Result<()> {
        let next = self.plan.iter().zip(&self.builders);
        let next = next.map(|(node, before)| Builder::following(node, before)).collect();
        self.end_row_group(next)
    }

    /// Has encoded what the columns of the row group that fills hold much of.
    fn advance(&mut self) -> Result<()> {
        // The same values become the same bytes only if they are encoded at once.
        if self.reflinks.is_some() {
            return Ok(());
        }
        let segment =
            self.sharing.as_ref().map_or(SEGMENT_BYTES, |sharing| sharing.segment_bytes(SEGMENT_BYTES));
        self.early.resize_with(self.builders.len(), || None);
        let columns = self.builders.iter_mut().zip(&mut self.early).zip(&self.plan);
        for (index, ((builder, early), node)) in columns.enumerate() {
            if builder.ripe_bytes() < segment {
                continue;
            }
            if early.is_none() {
                let looking =
                    match self.sharing.as_mut().map(|sharing| sharing.early(index, builder, self.rows)) {
                        Some(Early::Not) => continue,
                        Some(Early::Looks(looking)) => Some(looking),
                        Some(Early::Plain) | None => None,
                    };
                builder.mark_early();
                *early = Some(EarlyColumn::new(self.encoding, &self.workers, looking));
            }
            if let Some(column) = early {
                column.advance(node, builder)?;
            }
        }
        Ok(())
    }

    /// About how many bytes of rows are in the row group that fills.
    fn filled(&self) -> usize {
        let encoded: usize = self.early.iter().flatten().map(|column| column.bytes).sum();
        self.builders.iter().map(Builder::bytes).sum::<usize>() + encoded
    }

    /// Whether the row group that fills has no place for `rows` more of about `bytes`. Rows end it only while the file's chunks stay
    /// far below the cap that readers set: thousands of columns get larger row groups than asked for.
    fn is_full(&self, rows: usize, bytes: usize) -> bool {
        let chunks = (self.groups.len() + self.in_flight.len() + 1) * self.builders.len() * LEAVES_PER_COLUMN;
        // Blocks of two files are of the same rows, whatever other columns these have: row groups end where blocks do.
        let shares = self.sharing.is_some() || self.follows_base();
        let mut waits = shares && !self.rows.is_multiple_of(BLOCK_ROWS);
        if let Some(reflinks) = self.reflinks.as_ref().filter(|_| self.follows_base()) {
            match reflinks.ends_at(self.ended_rows + self.rows as u64) {
                Some(true) => return true,
                Some(false) => waits = true,
                None => {}
            }
        }
        let most = if waits { 2 * MAX_ROW_GROUP_BYTES } else { MAX_ROW_GROUP_BYTES };
        self.filled() + bytes > most
            || (self.rows + rows > self.encoding.group_rows && chunks < MAX_CHUNKS / 16)
    }

    /// Whether row groups end where those of the base do, so that equal columns have equal chunks.
    fn follows_base(&self) -> bool {
        self.reflinks.is_some() && self.encoding.ends == PageEnds::Fixed
    }

    /// Hands the columns of the row group that fills to the pool. `next`: those of the one after it.
    fn end_row_group(&mut self, next: Vec<Builder>) -> Result<()> {
        let filled = self.filled();
        let inline = filled <= INLINE_BYTES;
        // The first row group is the last one.
        let is_only = next.is_empty() && self.groups.is_empty() && self.in_flight.is_empty();
        self.sharing.take_if(|sharing| is_only && sharing.is_small_at(filled));
        let builders = std::mem::replace(&mut self.builders, next);
        let mut early = std::mem::take(&mut self.early);
        early.resize_with(builders.len(), || None);
        let rows = std::mem::take(&mut self.rows);
        self.ended_rows += rows as u64;
        let (sender, done) = channel();
        let columns = builders.iter().map(|_| None).collect();
        let types = builders.iter().enumerate().map(|(index, builder)| self.merge_type(index, builder));
        let types = types.collect::<Result<Vec<_>>>()?;
        let mut searches = match &mut self.sharing {
            Some(sharing) => {
                let encoded = early.iter().map(|column| column.as_ref().map_or(0, |column| column.bytes));
                sharing.searches(&builders, &encoded.collect::<Vec<_>>(), &types, rows, filled, is_only)
            }
            None => Vec::new(),
        };
        if inline
            && self.sharing.is_none()
            && self.encoding.ends == PageEnds::Fixed
            && early.iter().all(Option::is_none)
        {
            let columns = caught(|| encode_together(&self.plan, builders, types, self.encoding, rows))?;
            let columns = columns.into_iter().map(Some).collect();
            self.in_flight.push_back(GroupInFlight { rows, columns, done });
            return self.place_some();
        }
        searches.resize_with(builders.len(), || None);
        let columns_of_group = builders.into_iter().zip(early).zip(types).zip(searches);
        for (index, (((builder, early), column_type), search)) in columns_of_group.enumerate() {
            let (node, sender) = (self.plan[index].clone(), sender.clone());
            if let Some(early) = early {
                let most = search.map(|search| search.most);
                early.finish(node, builder, column_type, most, sender, index)?;
                continue;
            }
            let workers = (!inline).then_some(&self.workers);
            let encoder = ColumnEncoder::new(self.encoding, workers);
            let work = move || {
                let column = caught(|| match search {
                    Some(search) => search.finish(encoder, &node, builder, column_type),
                    None => encoder.finish(&node, builder, column_type),
                });
                // A closed channel means the save was given up: nobody waits for the result.
                drop(sender.send((index, column)));
            };
            match workers {
                Some(workers) => workers.lane.spawn(work)?,
                None => work(),
            }
        }
        self.in_flight.push_back(GroupInFlight { rows, columns, done });
        self.place_some()
    }

    /// Waits until no more row groups are encoding than may be.
    fn place_some(&mut self) -> Result<()> {
        while self.in_flight.len() > (cores() / 2).clamp(1, GROUPS_IN_FLIGHT) {
            self.place_oldest()?;
        }
        Ok(())
    }

    /// The type of a column so far and in the row group that ends.
    fn merge_type(&mut self, index: usize, builder: &Builder) -> Result<ColumnType> {
        let column_type = builder.column_type(self.types.get(index));
        let merged = match self.types.get(index) {
            Some(known) => known.merge(&column_type)?,
            None => column_type,
        };
        if index < self.types.len() {
            self.types[index] = merged.clone();
        } else {
            self.types.push(merged.clone());
        }
        Ok(merged)
    }

    /// Waits for the oldest row group and writes its columns.
    fn place_oldest(&mut self) -> Result<()> {
        let Some(mut group) = self.in_flight.pop_front() else { return Ok(()) };
        let mut placed = Vec::with_capacity(group.columns.len());
        for index in 0..group.columns.len() {
            while group.columns[index].is_none() {
                let (ready, column) =
                    group.done.recv().map_err(|_| CkptError::internal("an encoding thread died"))?;
                group.columns[ready] = Some(column?);
            }
            if let Some(mut column) = group.columns[index].take() {
                let shared = column.shared.take();
                let mut column = self.place(column)?;
                if let Some(shared) = shared
                    && let Some(whole) = self.place_references(index, shared, &column, group.rows)?
                {
                    column = whole;
                }
                placed.push(column);
            }
        }
        for column in &mut placed {
            self.place_blooms(column)?;
        }
        self.groups.push(PlacedGroup { rows: group.rows, columns: placed });
        Ok(())
    }

    /// Writes what a column of the row group at hand refers to; gives the column anew if it is to have its values after all.
    fn place_references(
        &mut self,
        index: usize,
        shared: SharedColumn,
        own: &PlacedColumn,
        rows: usize,
    ) -> Result<Option<PlacedColumn>> {
        let group = self.groups.len();
        let Some(sharing) = &mut self.sharing else { return Ok(None) };
        match sharing.placed(group, index, shared) {
            Placing::Own => Ok(None),
            Placing::Refers(referring) => {
                let rows = self.place(referring.encode_rows(self.encoding)?)?;
                let holders = self.place(referring.encode_holders(self.encoding)?)?;
                if let Some(sharing) = &mut self.sharing {
                    sharing.refers(group, index, &referring, rows, holders);
                }
                Ok(None)
            }
            Placing::Split(columns, matches) => {
                let told = Told::of(&matches, self.decode_placed(own, rows)?);
                let Some(sharing) = &self.sharing else { return Ok(None) };
                let array = values(&told, &sharing.places(&columns), &own.column_type.to_stored())?;
                let node = self.plan[index].clone();
                let column = encode_array(&node, &array, own.column_type.clone(), self.encoding)?;
                self.place(column).map(Some)
            }
        }
    }

    /// Writes the bloom filters of a column: after the row group, as the format has it.
    fn place_blooms(&mut self, column: &mut PlacedColumn) -> Result<()> {
        for bloom in column.leaves.iter_mut().filter_map(|leaf| leaf.bloom.as_mut()) {
            let bytes = std::mem::take(&mut bloom.bytes);
            self.temp.write_all(&bytes)?;
            bloom.offset = Some(self.offset);
            self.offset += bytes.len() as u64;
        }
        Ok(())
    }

    /// Writes the chunks of a column, for whose pages it waits.
    fn place(&mut self, column: EncodedColumn) -> Result<PlacedColumn> {
        let start = self.offset;
        let mut leaves = Vec::with_capacity(column.leaves.len());
        for leaf in column.leaves {
            let leaf = leaf.wait()?;
            let blocks = self.reflinks.is_some() && leaf.bytes() >= SMALLEST_CHUNK;
            if blocks {
                self.pad()?;
            }
            let (leaf, pages) = leaf.settle(self.offset - start)?;
            let shared = match &self.reflinks {
                Some(reflinks) if blocks => reflinks.append(&pages, leaf.crc, &mut self.temp)?,
                _ => None,
            };
            self.offset += shared.unwrap_or(0);
            for bytes in pages.iter().filter(|_| shared.is_none()) {
                self.temp.write_all(bytes)?;
                self.offset += bytes.len() as u64;
            }
            if blocks {
                self.pad()?;
            }
            leaves.push(leaf);
        }
        Ok(PlacedColumn { column_type: column.column_type, offset: start, leaves })
    }

    /// Goes on where the next block of the file system begins.
    fn pad(&mut self) -> Result<()> {
        let zeros = padding(self.offset);
        self.temp.write_all(zeros)?;
        self.offset += zeros.len() as u64;
        Ok(())
    }

    /// Appends bytes of the caller's to the attachment: they stand in the file behind the rows, and no column chunk points at them. To be
    /// called when all rows are in, any number of times.
    pub fn attach(&mut self, bytes: &[u8]) -> Result<()> {
        if self.attachment.is_none() {
            self.place_all()?;
        }
        self.temp.write_all(bytes)?;
        self.attachment.get_or_insert(Attachment::at(self.offset)).append(bytes);
        self.offset += bytes.len() as u64;
        Ok(())
    }

    /// Encodes and writes all rows: no more may come.
    fn place_all(&mut self) -> Result<()> {
        if self.rows > 0 {
            self.end_row_group(Vec::new())?;
        }
        while !self.in_flight.is_empty() {
            self.place_oldest()?;
        }
        Ok(())
    }

    /// Encodes and writes all rows. Gives whether the file refers to others: then [`Self::finish`] is to be called with the lock of the
    /// pool, see [`crate::commit::pin_all`].
    pub fn settle(&mut self) -> Result<bool> {
        self.place_all()?;
        Ok(self.sharing.as_ref().is_some_and(|sharing| sharing.is_thin() && !sharing.is_small()))
    }

    /// The lock of the pool cannot be had: the file will be whole, and say so.
    pub fn keep_whole(&mut self, why: String) {
        self.unpinned = Some(why);
    }

    /// Encodes what is left, brings all row groups to the same types, writes the footer with `key_values`, and commits.
    /// When this returns, the checkpoint is durable under its name.
    pub fn finish(mut self, key_values: &[(String, String)]) -> Result<WriteSummary> {
        self.place_all()?;
        // Columns that only a plan knows (no row ever came) have no type yet.
        for index in self.types.len()..self.plan.len() {
            self.types.push(Builder::new(&self.plan[index], 0).column_type(None));
        }
        self.conform_groups()?;
        let types = std::mem::take(&mut self.types);
        let mut columns: Vec<_> = self.plan.iter().map(|node| node.name.clone()).zip(types).collect();
        let mut pairs = key_values.to_vec();
        pairs.extend(self.attachment.as_ref().map(Attachment::key_value));
        let mut kept_whole = self.reflinks.as_mut().and_then(|reflinks| reflinks.refused.take());
        if let Some(mut sharing) = self.sharing.take() {
            let names: Vec<String> = columns.iter().map(|(name, _)| name.clone()).collect();
            let is_small = sharing.is_small();
            for (index, groups) in sharing.dear() {
                self.unshare(&mut sharing, index, Some(&groups), &columns)?;
            }
            for index in if is_small { sharing.referring() } else { sharing.collisions(&names) } {
                self.unshare(&mut sharing, index, None, &columns)?;
            }
            let unpinned = self.unpinned.take();
            let pin = || sharing.pin(&self.temp).err().map(|error| error.to_string());
            if sharing.is_thin()
                && let Some(why) = unpinned.or_else(pin)
            {
                kept_whole = Some(why);
                for index in sharing.referring() {
                    self.unshare(&mut sharing, index, None, &columns)?;
                }
            }
            let section = if is_small { None } else { sharing.section(&columns, self.offset) };
            if let Some((_, bytes)) = &section {
                self.temp.write_all(bytes)?;
                self.offset += bytes.len() as u64;
            }
            sharing.key_values(&columns, section.as_ref().map(|(section, _)| section), &mut pairs);
            let (groups, encoding) = (std::mem::take(&mut self.groups), self.encoding);
            (columns, self.groups) =
                sharing.expand(&columns, groups, |column| self.place(column), encoding)?;
        }
        let indexes = file_indexes(&columns, &self.groups, self.offset)?;
        if let Some(indexes) = &indexes {
            self.temp.write_all(&indexes.bytes)?;
            self.offset += indexes.bytes.len() as u64;
        }
        let indexes = indexes.as_ref();
        let parts = FooterParts { columns: &columns, groups: &self.groups, key_values: &pairs, indexes };
        let (footer, metadata) = footer_bytes(&parts)?;
        if footer.len() as u64 > MAX_FOOTER_BYTES {
            let message = format!(
                "the file's footer would have {} bytes, and a reader takes {MAX_FOOTER_BYTES}; save fewer columns, shorter keys or less metadata",
                footer.len()
            );
            return Err(CkptError::new(ErrorCode::Limit, message));
        }
        self.temp.write_all(&footer)?;
        self.temp.commit()?;
        let rows = self.groups.iter().map(|group| group.rows as u64).sum();
        Ok(WriteSummary { rows, bytes: self.offset + footer.len() as u64, footer, metadata, kept_whole })
    }

    /// Gives a column the values that it was to have in other files: in these row groups, in all where none are told.
    fn unshare(
        &mut self,
        sharing: &mut Sharing,
        index: usize,
        groups: Option<&[usize]>,
        columns: &[(String, ColumnType)],
    ) -> Result<()> {
        let (node, column_type) = (self.plan[index].clone(), columns[index].1.clone());
        let (references, holders) = sharing.forget(index, groups);
        for (group, PlacedReferences { rows: placed, holders: numbers, .. }) in references {
            let rows = self.groups[group].rows;
            let own = self.groups[group].columns[index].clone();
            let told = Told {
                rows: self.decode_placed(&placed, rows)?,
                holders: self.decode_placed(&numbers, rows)?,
                own: self.decode_placed(&own, rows)?,
            };
            let array = values(&told, &holders, &column_type.to_stored())?;
            let column = encode_array(&node, &array, column_type.clone(), self.encoding)?;
            let mut placed = self.place(column)?;
            self.place_blooms(&mut placed)?;
            self.groups[group].columns[index] = placed;
        }
        Ok(())
    }

    fn decode_placed(&mut self, placed: &PlacedColumn, rows: usize) -> Result<ArrayRef> {
        let chunk = self.read_back(placed)?;
        decode("column", placed, &chunk, rows)
    }

    fn conform_groups(&mut self) -> Result<()> {
        let mut groups = std::mem::take(&mut self.groups);
        for group in &mut groups {
            for index in 0..self.types.len() {
                let (node, target) = (self.plan[index].clone(), self.types[index].clone());
                let column = match group.columns.get(index) {
                    Some(placed) if placed.column_type == target => continue,
                    Some(placed) => conform_column(
                        &node,
                        placed,
                        &self.read_back(placed)?,
                        group.rows,
                        &target,
                        self.encoding,
                    )?,
                    None => null_column(&node, group.rows, &target, self.encoding)?,
                };
                let mut placed = self.place(column)?;
                self.place_blooms(&mut placed)?;
                if index < group.columns.len() {
                    group.columns[index] = placed;
                } else {
                    group.columns.push(placed);
                }
            }
        }
        self.groups = groups;
        Ok(())
    }

    fn read_back(&mut self, placed: &PlacedColumn) -> Result<Vec<u8>> {
        // Chunks may have zeros between them.
        let ends =
            placed.leaves.iter().map(|leaf| leaf.metadata.byte_range()).map(|(start, length)| start + length);
        let mut chunk = vec![0; ends.max().unwrap_or(0) as usize];
        self.temp.read_back(&mut chunk, placed.offset)?;
        Ok(chunk)
    }
}
