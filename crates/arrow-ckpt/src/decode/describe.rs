//! What a file tells without its rows.

use std::collections::BTreeSet;

use parquet::basic::Compression;
use parquet::file::metadata::ParquetMetaData;
use parquet::file::statistics::Statistics;
use serde_json::{Map, Value, json};

use super::chunks::check_metadata;
use super::columns::{Columns, Reading};
use super::faults::corrupt;
use super::footer::parse;
use crate::error::Result;
use crate::format::{KEY_BLOOM_CRC, KEY_CHUNK_CRC, KEY_FOOTER_CRC, KEY_INDEX_CRC, KEY_PANDAS, KEY_PREFIX};
use crate::limits::Limits;

/// Every chunk has these for its levels; booleans of some writers use them for values as well, which cannot be told apart.
const OF_LEVELS: [&str; 2] = ["rle", "bit_packed"];
/// The footer's length and the magic.
const TAIL: usize = 8;

/// A file of `bytes` bytes that ends with `footer` in JSON:
/// `{ rows, bytes, createdBy, ours, keyValues, rowGroups, columns: [{ name, type, codec, encodings, bytes, nulls }], tree: [node] }`,
/// where `ours` says whether we wrote it last, `keyValues` are ours without the checksums, and that of pandas, a column's `encodings` are
/// those of its values, its `bytes` the compressed ones, its `nulls` are null where the file does not say how many there are, and a node of
/// the physical tree is
/// `{ name, kind, nullable, children }`.
///
/// For who has just written the file: what [`super::CheckpointFile::open`] checks is not checked.
pub fn describe_footer(footer: &[u8], bytes: u64) -> Result<Value> {
    let thrift = footer.len().checked_sub(TAIL).map(|length| &footer[..length]);
    let metadata = parse(thrift.ok_or_else(|| corrupt("its footer is too short"))?, true)?;
    let rows = check_metadata(&metadata, bytes.saturating_sub(footer.len() as u64), &Limits::default())?;
    let columns = Columns::new(&metadata, &Reading::default())?;
    Ok(describe(&metadata, &columns, true, rows, bytes))
}

pub(super) fn describe(
    metadata: &ParquetMetaData,
    columns: &Columns,
    ours: bool,
    rows: u64,
    bytes: u64,
) -> Value {
    let file = metadata.file_metadata();
    let mut key_values = Map::new();
    for pair in file.key_value_metadata().into_iter().flatten() {
        let checksums = [KEY_CHUNK_CRC, KEY_INDEX_CRC, KEY_BLOOM_CRC, KEY_FOOTER_CRC];
        let checksum = checksums.contains(&pair.key.as_str());
        let told = pair.key.starts_with(KEY_PREFIX) || pair.key == KEY_PANDAS;
        if told && !checksum && !key_values.contains_key(&pair.key) {
            key_values.insert(pair.key.clone(), json!(pair.value));
        }
    }
    let described: Vec<Value> =
        (0..columns.nodes.len()).map(|column| describe_column(metadata, columns, column)).collect();
    let tree: Vec<Value> = columns.nodes.iter().map(super::kinds::Node::json).collect();
    json!({
        "rows": rows,
        "bytes": bytes,
        "createdBy": file.created_by(),
        "ours": ours,
        "keyValues": key_values,
        "rowGroups": metadata.num_row_groups(),
        "columns": described,
        "tree": tree,
    })
}

fn describe_column(metadata: &ParquetMetaData, columns: &Columns, column: usize) -> Value {
    let node = &columns.nodes[column];
    let leaves = columns.leaves[column].clone();
    let mut codecs: Vec<&str> = Vec::new();
    let mut encodings = BTreeSet::new();
    let mut bytes = 0;
    // Of a list or a struct the statistics tell the nulls of its leaves, not its own.
    let mut nulls = (leaves.len() == 1 && node.children.is_empty()).then_some(0);
    for group in metadata.row_groups() {
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
