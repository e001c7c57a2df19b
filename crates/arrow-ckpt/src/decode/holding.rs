//! What others ask of a file whose values they may refer to.

use std::sync::Arc;

use arrow_array::ArrayRef;
use bytes::Bytes;
use parquet::file::metadata::RowGroupMetaData;

use super::chunks::chunk_range;
use super::columns::Projected;
use super::file::CheckpointFile;
use super::held_rows::mask;
use super::options::Large;
use super::reader::{LoadedColumn, Opening};
use crate::commit::FileId;
use crate::error::{CkptError, ErrorCode, Result};
use crate::format::KEY_FOOTER_CRC;

impl CheckpointFile {
    /// The rows of each row group.
    #[must_use]
    pub fn group_rows(&self) -> Vec<usize> {
        self.metadata.row_groups().iter().map(|group| group.num_rows() as usize).collect()
    }

    /// The digits of the footer's checksum; none in files of other writers.
    #[must_use]
    pub fn footer_crc(&self) -> Option<&str> {
        self.key_value(KEY_FOOTER_CRC)
    }

    /// Whether nobody has written into it since it was opened.
    pub fn is_unchanged(&self) -> bool {
        self.source.is_unchanged()
    }

    /// Which file of the system's it is; an error where that cannot be told.
    pub fn file_id(&self) -> std::io::Result<FileId> {
        self.source.file_id()
    }

    /// Bytes of the file, from `offset` on.
    pub fn read_span(&self, offset: u64, bytes: usize) -> Result<Bytes> {
        let end = offset.checked_add(bytes as u64);
        if end.is_none_or(|end| end > self.bytes()) {
            let message = "the file points beyond its own end";
            return Err(CkptError::new(ErrorCode::Corrupt, message).at(self.source.path()));
        }
        self.source.read(offset, bytes).map_err(|error| error.at(self.source.path()))
    }

    /// Where each column chunk is: its first byte, its length, its checksum. Nothing of files of other writers.
    pub(crate) fn chunk_places(&self) -> Vec<(u64, u64, u32)> {
        let chunks = self.metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
        let crcs = self.chunk_crcs.iter().flatten();
        chunks
            .zip(crcs)
            .filter_map(|(chunk, crc)| chunk_range(chunk).map(|(at, length)| (at, length, *crc)))
            .collect()
    }

    /// Bytes that a column has in the file, compressed.
    #[must_use]
    pub fn column_bytes(&self, name: &str) -> u64 {
        let Some(column) = self.columns.nodes.iter().position(|node| node.name == name) else { return 0 };
        let leaves = self.columns.leaves[column].clone();
        let groups = self.metadata.row_groups().iter();
        let chunks = groups.flat_map(|group| &group.columns()[leaves.clone()]);
        chunks.map(|chunk| chunk.compressed_size().unsigned_abs()).sum()
    }

    /// The first row of each page of a column, counted from the first of the file: of the leaf that has most pages. Where the file does
    /// not tell, a row group is one page. None if there is no such column.
    pub fn page_starts(&self, name: &str) -> Result<Option<Vec<u64>>> {
        let Some(column) = self.columns.nodes.iter().position(|node| node.name == name) else {
            return Ok(None);
        };
        let mut starts = Vec::new();
        let mut first = 0u64;
        for (group, rows) in self.group_rows().into_iter().enumerate() {
            let mut most = vec![first];
            if let Some(index) = &self.index {
                for leaf in self.columns.leaves[column].clone() {
                    let pages = index.pages(&self.metadata, group, leaf)?;
                    if pages.pages.len() > most.len() {
                        most = (0..pages.pages.len())
                            .map(|page| first + pages.rows(page).start as u64)
                            .collect();
                    }
                }
            }
            starts.append(&mut most);
            first += rows as u64;
        }
        Ok(Some(starts))
    }

    /// The values of a column in these rows, which ascend.
    pub fn values(self: &Arc<Self>, name: &str, rows: &[u64]) -> Result<Vec<ArrayRef>> {
        let column = self.columns.nodes.iter().position(|node| node.name == name);
        let column = column.ok_or_else(|| CkptError::internal(format!("there is no column {name}")))?;
        let projected = Projected::whole(&self.columns, column)?;
        let levels = self.columns.levels(&projected)?;
        let (mut rest, mut first, mut arrays) = (rows, 0, Vec::new());
        for (group, count) in self.group_rows().into_iter().enumerate() {
            let end = first + count as u64;
            let (here, later) = rest.split_at(rest.partition_point(|row| *row < end));
            if !here.is_empty() {
                let wanted = mask(here, first..end);
                let opening = Opening::new(None, Large::default(), &[]);
                let loaded = LoadedColumn::load(self, group, &projected, wanted.as_ref(), &opening)?;
                arrays.push(loaded.decode(&levels, here.len())?.next(here.len())?);
            }
            (rest, first) = (later, end);
        }
        Ok(arrays)
    }
}
