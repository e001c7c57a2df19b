//! Arrow batches of others to a Parquet file, from which they are read as rows: so their types become what those of any other writer's
//! file become (`decode::kinds`).

use std::fs::File;
use std::io::Cursor;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

pub use arrow_array::ffi_stream::FFI_ArrowArrayStream;
use arrow_array::ffi_stream::RecordBatchStreamReader;
use arrow_array::{RecordBatch, RecordBatchOptions, RecordBatchReader};
use arrow_cast::cast::{CastOptions, cast_with_options};
use arrow_ipc::reader::{FileReader, StreamReader};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, TimeUnit};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::errors::ParquetError;
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use crate::caught;
use crate::error::{CkptError, ErrorCode, Result};

/// How the bytes of an IPC file begin; those of a stream do not.
const FILE_MAGIC: &[u8] = b"ARROW1";

/// Rows that are written before the next look at whether to stop.
const PIECE_ROWS: usize = 16_384;

/// Batches that another program has.
pub enum Source {
    /// A C stream, which is released at the end.
    Stream(FFI_ArrowArrayStream),
    /// The bytes of an IPC stream or an IPC file.
    Bytes(Vec<u8>),
}

/// Writes all batches to a new file at `path`, and returns how many rows they have. After an error the file has no use. Once `stop` is
/// set it fails within some thousand rows; a batch that a C stream is asked for is waited for.
pub fn to_parquet(source: Source, path: &Path, stop: &AtomicBool) -> Result<u64> {
    caught(|| match source {
        Source::Stream(stream) => {
            write(RecordBatchStreamReader::try_new(stream).map_err(refused)?, path, stop)
        }
        Source::Bytes(bytes) if bytes.starts_with(FILE_MAGIC) => {
            write(FileReader::try_new(Cursor::new(bytes), None).map_err(refused)?, path, stop)
        }
        Source::Bytes(bytes) => {
            write(StreamReader::try_new(Cursor::new(bytes), None).map_err(refused)?, path, stop)
        }
    })
}

fn write(batches: impl RecordBatchReader, path: &Path, stop: &AtomicBool) -> Result<u64> {
    let schema = batches.schema();
    let target = Arc::new(Schema::new(schema.fields().iter().map(stored).collect::<Vec<_>>()));
    let file = File::create_new(path).map_err(|error| CkptError::io("write", path, &error))?;
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_statistics_enabled(EnabledStatistics::None)
        .build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let written = |error: ParquetError| unwritten(error, path);
    let mut writer =
        ArrowWriter::try_new_with_options(file, Arc::clone(&target), options).map_err(written)?;
    let mut rows = 0;
    for batch in batches {
        let batch = batch.map_err(refused)?;
        rows += batch.num_rows() as u64;
        let mut from = 0;
        loop {
            if stop.load(Ordering::Relaxed) {
                return Err(CkptError::new(ErrorCode::Arrow, "the conversion was stopped"));
            }
            let length = PIECE_ROWS.min(batch.num_rows() - from);
            writer.write(&conform(&batch.slice(from, length), &target)?).map_err(written)?;
            from += length;
            if from == batch.num_rows() {
                break;
            }
        }
    }
    writer.close().map_err(written)?;
    Ok(rows)
}

fn conform(batch: &RecordBatch, target: &Arc<Schema>) -> Result<RecordBatch> {
    let options = CastOptions { safe: false, ..CastOptions::default() };
    let columns = batch.columns().iter().zip(target.fields()).map(|(array, field)| {
        cast_with_options(array, field.data_type(), &options)
            .map_err(|error| refused(error).in_column(field.name()))
    });
    let columns = columns.collect::<Result<Vec<_>>>()?;
    let rows = RecordBatchOptions::new().with_row_count(Some(batch.num_rows()));
    RecordBatch::try_new_with_options(Arc::clone(target), columns, &rows).map_err(refused)
}

/// A field with the types that Parquet has: without it, seconds would become plain numbers.
fn stored(field: &FieldRef) -> FieldRef {
    let data_type = stored_type(field.data_type());
    Arc::new(Field::new(field.name(), data_type, field.is_nullable()))
}

fn stored_type(data_type: &DataType) -> DataType {
    match data_type {
        DataType::Timestamp(TimeUnit::Second, zone) => {
            DataType::Timestamp(TimeUnit::Millisecond, zone.clone())
        }
        DataType::Date64 => DataType::Timestamp(TimeUnit::Millisecond, None),
        DataType::Time32(TimeUnit::Second) => DataType::Time32(TimeUnit::Millisecond),
        DataType::Dictionary(_, values) => stored_type(values),
        DataType::RunEndEncoded(_, values) => stored_type(values.data_type()),
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(stored).collect()),
        DataType::List(item) | DataType::ListView(item) | DataType::FixedSizeList(item, _) => {
            DataType::List(stored(item))
        }
        DataType::LargeList(item) | DataType::LargeListView(item) => DataType::LargeList(stored(item)),
        DataType::Map(entries, sorted) => DataType::Map(stored(entries), *sorted),
        other => other.clone(),
    }
}

/// What the source says, or what Arrow says of its batches.
fn refused(error: ArrowError) -> CkptError {
    let message = match error {
        ArrowError::CDataInterface(message) => message,
        other => other.to_string(),
    };
    CkptError::new(ErrorCode::Arrow, format!("the Arrow data cannot be read: {message}"))
}

fn unwritten(error: ParquetError, path: &Path) -> CkptError {
    match error {
        ParquetError::External(cause) => match cause.downcast::<std::io::Error>() {
            Ok(error) => CkptError::io("write", path, &error),
            Err(other) => CkptError::internal(other),
        },
        other => {
            let message = format!("the Arrow data have no place in Parquet: {other}");
            CkptError::new(ErrorCode::Arrow, message)
        }
    }
}

#[cfg(test)]
mod tests {
    use arrow_array::Int64Array;

    use super::*;

    /// Batches without end. It stops the conversion when the third is asked for.
    struct Endless(Arc<Schema>, usize, Arc<AtomicBool>);

    impl Iterator for Endless {
        type Item = std::result::Result<RecordBatch, ArrowError>;

        fn next(&mut self) -> Option<Self::Item> {
            self.1 += 1;
            assert!(self.1 <= 3, "asked for a batch after the stop");
            self.2.store(self.1 == 3, Ordering::Relaxed);
            let column = Arc::new(Int64Array::from_iter_values(0..100));
            Some(RecordBatch::try_new(Arc::clone(&self.0), vec![column]))
        }
    }

    impl RecordBatchReader for Endless {
        fn schema(&self) -> Arc<Schema> {
            Arc::clone(&self.0)
        }
    }

    #[test]
    fn a_conversion_that_is_stopped_asks_for_no_more() {
        let folder = tempfile::tempdir().unwrap();
        let stop = Arc::new(AtomicBool::new(false));
        let schema = Arc::new(Schema::new(vec![Field::new("id", DataType::Int64, false)]));
        let stream = FFI_ArrowArrayStream::new(Box::new(Endless(schema, 0, Arc::clone(&stop))));
        let error = to_parquet(Source::Stream(stream), &folder.path().join("x.parquet"), &stop).unwrap_err();
        assert_eq!(error.message, "the conversion was stopped");
    }
}
