//! Values cross as they were decoded: by their addresses.

use std::path::Path;

use arrow_array::types::Float32Type;
use arrow_array::{BinaryArray, Float64Array, Int64Array, StringArray, StructArray};
use arrow_data::ArrayData;
use arrow_data::ffi::FFI_ArrowArray;
use bytes::Bytes;
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;

use super::*;
use crate::decode::options::OpenOptions;

const ROWS: i64 = 20_000;

fn file() -> Arc<CheckpointFile> {
    let doubles = (0..ROWS).map(|row| (row % 5 > 0).then_some(row as f64 / 3.0)).collect::<Float64Array>();
    let vectors = (0..ROWS).map(|row| Some([Some(row as f32), Some(0.5)]));
    let vectors = arrow_array::ListArray::from_iter_primitive::<Float32Type, _, _>(vectors);
    let texts = (0..ROWS).map(|row| Some(format!("text {row}"))).collect::<StringArray>();
    let bytes = BinaryArray::from_iter_values((0..ROWS).map(i64::to_le_bytes));
    let inner: arrow_array::ArrayRef = Arc::new(Int64Array::from_iter_values(0..ROWS));
    let nested = StructArray::try_from(vec![("a", inner)]).unwrap();
    let batch = RecordBatch::try_from_iter([
        ("doubles", Arc::new(doubles) as arrow_array::ArrayRef),
        ("vectors", Arc::new(vectors)),
        ("texts", Arc::new(texts)),
        ("bytes", Arc::new(bytes)),
        ("nested", Arc::new(nested)),
    ])
    .unwrap();
    let properties = WriterProperties::builder().set_dictionary_enabled(false);
    let properties = properties.set_max_row_group_row_count(Some(7_000)).build();
    let mut written = Vec::new();
    let mut writer = ArrowWriter::try_new(&mut written, batch.schema(), Some(properties)).unwrap();
    writer.write(&batch).unwrap();
    writer.close().unwrap();
    let options = OpenOptions::default();
    CheckpointFile::open_bytes(Path::new("x.parquet"), Bytes::from(written), &options).unwrap()
}

/// Where all buffers of an array are, validity and offsets too.
fn places(data: &ArrayData) -> Vec<*const u8> {
    let own = data.nulls().map(|nulls| nulls.validity().as_ptr());
    let buffers = data.buffers().iter().map(arrow_buffer::Buffer::as_ptr);
    let below = data.child_data().iter().flat_map(places);
    own.into_iter().chain(buffers).chain(below).collect()
}

/// The same of an array as C has it.
fn exported(array: &FFI_ArrowArray) -> Vec<*const u8> {
    let own = (0..array.num_buffers()).map(|index| array.buffer(index)).filter(|place| !place.is_null());
    let below = (0..array.num_children()).flat_map(|index| exported(array.child(index)));
    own.chain(below).collect()
}

#[test]
fn what_decoding_made_is_what_c_gets() {
    let file = file();
    let options = ScanOptions { block_rows: 3_000, ..ScanOptions::default() };
    let schema = file.arrow(options.clone(), None).unwrap().schema();
    let mut scan = Scan::new(&file, options).unwrap();
    let mut seen = 0;
    while let Some((rows, decoded)) = scan.next_arrays().unwrap() {
        let conformed: Vec<_> = decoded
            .iter()
            .zip(schema.fields())
            .map(|(array, field)| conform::conform(array, field.data_type(), u64::MAX).unwrap())
            .collect();
        let before: Vec<_> = decoded.iter().flat_map(|array| places(&array.to_data())).collect();
        let batch = RecordBatch::try_new(Arc::clone(&schema), conformed).unwrap();
        let c = FFI_ArrowArray::new(&StructArray::from(batch).into());
        assert_eq!(exported(&c), before, "after {seen} rows");
        assert!(before.len() >= 8, "each column has buffers");
        seen += rows;
    }
    assert_eq!(seen as i64, ROWS);
}
