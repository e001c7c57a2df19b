//! The footer: the file's schema, every row group's chunks at their places, our key-values, and the footer's own checksum.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowSchemaConverter;
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, KeyValue, ParquetMetaData, ParquetMetaDataBuilder,
    ParquetMetaDataWriter, RowGroupMetaData,
};
use parquet::file::writer::TrackedWrite;
use parquet::schema::types::SchemaDescriptor;

use super::bounds::{may_have_nan, type_defined_orders, without_bounds};
use super::leaf::EncodedLeaf;
use super::plan::ColumnType;
use crate::error::{CkptError, Result};
use crate::format::{
    CREATED_BY, FOOTER_CRC_ZERO, KEY_BLOOM_CRC, KEY_CHUNK_CRC, KEY_FOOTER_CRC, KEY_INDEX_CRC, footer_crc,
    footer_crc_position,
};

/// Where an index is in the file.
pub type Location = Option<(i64, i32)>;

/// The indexes of one chunk.
#[derive(Debug, Clone, Copy, Default)]
pub struct ChunkIndexes {
    /// Its column index.
    pub column: Location,
    /// Its offset index.
    pub offset: Location,
}

/// The indexes of a file.
#[derive(Debug)]
pub struct FileIndexes {
    /// To be written at the place that they were made for.
    pub bytes: Vec<u8>,
    /// Where the indexes of each chunk will be: row group by row group, leaf by leaf.
    pub chunks: Vec<ChunkIndexes>,
    /// CRC32C of the bytes.
    pub crc: u32,
}

/// Behind the footer: its length and the magic.
pub const TAIL: usize = 8;

/// A column of a row group, in the file.
#[derive(Debug, Clone)]
pub struct PlacedColumn {
    /// What the leaves hold.
    pub column_type: ColumnType,
    /// Where in the file the column's bytes start.
    pub offset: u64,
    /// Its chunks; offsets count from the start of the column's bytes.
    pub leaves: Vec<EncodedLeaf>,
}

/// A row group, in the file.
#[derive(Debug)]
pub struct PlacedGroup {
    /// Its rows.
    pub rows: usize,
    /// Its columns, in the order of the schema.
    pub columns: Vec<PlacedColumn>,
}

/// What a footer tells.
#[derive(Default)]
pub struct FooterParts<'a> {
    /// The schema: names and types.
    pub columns: &'a [(String, ColumnType)],
    /// The row groups.
    pub groups: &'a [PlacedGroup],
    /// The facade's, before those with checksums.
    pub key_values: &'a [(String, String)],
    /// Where the page indexes are.
    pub indexes: Option<&'a FileIndexes>,
}

/// The bytes that end the file: footer, length, magic; and what they say.
pub fn footer_bytes(parts: &FooterParts) -> Result<(Vec<u8>, ParquetMetaData)> {
    let mut pairs: Vec<KeyValue> =
        parts.key_values.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    let mut put = |key: &str, value: String| pairs.push(KeyValue::new(key.to_owned(), value));
    put(KEY_CHUNK_CRC, hex(leaves(parts.groups).map(|leaf| leaf.crc)));
    if let Some(indexes) = parts.indexes {
        put(KEY_INDEX_CRC, hex(std::iter::once(indexes.crc)));
    }
    let blooms = hex(leaves(parts.groups).filter_map(|leaf| leaf.bloom.as_ref().map(|bloom| bloom.crc)));
    if !blooms.is_empty() {
        put(KEY_BLOOM_CRC, blooms);
    }
    put(KEY_FOOTER_CRC, FOOTER_CRC_ZERO.to_owned());
    let metadata = metadata(parts, pairs)?;

    let mut bytes = Vec::new();
    let tracked = TrackedWrite::new(&mut bytes);
    ParquetMetaDataWriter::new_with_tracked(tracked, &metadata).finish().map_err(CkptError::internal)?;
    let end = bytes.len() - TAIL;
    type_defined_orders(&mut bytes[..end], metadata.file_metadata().schema_descr().num_columns())?;
    seal(&mut bytes)?;
    Ok((bytes, metadata))
}

/// The footer as parquet-rs has it.
pub fn metadata(parts: &FooterParts, pairs: Vec<KeyValue>) -> Result<ParquetMetaData> {
    let FooterParts { columns, groups, indexes, .. } = parts;
    let fields: Vec<Field> = columns.iter().map(|(name, ty)| Field::new(name, ty.to_arrow(), true)).collect();
    let schema = ArrowSchemaConverter::new().convert(&Schema::new(fields)).map_err(CkptError::internal)?;
    let schema = Arc::new(schema);
    let rows: usize = groups.iter().map(|group| group.rows).sum();
    let file = FileMetaData::new(
        1,
        rows as i64,
        Some(format!("{CREATED_BY}{}", env!("CARGO_PKG_VERSION"))),
        Some(pairs),
        schema.clone(),
        None,
    );
    let nans = leaves_with_nan(groups, schema.num_columns());
    let groups =
        groups.iter().enumerate().map(|(index, group)| row_group(&schema, index, group, *indexes, &nans));
    Ok(ParquetMetaDataBuilder::new(file).set_row_groups(groups.collect::<Result<_>>()?).build())
}

/// For each leaf, whether any of its chunks may hold a NaN.
fn leaves_with_nan(groups: &[PlacedGroup], leaves: usize) -> Vec<bool> {
    let mut nans = vec![false; leaves];
    for group in groups {
        for (leaf, nan) in group.columns.iter().flat_map(|column| &column.leaves).zip(&mut nans) {
            *nan |= may_have_nan(&leaf.metadata);
        }
    }
    nans
}

/// Writes the footer's own checksum into its place.
fn seal(bytes: &mut [u8]) -> Result<()> {
    let end = bytes.len() - TAIL;
    let position = footer_crc_position(&bytes[..end])
        .ok_or_else(|| CkptError::internal("the footer has no checksum"))?;
    let crc = format!("{:08x}", footer_crc(&bytes[..end], position));
    bytes[position..position + 8].copy_from_slice(crc.as_bytes());
    Ok(())
}

fn leaves(groups: &[PlacedGroup]) -> impl Iterator<Item = &EncodedLeaf> {
    groups.iter().flat_map(|group| &group.columns).flat_map(|column| &column.leaves)
}

fn hex(crcs: impl Iterator<Item = u32>) -> String {
    let mut text = String::new();
    for crc in crcs {
        let _ = write!(text, "{crc:08x}");
    }
    text
}

fn row_group(
    schema: &Arc<SchemaDescriptor>,
    index: usize,
    group: &PlacedGroup,
    indexes: Option<&FileIndexes>,
    nans: &[bool],
) -> Result<RowGroupMetaData> {
    let mut chunks = Vec::with_capacity(schema.num_columns());
    for column in &group.columns {
        for leaf in &column.leaves {
            let descriptor = schema.column(chunks.len());
            if descriptor.physical_type() != leaf.metadata.column_type() {
                return Err(CkptError::internal(format!("{} has chunks of two types", descriptor.path())));
            }
            let place = index * schema.num_columns() + chunks.len();
            let indexes = indexes.and_then(|indexes| indexes.chunks.get(place)).copied().unwrap_or_default();
            chunks.push(placed_chunk(descriptor, leaf, column.offset as i64, indexes, nans[chunks.len()])?);
        }
    }
    if chunks.len() != schema.num_columns() {
        return Err(CkptError::internal("a row group lacks a column"));
    }
    let start = chunks.first().map_or(4, |chunk| chunk.byte_range().0 as i64);
    let uncompressed = chunks.iter().map(ColumnChunkMetaData::uncompressed_size).sum();
    RowGroupMetaData::builder(schema.clone())
        .set_column_metadata(chunks)
        .set_total_byte_size(uncompressed)
        .set_num_rows(group.rows as i64)
        .set_ordinal(index as i32)
        .set_file_offset(start)
        .build()
        .map_err(CkptError::internal)
}

fn placed_chunk(
    descriptor: parquet::schema::types::ColumnDescPtr,
    leaf: &EncodedLeaf,
    offset: i64,
    indexes: ChunkIndexes,
    nan: bool,
) -> Result<ColumnChunkMetaData> {
    let chunk = &leaf.metadata;
    let bloom = leaf.bloom.as_ref().and_then(|bloom| Some((bloom.offset?, bloom.length)));
    let mut builder = ColumnChunkMetaData::builder(descriptor)
        .set_compression_codec(chunk.compression_codec())
        .set_encodings_mask(*chunk.encodings_mask())
        .set_total_compressed_size(chunk.compressed_size())
        .set_total_uncompressed_size(chunk.uncompressed_size())
        .set_num_values(chunk.num_values())
        .set_data_page_offset(chunk.data_page_offset() + offset)
        .set_dictionary_page_offset(chunk.dictionary_page_offset().map(|start| start + offset))
        .set_unencoded_byte_array_data_bytes(chunk.unencoded_byte_array_data_bytes())
        .set_column_index_offset(indexes.column.map(|place| place.0))
        .set_column_index_length(indexes.column.map(|place| place.1))
        .set_offset_index_offset(indexes.offset.map(|place| place.0))
        .set_offset_index_length(indexes.offset.map(|place| place.1))
        .set_bloom_filter_offset(bloom.map(|place| place.0 as i64))
        .set_bloom_filter_length(bloom.map(|place| place.1 as i32));
    if let Some(statistics) = chunk.statistics() {
        builder = builder.set_statistics(if nan { without_bounds(statistics) } else { statistics.clone() });
    }
    if let Some(stats) = chunk.page_encoding_stats() {
        builder = builder.set_page_encoding_stats(stats.clone());
    }
    builder.build().map_err(CkptError::internal)
}
