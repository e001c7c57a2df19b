//! The footer: the file's schema, every row group's chunks at their places, our key-values, and the footer's own checksum.

use std::fmt::Write as _;
use std::sync::Arc;

use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowSchemaConverter;
use parquet::file::metadata::{
    ColumnChunkMetaData, FileMetaData, KeyValue, ParquetMetaDataBuilder, ParquetMetaDataWriter,
    RowGroupMetaData,
};
use parquet::file::writer::TrackedWrite;
use parquet::schema::types::SchemaDescriptor;

use super::chunk::EncodedLeaf;
use super::plan::ColumnType;
use crate::error::{CkptError, Result};
use crate::format::{
    CREATED_BY, FOOTER_CRC_ZERO, KEY_CHUNK_CRC, KEY_FOOTER_CRC, footer_crc, footer_crc_position,
};

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

/// The bytes that end the file after its last chunk: footer, length, magic.
pub fn footer_bytes(
    columns: &[(String, ColumnType)],
    groups: &[PlacedGroup],
    key_values: &[(String, String)],
) -> Result<Vec<u8>> {
    let fields: Vec<Field> = columns.iter().map(|(name, ty)| Field::new(name, ty.to_arrow(), true)).collect();
    let schema = ArrowSchemaConverter::new().convert(&Schema::new(fields)).map_err(CkptError::internal)?;
    let schema = Arc::new(schema);
    let rows: usize = groups.iter().map(|group| group.rows).sum();
    let mut pairs: Vec<KeyValue> =
        key_values.iter().map(|(key, value)| KeyValue::new(key.clone(), value.clone())).collect();
    pairs.push(KeyValue::new(KEY_CHUNK_CRC.to_owned(), chunk_crcs(groups)));
    pairs.push(KeyValue::new(KEY_FOOTER_CRC.to_owned(), FOOTER_CRC_ZERO.to_owned()));
    let file = FileMetaData::new(
        1,
        rows as i64,
        Some(format!("{CREATED_BY}{}", env!("CARGO_PKG_VERSION"))),
        Some(pairs),
        schema.clone(),
        None,
    );
    let groups = groups.iter().enumerate().map(|(index, group)| row_group(&schema, index, group));
    let metadata = ParquetMetaDataBuilder::new(file).set_row_groups(groups.collect::<Result<_>>()?).build();

    let mut bytes = Vec::new();
    let tracked = TrackedWrite::new(&mut bytes);
    ParquetMetaDataWriter::new_with_tracked(tracked, &metadata).finish().map_err(CkptError::internal)?;
    seal(&mut bytes)?;
    Ok(bytes)
}

/// Writes the footer's own checksum into its place.
fn seal(bytes: &mut [u8]) -> Result<()> {
    let end = bytes.len() - 8; // the footer's length and the magic
    let position = footer_crc_position(&bytes[..end])
        .ok_or_else(|| CkptError::internal("the footer has no checksum"))?;
    let crc = format!("{:08x}", footer_crc(&bytes[..end], position));
    bytes[position..position + 8].copy_from_slice(crc.as_bytes());
    Ok(())
}

fn chunk_crcs(groups: &[PlacedGroup]) -> String {
    let mut text = String::new();
    for leaf in groups.iter().flat_map(|group| &group.columns).flat_map(|column| &column.leaves) {
        let _ = write!(text, "{:08x}", leaf.crc);
    }
    text
}

fn row_group(schema: &Arc<SchemaDescriptor>, index: usize, group: &PlacedGroup) -> Result<RowGroupMetaData> {
    let mut chunks = Vec::with_capacity(schema.num_columns());
    for column in &group.columns {
        for leaf in &column.leaves {
            let descriptor = schema.column(chunks.len());
            if descriptor.physical_type() != leaf.metadata.column_type() {
                return Err(CkptError::internal(format!("{} has chunks of two types", descriptor.path())));
            }
            chunks.push(placed_chunk(descriptor, &leaf.metadata, column.offset as i64)?);
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
    chunk: &ColumnChunkMetaData,
    offset: i64,
) -> Result<ColumnChunkMetaData> {
    let mut builder = ColumnChunkMetaData::builder(descriptor)
        .set_compression_codec(chunk.compression_codec())
        .set_encodings_mask(*chunk.encodings_mask())
        .set_total_compressed_size(chunk.compressed_size())
        .set_total_uncompressed_size(chunk.uncompressed_size())
        .set_num_values(chunk.num_values())
        .set_data_page_offset(chunk.data_page_offset() + offset)
        .set_dictionary_page_offset(chunk.dictionary_page_offset().map(|start| start + offset))
        .set_unencoded_byte_array_data_bytes(chunk.unencoded_byte_array_data_bytes());
    if let Some(statistics) = chunk.statistics() {
        builder = builder.set_statistics(statistics.clone());
    }
    if let Some(stats) = chunk.page_encoding_stats() {
        builder = builder.set_page_encoding_stats(stats.clone());
    }
    builder.build().map_err(CkptError::internal)
}
