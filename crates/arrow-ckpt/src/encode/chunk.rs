//! One top-level column of one row group, encoded in memory: the unit that threads work on.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowSchemaConverter;
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::file::properties::{EnabledStatistics, WriterProperties, WriterVersion};
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::ColumnPath;

use super::builder::Builder;
use super::choose::choose;
use super::plan::ColumnType;
use crate::error::{CkptError, Result};
use parquet::basic::Compression;

/// The encoder is Parquet's own file writer over memory, which begins with the magic.
pub const HEAD: usize = 4;

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
}

/// A column to encode: what filled, and the type it must have.
pub struct ColumnJob {
    /// What filled.
    pub builder: Builder,
    /// At least the builder's own type.
    pub column_type: ColumnType,
    /// The user's codec, None for `auto`.
    pub codec: Option<Compression>,
}

impl ColumnJob {
    /// Builds the array and encodes it; a panic of a dependency becomes an error.
    pub fn run(self) -> Result<EncodedColumn> {
        let name = self.builder.name().to_owned();
        let encode = move || {
            let array = self.builder.finish(&self.column_type.to_arrow())?;
            encode_array(&name, &array, self.column_type, self.codec)
        };
        catch_unwind(AssertUnwindSafe(encode))
            .unwrap_or_else(|panic| Err(CkptError::internal(crate::panic_message(&*panic))))
    }
}

/// Encodes one array as the column `name`.
pub fn encode_array(
    name: &str,
    array: &ArrayRef,
    column_type: ColumnType,
    codec: Option<Compression>,
) -> Result<EncodedColumn> {
    let field = Field::new(name, column_type.to_arrow(), true);
    let schema = Arc::new(Schema::new(vec![field.clone()]));
    let parquet_schema = ArrowSchemaConverter::new().convert(&schema).map_err(CkptError::internal)?;
    let properties = Arc::new(properties(name, &column_type, array, codec));
    let mut file = SerializedFileWriter::new(Vec::new(), parquet_schema.root_schema_ptr(), properties)
        .map_err(CkptError::internal)?;
    let factory = ArrowRowGroupWriterFactory::new(&file, schema);
    let mut group = file.next_row_group().map_err(CkptError::internal)?;
    let writers = factory.create_column_writers(0).map_err(CkptError::internal)?;
    for (mut writer, leaf) in
        writers.into_iter().zip(compute_leaves(&field, array).map_err(CkptError::internal)?)
    {
        writer.write(&leaf).map_err(CkptError::internal)?;
        let chunk = writer.close().map_err(CkptError::internal)?;
        chunk.append_to_row_group(&mut group).map_err(CkptError::internal)?;
    }
    let metadata = group.close().map_err(CkptError::internal)?;
    file.flush().map_err(|error| CkptError::internal(&error))?;
    let bytes = std::mem::take(file.inner_mut());
    let leaves = metadata.columns().iter().map(|chunk| {
        let (start, length) = chunk.byte_range();
        let crc = crc32c::crc32c(&bytes[start as usize..(start + length) as usize]);
        EncodedLeaf { metadata: chunk.clone(), crc }
    });
    let leaves = leaves.collect();
    Ok(EncodedColumn { column_type, bytes, leaves })
}

fn properties(
    name: &str,
    column_type: &ColumnType,
    array: &ArrayRef,
    codec: Option<Compression>,
) -> WriterProperties {
    let mut choices = Vec::new();
    choose(array, codec, &mut choices);
    let mut choices = choices.into_iter();
    let mut builder = Some(
        WriterProperties::builder()
            .set_writer_version(WriterVersion::PARQUET_1_0)
            .set_statistics_enabled(EnabledStatistics::Chunk)
            .set_offset_index_disabled(true),
    );
    let mut path = vec![name];
    column_type.for_each_leaf(&mut path, &mut |path, _| {
        let Some(choice) = choices.next() else { return };
        let path = ColumnPath::new(path.iter().map(ToString::to_string).collect());
        builder = builder.take().map(|builder| {
            builder
                .set_column_dictionary_enabled(path.clone(), choice.dictionary)
                .set_column_encoding(path.clone(), choice.encoding)
                .set_column_compression(path, choice.codec)
        });
    });
    builder.unwrap_or_default().build()
}
