//! An opened file: checked, described, ready to be scanned.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;
use serde_json::{Map, Value, json};

use super::chunks::check_metadata;
use super::columns::Columns;
use super::filter::Filter;
use super::footer::{Footer, key_value, read_footer};
use super::scan::{Scan, ScanOptions};
use super::select::Selector;
use super::source::Source;
use super::worker::StopFlags;
use crate::error::Result;
use crate::format::{KEY_CHUNK_CRC, KEY_FOOTER_CRC, KEY_PANDAS};

/// All keys of ours begin so.
const PREFIX: &str = "arrow-ckpt.";

/// Every chunk has these for its levels; booleans of some writers use them for values as well, which cannot be told apart.
const OF_LEVELS: [&str; 2] = ["rle", "bit_packed"];

/// How to open a file.
#[derive(Debug, Clone, Copy)]
pub struct OpenOptions {
    /// Compare the checksums of files that have ours: the footer's now, each column chunk's when it is read. Default: true.
    pub verify: bool,
}

impl Default for OpenOptions {
    fn default() -> Self {
        Self { verify: true }
    }
}

/// A Parquet file, ours or anybody's, whose footer has been read and checked.
///
/// It may be scanned any number of times, also at once: share it by `Arc`.
pub struct CheckpointFile {
    pub(super) source: Source,
    pub(super) metadata: ParquetMetaData,
    pub(super) columns: Columns,
    rows: u64,
    /// Where the last column chunk must have ended.
    pub(super) footer_start: u64,
    /// The checksum of each column chunk, row group by row group, where they are to be compared.
    pub(super) chunk_crcs: Option<Vec<u32>>,
}

impl CheckpointFile {
    /// Opens the file at `path`: reads its footer, compares the footer's checksum, and checks everything that the footer
    /// claims before memory is taken for it.
    ///
    /// No file, a folder, no access: as the operating system says. No magic: `NotACheckpoint`. A missing end: `Truncated`.
    /// A later format version: `FormatVersion`. Beyond a cap of [`crate::limits`]: `Limit`. Encryption, types that
    /// cannot be read: `UnsupportedFile`. Anything else that cannot be: `Corrupt`.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Arc<Self>> {
        Self::open_unnamed(path, *options).map_err(|error| error.at(path))
    }

    fn open_unnamed(path: &Path, options: OpenOptions) -> Result<Arc<Self>> {
        let source = Source::open(path)?;
        let footer = read_footer(&source, options.verify)?;
        let rows = check_metadata(&footer.metadata, footer.start)?;
        let columns = Columns::new(&footer.metadata)?;
        let Footer { metadata, start, chunk_crcs } = footer;
        Ok(Arc::new(Self { source, metadata, columns, rows, footer_start: start, chunk_crcs }))
    }

    /// Rows of the file.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Bytes of the file.
    #[must_use]
    pub fn bytes(&self) -> u64 {
        self.source.bytes()
    }

    /// The value of a key of the footer.
    #[must_use]
    pub fn key_value(&self, key: &str) -> Option<&str> {
        key_value(&self.metadata, key)
    }

    /// The file in JSON:
    /// `{ rows, bytes, createdBy, keyValues, rowGroups, columns: [{ name, type, codec, encodings, bytes, nulls }], tree: [node] }`,
    /// where `keyValues` are ours without the checksums, and that of pandas, a column's `encodings` are those of its values, its `bytes` the compressed
    /// ones, its `nulls` are null where the file does not say how many there are, and a node of the physical tree is
    /// `{ name, kind, nullable, children }`.
    #[must_use]
    pub fn describe(&self) -> Value {
        let file = self.metadata.file_metadata();
        let mut key_values = Map::new();
        for pair in file.key_value_metadata().into_iter().flatten() {
            let checksum = [KEY_CHUNK_CRC, KEY_FOOTER_CRC].contains(&pair.key.as_str());
            let told = pair.key.starts_with(PREFIX) || pair.key == KEY_PANDAS;
            if told && !checksum && !key_values.contains_key(&pair.key) {
                key_values.insert(pair.key.clone(), json!(pair.value));
            }
        }
        let columns: Vec<Value> =
            (0..self.columns.nodes.len()).map(|column| self.describe_column(column)).collect();
        let tree: Vec<Value> = self.columns.nodes.iter().map(super::kinds::Node::json).collect();
        json!({
            "rows": self.rows(),
            "bytes": self.bytes(),
            "createdBy": file.created_by(),
            "keyValues": key_values,
            "rowGroups": self.metadata.num_row_groups(),
            "columns": columns,
            "tree": tree,
        })
    }

    fn describe_column(&self, column: usize) -> Value {
        let node = &self.columns.nodes[column];
        let leaves = self.columns.leaves[column].clone();
        let mut codecs: Vec<&str> = Vec::new();
        let mut encodings = BTreeSet::new();
        let mut bytes = 0;
        // Of a list or a struct the statistics tell the nulls of its leaves, not its own.
        let mut nulls = (leaves.len() == 1 && node.children.is_empty()).then_some(0);
        for group in self.metadata.row_groups() {
            for chunk in &group.columns()[leaves.clone()] {
                let codec = codec_name(chunk.compression());
                if !codecs.contains(&codec) {
                    codecs.push(codec);
                }
                encodings.extend(chunk.encodings().map(|encoding| encoding.to_string().to_lowercase()));
                bytes += chunk.compressed_size();
                let known = chunk.statistics().and_then(Statistics::null_count_opt);
                nulls = nulls.zip(known).and_then(|(nulls, more): (u64, u64)| nulls.checked_add(more));
            }
        }
        json!({
            "name": node.name,
            "type": node.words(),
            "codec": codecs.join(", "),
            "encodings": encodings.into_iter().filter(|name| !OF_LEVELS.contains(&name.as_str())).collect::<Vec<_>>(),
            "bytes": bytes,
            "nulls": nulls,
        })
    }

    /// How many rows a filter is certainly true of, and of how many more it may be true.
    pub fn count(self: &Arc<Self>, filter: Filter, cancel: Arc<AtomicBool>) -> Result<(u64, u64)> {
        let stop = StopFlags { cancel, dropped: Arc::default() };
        let selector = Selector::new(Arc::clone(self), Some(filter), None, stop);
        let mut counts = (0, 0);
        for group in 0..self.metadata.num_row_groups() {
            let chosen = selector.chosen(group).map_err(|error| error.at(self.source.path()))?;
            counts.0 += chosen.certain_rows as u64;
            counts.1 += (chosen.rows - chosen.certain_rows) as u64;
        }
        Ok(counts)
    }

    /// Begins to read rows.
    pub fn scan(self: &Arc<Self>, options: ScanOptions) -> Result<Scan> {
        Scan::new(self, options).map_err(|error| error.at(self.source.path()))
    }
}

fn codec_name(codec: Compression) -> &'static str {
    match codec {
        Compression::UNCOMPRESSED => "none",
        Compression::SNAPPY => "snappy",
        Compression::GZIP(_) => "gzip",
        Compression::LZO => "lzo",
        Compression::BROTLI(_) => "brotli",
        Compression::LZ4 => "lz4-hadoop",
        Compression::ZSTD(_) => "zstd",
        Compression::LZ4_RAW => "lz4",
    }
}
