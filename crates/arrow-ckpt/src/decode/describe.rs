//! What a file tells without its rows.

use std::collections::{BTreeSet, HashSet};

use parquet::basic::{Compression, Encoding};
use parquet::file::metadata::{KeyValue, ParquetMetaData};
use parquet::file::statistics::Statistics;
use serde::{Serialize, Serializer};

use super::chunks::check_metadata;
use super::columns::{Columns, Reading, json};
use super::faults::corrupt;
use super::footer::parse;
use super::options::OpenOptions;
use crate::error::Result;
use crate::format::{KEY_BLOOM_CRC, KEY_CHUNK_CRC, KEY_FOOTER_CRC, KEY_INDEX_CRC, KEY_PANDAS, KEY_PREFIX};
use crate::limits::Limits;

/// Every chunk has these for its levels; booleans of some writers use them for values as well, which cannot be told apart.
const OF_LEVELS: [&str; 2] = ["rle", "bit_packed"];
/// The footer's length and the magic.
const TAIL: usize = 8;

/// A file of `bytes` bytes that ends with `footer` in JSON:
/// `{ rows, bytes, createdBy, ours, keyValues, rowGroups, columns: [{ name, type, codec, encodings, bytes, nulls }], tree: [node] }`.
/// `ours` says whether we wrote it last, `keyValues` are ours without the checksums, and that of pandas, a column's `encodings` are those
/// of its values, its `bytes` the compressed ones, its `nulls` are null where the file does not say how many there are, and a node of the
/// physical tree is `{ name, kind, nullable, children }`. A column of a thin checkpoint that has values in other files, whose bytes do not
/// count, has
/// `shared: true` besides.
///
/// For who has just written the file: what [`super::CheckpointFile::open`] checks is not checked.
pub fn describe_footer(footer: &[u8], bytes: u64) -> Result<String> {
    let thrift = footer.len().checked_sub(TAIL).map(|length| &footer[..length]);
    let metadata = parse(thrift.ok_or_else(|| corrupt("its footer is too short"))?, true)?;
    let rows = check_metadata(&metadata, bytes.saturating_sub(footer.len() as u64), &Limits::default())?;
    let (columns, _) = Columns::logical(&metadata, Reading::default(), None, &OpenOptions::default())?;
    Ok(describe(&metadata, &columns, true, rows, bytes))
}

/// A file of `bytes` bytes that a save has just written, whole and with this metadata, in JSON: `{ rows, bytes, columns }`, as
/// [`describe_footer`] has them. Who saved it knows the rest.
pub fn describe_written(metadata: &ParquetMetaData, bytes: u64) -> Result<String> {
    let columns = Columns::new(metadata, &Reading::default())?;
    let rows = metadata.file_metadata().num_rows();
    let columns = describe_columns(metadata, &columns);
    Ok(format!("{{\"rows\":{rows},\"bytes\":{bytes},\"columns\":{columns}}}"))
}

/// Written as it is found: a tree of JSON values first would take longer than all else that a small file asks for.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Head<'a> {
    created_by: Option<&'a str>,
    ours: bool,
    key_values: KeyValues<'a>,
    row_groups: usize,
}

#[derive(Serialize)]
struct Column<'a> {
    name: &'a str,
    r#type: String,
    codec: String,
    encodings: BTreeSet<String>,
    bytes: i64,
    nulls: Option<u64>,
    /// Values of it are in other files. Only thin checkpoints say so.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    shared: bool,
}

/// An object of the first pair of each key.
struct KeyValues<'a>(Vec<&'a KeyValue>);

impl Serialize for KeyValues<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|pair| (&pair.key, &pair.value)))
    }
}

/// The text that [`describe_footer`] documents.
pub(super) fn describe(
    metadata: &ParquetMetaData,
    columns: &Columns,
    ours: bool,
    rows: u64,
    bytes: u64,
) -> String {
    let head = describe_head(metadata, columns, ours);
    let columns = describe_columns(metadata, columns);
    format!("{{\"rows\":{rows},\"bytes\":{bytes},\"columns\":{columns},{}", &head[1..])
}

/// All of it but for the rows, the bytes and the columns.
pub(super) fn describe_head(metadata: &ParquetMetaData, columns: &Columns, ours: bool) -> String {
    let file = metadata.file_metadata();
    let mut pairs: Vec<&KeyValue> = Vec::new();
    let mut seen = HashSet::new();
    for pair in file.key_value_metadata().into_iter().flatten() {
        let checksums = [KEY_CHUNK_CRC, KEY_INDEX_CRC, KEY_BLOOM_CRC, KEY_FOOTER_CRC];
        let checksum = checksums.contains(&pair.key.as_str());
        let told = pair.key.starts_with(KEY_PREFIX) || pair.key == KEY_PANDAS;
        if told && !checksum && seen.insert(&pair.key) {
            pairs.push(pair);
        }
    }
    let head = Head {
        created_by: file.created_by(),
        ours,
        key_values: KeyValues(pairs),
        row_groups: metadata.num_row_groups(),
    };
    let mut head = json(&head);
    head.pop();
    head.push_str(",\"tree\":");
    head.push_str(columns.tree());
    head.push('}');
    head
}

/// The columns of it.
pub(super) fn describe_columns(metadata: &ParquetMetaData, columns: &Columns) -> String {
    let columns: Vec<Column> =
        (0..columns.nodes.len()).map(|column| describe_column(metadata, columns, column)).collect();
    json(&columns)
}

fn describe_column<'a>(metadata: &ParquetMetaData, columns: &'a Columns, column: usize) -> Column<'a> {
    let node = &columns.nodes[column];
    let leaves = columns.leaves[column].clone();
    let mut codecs: Vec<&str> = Vec::new();
    let mut encodings: Vec<Encoding> = Vec::new();
    let mut bytes = 0;
    // Of a list or a struct the statistics tell the nulls of its leaves, not its own.
    let shared = columns.shared.contains_key(&column);
    let mut nulls = (leaves.len() == 1 && node.children.is_empty() && !shared).then_some(0);
    for group in metadata.row_groups() {
        for chunk in &group.columns()[leaves.clone()] {
            let codec = codec_name(chunk.compression());
            if !codecs.contains(&codec) {
                codecs.push(codec);
            }
            for encoding in chunk.encodings() {
                if !encodings.contains(&encoding) {
                    encodings.push(encoding);
                }
            }
            bytes += chunk.compressed_size();
            let known = chunk.statistics().and_then(Statistics::null_count_opt);
            nulls = nulls.zip(known).and_then(|(nulls, more): (u64, u64)| nulls.checked_add(more));
        }
    }
    let names = encodings.iter().map(|encoding| encoding.to_string().to_lowercase());
    Column {
        name: &node.name,
        r#type: node.words(),
        codec: codecs.join(", "),
        encodings: names.filter(|name| !OF_LEVELS.contains(&name.as_str())).collect(),
        bytes,
        nulls,
        shared,
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
