//! Files as Arrow batches, and as C streams of them.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use arrow_array::cast::AsArray;
use arrow_array::ffi_stream::{FFI_ArrowArrayStream, RecordBatchStreamReader};
use arrow_array::types::{Float64Type, Int64Type};
use arrow_array::{
    Array, ArrayRef, DictionaryArray, Float64Array, Int64Array, RecordBatch, RecordBatchReader, StringArray,
};
use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::{
    ArrowReader, Batches, CheckpointFile, ColumnRequest, IpcStream, Label, Large, OpenOptions, ScanOptions,
};
use arrow_ckpt::limits::Limits;
use arrow_schema::{ArrowError, DataType, SchemaRef};

use crate::support::{Dir, batch, open};

/// Row groups of these rows; the texts of some are dictionaries.
fn rows(dir: &Dir, groups: &[i64]) -> Arc<CheckpointFile> {
    let mut first = 0;
    let batches: Vec<RecordBatch> = groups
        .iter()
        .map(|rows| {
            let range = first..first + rows;
            first += rows;
            let texts: Vec<String> = range.clone().map(|row| format!("t{}", row % 3)).collect();
            batch(vec![
                ("id", Arc::new(Int64Array::from_iter_values(range.clone())) as ArrayRef),
                ("half", Arc::new(Float64Array::from_iter_values(range.map(|row| row as f64 / 2.0)))),
                ("text", Arc::new(StringArray::from(texts))),
            ])
        })
        .collect();
    open(&dir.write(&batches, None)).unwrap()
}

fn all(reader: ArrowReader) -> Vec<RecordBatch> {
    reader.collect::<Result<_, _>>().unwrap()
}

fn ids(batches: &[RecordBatch]) -> Vec<i64> {
    batches.iter().flat_map(|batch| batch.column(0).as_primitive::<Int64Type>().values().to_vec()).collect()
}

#[test]
fn all_rows_in_order_with_one_schema() {
    let dir = Dir::new();
    let file = rows(&dir, &[700, 1, 900]);
    for threads in [1, 4] {
        let large = Large { scan: 0, ..Large::default() };
        let options = ScanOptions { block_rows: 256, threads, large, ..ScanOptions::default() };
        let reader = file.arrow(options, None).unwrap();
        let schema = reader.schema();
        assert_eq!(*schema.field(2).data_type(), DataType::Utf8, "dictionaries are an encoding, and no type");
        let batches = all(reader);
        assert!(batches.iter().all(|batch| batch.schema() == schema && batch.num_rows() <= 256));
        assert_eq!(ids(&batches), (0..1601).collect::<Vec<_>>());
        let last = batches.last().unwrap();
        assert_eq!(last.column(2).as_string::<i32>().value(last.num_rows() - 1), "t1");
    }
}

#[test]
fn ranges_columns_and_names() {
    let dir = Dir::new();
    let file = rows(&dir, &[700, 900]);
    let columns = Some(vec![ColumnRequest::whole(0), ColumnRequest::whole(2)]);
    let options = ScanOptions { columns, ranges: Some(vec![690..705, 706..710]), ..ScanOptions::default() };
    let label = |name: &str, json| Label { name: name.to_owned(), json, ..Label::default() };
    let labels = [label("number", false), label("words", true)];
    let reader = file.arrow(options, Some(&labels)).unwrap();
    let schema = reader.schema();
    let names: Vec<&str> = schema.fields().iter().map(|field| field.name().as_str()).collect();
    assert_eq!(names, ["number", "words"]);
    assert_eq!(schema.field(1).metadata()["ARROW:extension:name"], "arrow.json");
    assert_eq!(ids(&all(reader)), (690..705).chain(706..710).collect::<Vec<_>>());
    let none = ScanOptions { columns: Some(Vec::new()), ..ScanOptions::default() };
    let batches = all(file.arrow(none, Some(&[])).unwrap());
    assert_eq!(batches.iter().map(RecordBatch::num_rows).sum::<usize>(), 1600, "rows without columns");
}

#[test]
fn nested_dictionaries_become_their_texts() {
    let dir = Dir::new();
    let texts: DictionaryArray<arrow_array::types::Int32Type> =
        (0..90).map(|row| Some(["a", "b"][row % 2])).collect();
    let inner = arrow_array::StructArray::try_from(vec![("of", Arc::new(texts) as ArrayRef)]).unwrap();
    let file = open(&dir.write(&[batch(vec![("nested", Arc::new(inner) as ArrayRef)])], None)).unwrap();
    let batches = all(file.arrow(ScanOptions::default(), None).unwrap());
    let texts = batches[0].column(0).as_struct().column(0).as_string::<i32>();
    assert_eq!((texts.len(), texts.value(89)), (90, "b"));
}

#[test]
fn limits_hold() {
    let dir = Dir::new();
    let path = dir.write(
        &[batch(vec![("text", Arc::new(StringArray::from(vec!["short", "much too long"])) as ArrayRef)])],
        None,
    );
    for limits in
        [Limits { string_bytes: 6, ..Limits::default() }, Limits { decoded_bytes: 60, ..Limits::default() }]
    {
        let file = CheckpointFile::open(&path, &OpenOptions { limits, ..OpenOptions::default() });
        let read = file.and_then(|file| file.arrow(ScanOptions::default(), None)?.next_batch());
        assert_eq!(read.unwrap_err().code, ErrorCode::Limit);
    }
}

#[test]
fn damage_is_told_with_its_code_and_ends_the_stream() {
    let dir = Dir::new();
    let doubles = Float64Array::from_iter_values((0..50_000).map(f64::from));
    let path = dir.write(&[batch(vec![("x", Arc::new(doubles) as ArrayRef)])], None);
    let mut bytes = std::fs::read(&path).unwrap();
    // A header of a page near the beginning.
    bytes[4..40].fill(0xff);
    std::fs::write(&path, bytes).unwrap();
    let file = open(&path).unwrap();
    let mut stream = file.arrow(ScanOptions::default(), None).unwrap();
    let error = stream.next().unwrap().unwrap_err().to_string();
    assert!(error.contains("ERR_CKPT_CORRUPT: ") && error.contains("column 'x'"), "{error}");
    assert!(stream.next().is_none(), "a stream that failed has ended");
}

#[test]
fn pieces_are_one_ipc_stream() {
    let dir = Dir::new();
    let file = rows(&dir, &[700, 900]);
    let options = ScanOptions { block_rows: 500, ..ScanOptions::default() };
    let mut pieces = IpcStream::new(Box::new(file.arrow(options, None).unwrap()));
    let (mut bytes, mut count) = (Vec::new(), 0);
    while let Some(piece) = pieces.next_piece().unwrap() {
        bytes.extend(piece);
        count += 1;
    }
    let read = arrow_ipc::reader::StreamReader::try_new(bytes.as_slice(), None).unwrap();
    let batches = read.collect::<Result<Vec<_>, _>>().unwrap();
    assert_eq!(count, batches.len() + 2, "the schema, the batches, the end");
    assert_eq!(ids(&batches), (0..1600).collect::<Vec<_>>());
}

/// Counts how often it is dropped: a stream is released when it drops its batches.
struct Counted(ArrowReader, Arc<AtomicUsize>);

impl Iterator for Counted {
    type Item = Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl RecordBatchReader for Counted {
    fn schema(&self) -> SchemaRef {
        self.0.schema()
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        self.1.fetch_add(1, Ordering::Relaxed);
    }
}

/// Under valgrind, too: docs/arrow.md, "Release".
#[test]
fn ten_thousand_early_ends_release_once_each() {
    let dir = Dir::new();
    let file = rows(&dir, &[40, 40]);
    let released = Arc::<AtomicUsize>::default();
    for end in 0..10_000 {
        // A few with threads of their own, which end with them.
        let scan = if end % 100 < 10 { 0 } else { u64::MAX };
        let large = Large { scan, ..Large::default() };
        let options = ScanOptions { block_rows: 16, threads: 2, large, ..ScanOptions::default() };
        let batches = Counted(file.arrow(options, None).unwrap(), Arc::clone(&released));
        let mut stream = FFI_ArrowArrayStream::new(Box::new(batches));
        match end % 5 {
            0 => drop(stream),
            1 => drop(RecordBatchStreamReader::try_new(stream).unwrap()),
            2 => {
                let mut reader = RecordBatchStreamReader::try_new(stream).unwrap();
                let kept = reader.next().unwrap().unwrap();
                drop(reader);
                assert_eq!(
                    kept.column(1).as_primitive::<Float64Type>().value(3),
                    1.5,
                    "a batch outlives its stream"
                );
            }
            3 => {
                let read = RecordBatchStreamReader::try_new(stream).unwrap();
                assert_eq!(read.map(|batch| batch.unwrap().num_rows()).sum::<usize>(), 80);
            }
            _ => {
                // Moved out, as C does it; what is left has nothing to release.
                // SAFETY: the pointer is to a stream of our own.
                let moved = unsafe { FFI_ArrowArrayStream::from_raw(&raw mut stream) };
                assert!(stream.release().is_none());
                drop((stream, moved));
            }
        }
        assert_eq!(released.load(Ordering::Relaxed), end + 1);
    }
}
