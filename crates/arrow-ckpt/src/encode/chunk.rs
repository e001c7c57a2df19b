//! One top-level column of one row group, encoded in memory: the unit that threads work on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::basic::{Compression, ConvertedType, Type as Physical};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{
    DEFAULT_WRITE_BATCH_SIZE, EnabledStatistics, WriterProperties, WriterVersion,
};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::SchemaDescriptor;

use super::bounds::chunk_statistics;
use super::builder::Builder;
use super::choose::choose;
use super::pages::{EncodedPages, WrittenPages};
use super::plan::{ColumnType, PlanNode};
use crate::error::{CkptError, Result};

/// The encoder is Parquet's own file writer over memory, which begins with the magic.
pub const HEAD: usize = 4;
/// Bytes of a text that a column index keeps of a page's minimum and maximum.
const INDEX_TEXT_BYTES: usize = 64;
/// Part of the values that a row group does not have and that its bloom filter takes for ones that it has.
const BLOOM_FALSE_POSITIVES: f64 = 0.01;

/// The bytes of a column's leaves, one after the other, behind [`HEAD`] bytes of magic.
#[derive(Debug)]
pub struct EncodedColumn {
    /// What the leaves hold.
    pub column_type: ColumnType,
    /// The chunks of all leaves.
    pub bytes: Vec<u8>,
    /// Leaf by leaf; offsets count from the start of `bytes`.
    pub leaves: Vec<EncodedLeaf>,
}

/// One column chunk.
#[derive(Debug, Clone)]
pub struct EncodedLeaf {
    /// Offsets count from the start of the column's bytes.
    pub metadata: ColumnChunkMetaData,
    /// CRC32C of the chunk's bytes.
    pub crc: u32,
    /// Its pages.
    pub pages: EncodedPages,
    /// Its bloom filter, if it has one.
    pub bloom: Option<EncodedBloom>,
}

/// A chunk's bloom filter.
#[derive(Debug, Clone)]
pub struct EncodedBloom {
    /// Header and bits; empty once they are in the file.
    pub bytes: Vec<u8>,
    /// How many they are.
    pub length: usize,
    /// CRC32C of the bytes.
    pub crc: u32,
    /// Where in the file they are, once they are.
    pub offset: Option<u64>,
}

/// What holds for all columns of a save.
#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    /// The user's codec, None for `auto`.
    pub codec: Option<Compression>,
    /// Rows of a page at most.
    pub page_rows: usize,
}

/// A column to encode: what filled, and the type it must have.
pub struct ColumnJob {
    /// What filled.
    pub builder: Builder,
    /// What the plan says of it.
    pub node: PlanNode,
    /// At least the builder's own type.
    pub column_type: ColumnType,
    /// As all columns.
    pub encoding: Encoding,
}

impl ColumnJob {
    /// Builds the array and encodes it; a panic of a dependency becomes an error.
    pub fn run(self) -> Result<EncodedColumn> {
        let encode = move || {
            let array = self.builder.finish(&self.column_type.to_arrow())?;
            encode_array(&self.node, &array, self.column_type, self.encoding)
        };
        catch_unwind(AssertUnwindSafe(encode))
            .unwrap_or_else(|panic| Err(CkptError::internal(crate::panic_message(&*panic))))
    }
}

/// Encodes one array as the column of `node`.
pub fn encode_array(
    node: &PlanNode,
    array: &ArrayRef,
    column_type: ColumnType,
    encoding: Encoding,
) -> Result<EncodedColumn> {
    let field = Field::new(&node.name, column_type.to_arrow(), true);
    let schema = Arc::new(Schema::new(vec![field.clone()]));
    let parquet_schema = ArrowSchemaConverter::new().convert(&schema).map_err(CkptError::internal)?;
    let properties = Arc::new(properties(node, &parquet_schema, array, encoding));
    let mut file = SerializedFileWriter::new(Vec::new(), parquet_schema.root_schema_ptr(), properties)
        .map_err(CkptError::internal)?;
    let factory = ArrowRowGroupWriterFactory::new(&file, schema);
    let mut group = file.next_row_group().map_err(CkptError::internal)?;
    let writers = factory.create_column_writers(0).map_err(CkptError::internal)?;
    let mut written = Vec::with_capacity(writers.len());
    for (mut writer, leaf) in
        writers.into_iter().zip(compute_leaves(&field, array).map_err(CkptError::internal)?)
    {
        writer.write(&leaf).map_err(CkptError::internal)?;
        let mut chunk = writer.close().map_err(CkptError::internal)?;
        written.push((WrittenPages::of(chunk.close())?, chunk.close_mut().bloom_filter.take()));
        chunk.append_to_row_group(&mut group).map_err(CkptError::internal)?;
    }
    let metadata = group.close().map_err(CkptError::internal)?;
    file.flush().map_err(|error| CkptError::internal(&error))?;
    let bytes = std::mem::take(file.inner_mut());
    let leaves = metadata.columns().iter().zip(written).map(|(chunk, (pages, bloom))| {
        let (pages, crc) = pages.place(chunk, &bytes)?;
        let bloom = bloom.map(|bloom| encode_bloom(&bloom)).transpose()?;
        Ok(EncodedLeaf { metadata: with_bounds(chunk)?, crc, pages, bloom })
    });
    let leaves = leaves.collect::<Result<_>>()?;
    Ok(EncodedColumn { column_type, bytes, leaves })
}

/// The chunk with statistics that every reader takes right.
fn with_bounds(chunk: &ColumnChunkMetaData) -> Result<ColumnChunkMetaData> {
    let Some(statistics) = chunk.statistics().map(chunk_statistics) else { return Ok(chunk.clone()) };
    chunk.clone().into_builder().set_statistics(statistics).build().map_err(CkptError::internal)
}

fn encode_bloom(filter: &Sbbf) -> Result<EncodedBloom> {
    let mut bytes = Vec::new();
    filter.write(&mut bytes).map_err(CkptError::internal)?;
    let (length, crc) = (bytes.len(), crc32c::crc32c(&bytes));
    Ok(EncodedBloom { bytes, length, crc, offset: None })
}

fn properties(
    node: &PlanNode,
    schema: &SchemaDescriptor,
    array: &ArrayRef,
    encoding: Encoding,
) -> WriterProperties {
    let mut choices = Vec::new();
    choose(array, encoding.codec, &mut choices);
    let mut builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_index_truncate_length(Some(INDEX_TEXT_BYTES))
        .set_data_page_row_count_limit(encoding.page_rows)
        .set_write_batch_size(encoding.page_rows.min(DEFAULT_WRITE_BATCH_SIZE))
        // A chunk's dictionary tells all that its filter would.
        .set_bloom_filter_for_dictionary_encoded_chunks(false);
    for (leaf, choice) in schema.columns().iter().zip(choices) {
        let path = leaf.path();
        builder = builder
            .set_column_dictionary_enabled(path.clone(), choice.dictionary)
            .set_column_encoding(path.clone(), choice.encoding)
            .set_column_compression(path.clone(), choice.codec);
        // Conditions look at no elements of lists.
        if leaf.max_rep_level() > 0 {
            continue;
        }
        let text = leaf.converted_type() == ConvertedType::UTF8;
        if text || matches!(leaf.physical_type(), Physical::INT64 | Physical::DOUBLE) {
            builder = builder.set_column_statistics_enabled(path.clone(), EnabledStatistics::Page);
        }
        if (text || leaf.physical_type() == Physical::INT64) && node.wants_bloom(path.parts()) {
            builder = builder
                .set_column_bloom_filter_fpp(path.clone(), BLOOM_FALSE_POSITIVES)
                // It is made for this many, and then shrunk to those that there are.
                .set_column_bloom_filter_max_ndv(path.clone(), array.len().max(1) as u64);
        }
    }
    builder.build()
}
