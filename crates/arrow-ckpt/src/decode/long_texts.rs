//! Columns of long texts. These stay where their page was inflated, and what is decoded says where: so they are copied once, into a block.
//! Short ones are quicker to copy than to look up.

use std::sync::Arc;

use arrow_schema::{DataType, Field, FieldRef};
use parquet::arrow::FieldLevels;

use super::columns::Projected;
use super::file::CheckpointFile;
use super::kinds::{Kind, Render};
use super::options::Large;
use crate::error::Result;

/// What parquet-rs needs to read a column whose texts stay where they are; `None`: it has none that are long.
///
/// For all rows of a row group alone: each of some rows might hold a page of its own.
pub(super) fn levels_of(
    file: &CheckpointFile,
    projected: &Projected,
    large: Large,
) -> Result<Option<Arc<FieldLevels>>> {
    let long = |leaf: &usize| are_long(file, *leaf, large);
    let mut kinds = Vec::new();
    projected.node.leaf_kinds(&mut kinds);
    let is_text = |kind: &Kind| *kind == Kind::Text(Render::Utf8);
    let mut leaves = projected.leaves.iter().zip(&kinds);
    if projected.shared.is_some() || !leaves.any(|(leaf, kind)| is_text(kind) && long(leaf)) {
        return Ok(None);
    }
    let mut leaf = 0;
    let hint = file.columns.hint.iter().map(|field| viewed(field, &long, &mut leaf)).collect();
    file.columns.levels_as(projected, &hint).map(Arc::new).map(Some)
}

/// Not those in lists: of a level beyond the highest, which no writer writes, parquet-rs makes a value that a view takes from another slot.
fn are_long(file: &CheckpointFile, leaf: usize, large: Large) -> bool {
    if file.metadata.file_metadata().schema_descr().column(leaf).max_rep_level() > 0 {
        return false;
    }
    let (mut packed, mut bytes, mut values) = (0u64, 0u64, 0u64);
    for group in file.metadata.row_groups() {
        let chunk = group.column(leaf);
        packed = packed.saturating_add(chunk.compressed_size().unsigned_abs());
        bytes = bytes.saturating_add(chunk.uncompressed_size().unsigned_abs());
        values = values.saturating_add(chunk.num_values().unsigned_abs());
    }
    packed >= large.chunk && bytes / values.max(1) >= large.text
}

/// The field with these of its texts as views.
fn viewed(field: &FieldRef, long: &impl Fn(&usize) -> bool, leaf: &mut usize) -> FieldRef {
    let mut child = |field: &FieldRef| viewed(field, long, leaf);
    let data_type = match field.data_type() {
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(child).collect()),
        DataType::List(item) => DataType::List(child(item)),
        DataType::Map(entries, sorted) => DataType::Map(child(entries), *sorted),
        natural => {
            let is_long = *natural == DataType::Utf8 && long(leaf);
            *leaf += 1;
            if is_long { DataType::Utf8View } else { natural.clone() }
        }
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use arrow_array::{ArrayRef, Int64Array, ListArray, RecordBatch, StringArray};
    use arrow_buffer::OffsetBuffer;
    use bytes::Bytes;
    use parquet::arrow::ArrowWriter;

    use super::*;
    use crate::decode::options::OpenOptions;

    fn texts(length: usize) -> StringArray {
        (0..60).map(|row| Some(format!("{row:0length$}"))).collect()
    }

    #[test]
    fn texts_that_are_long_on_average_stay_in_their_pages() {
        let item = Arc::new(Field::new("item", DataType::Utf8, true));
        let lists = ListArray::new(item, OffsetBuffer::from_lengths([1; 60]), Arc::new(texts(400)), None);
        let columns: [(&str, ArrayRef); 4] = [
            ("short", Arc::new(texts(20))),
            ("number", Arc::new(Int64Array::from_iter_values(0..60))),
            ("long", Arc::new(texts(400))),
            ("in lists", Arc::new(lists)),
        ];
        let batch = RecordBatch::try_from_iter(columns).unwrap();
        let properties = parquet::file::properties::WriterProperties::builder().set_dictionary_enabled(false);
        let mut bytes = Vec::new();
        let mut writer = ArrowWriter::try_new(&mut bytes, batch.schema(), Some(properties.build())).unwrap();
        writer.write(&batch).unwrap();
        writer.close().unwrap();
        let options = OpenOptions::default();
        let file = CheckpointFile::open_bytes(Path::new("x.parquet"), Bytes::from(bytes), &options).unwrap();
        let viewed = |large: Large| -> Vec<bool> {
            let levels = |column| {
                let projected = Projected::whole(&file.columns, column).unwrap();
                let levels = levels_of(&file, &projected, large).unwrap();
                assert!(levels.as_ref().is_none_or(|levels| format!("{levels:?}").contains("Utf8View")));
                levels.is_some()
            };
            (0..4).map(levels).collect()
        };
        let large = Large { chunk: 0, ..Large::default() };
        assert_eq!(viewed(large), [false, false, true, false]);
        assert_eq!(viewed(Large { text: 0, ..large }), [true, false, true, false]);
        assert_eq!(viewed(Large::default()), [false; 4], "these chunks are small");
    }
}
