//! Lists of floats, which are mostly read without parquet-rs: whatever their pages look like, the rows are those that were written.

use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_array::builder::{Float32Builder, Float64Builder, ListBuilder};
use arrow_ckpt::decode::ScanOptions;
use parquet::basic::Compression;
use parquet::file::properties::{WriterProperties, WriterPropertiesBuilder, WriterVersion};

use crate::support::{Dir, V, batch, columns_of, read};

type List = Option<Vec<Option<f64>>>;

/// Lists of these lengths with numbers that floats hold.
fn full(lengths: &[usize]) -> Vec<List> {
    let mut next = 0.0;
    let mut number = || {
        next += 0.5;
        Some(next)
    };
    lengths.iter().map(|length| Some((0..*length).map(|_| number()).collect())).collect()
}

fn arrays(lists: &[List]) -> (ArrayRef, ArrayRef) {
    let mut doubles = ListBuilder::new(Float64Builder::new());
    let mut floats = ListBuilder::new(Float32Builder::new());
    for list in lists {
        let values = || list.iter().flatten();
        doubles.values().extend(values().copied());
        #[allow(clippy::cast_possible_truncation, reason = "they are floats")]
        floats.values().extend(values().map(|value| value.map(|value| value as f32)));
        doubles.append(list.is_some());
        floats.append(list.is_some());
    }
    (Arc::new(doubles.finish()), Arc::new(floats.finish()))
}

fn expected(lists: &[List]) -> Vec<V> {
    let value = |value: &Option<f64>| value.map_or(V::Null, V::Number);
    lists
        .iter()
        .map(|list| list.as_ref().map_or(V::Null, |list| V::List(list.iter().map(value).collect())))
        .collect()
}

fn check(lists: &[List], properties: WriterPropertiesBuilder, options: &ScanOptions) {
    let (doubles, floats) = arrays(lists);
    let dir = Dir::new();
    let properties = properties.set_dictionary_enabled(false).build();
    let path = dir.write(&[batch(vec![("d", doubles), ("f", floats)])], Some(properties));
    let columns = columns_of(&read(&path, options.clone()).unwrap());
    assert_eq!(columns, [expected(lists), expected(lists)]);
}

#[test]
fn lists_of_floats_in_any_pages() {
    let plain = || WriterProperties::builder().set_compression(Compression::UNCOMPRESSED);
    let small = || plain().set_data_page_row_count_limit(3).set_write_batch_size(2);
    let (one_by_one, default) =
        (ScanOptions { block_rows: 1, ..ScanOptions::default() }, ScanOptions::default());
    let mixed: Vec<usize> = (0..200).map(|row| 1 + row * 7 % 40).collect();
    for lengths in [&[1][..], &[8, 8, 8], &[7, 9, 1, 1, 1, 1, 1, 1, 1, 1, 1, 30], &[1536; 20], &mixed] {
        let lists = full(lengths);
        for options in [&one_by_one, &default] {
            for properties in [plain(), small(), plain().set_compression(Compression::SNAPPY)] {
                check(&lists, properties, options);
            }
            check(&lists, plain().set_writer_version(WriterVersion::PARQUET_2_0), options);
        }
    }
}

#[test]
fn lists_that_are_null_or_empty_or_have_nulls() {
    let odd = [Some(vec![]), None, Some(vec![None]), Some(vec![Some(1.0), None, Some(2.0)])];
    for list in odd {
        for place in [0, 3, 7] {
            let mut lists = full(&[5; 8]);
            lists[place].clone_from(&list);
            for rows in [1, 3, 4096] {
                let options = ScanOptions { block_rows: rows, ..ScanOptions::default() };
                check(&lists, WriterProperties::builder(), &options);
            }
        }
    }
}

#[test]
fn some_of_the_lists() {
    let lists = full(&[100; 50]);
    let (doubles, floats) = arrays(&lists);
    let dir = Dir::new();
    let path = dir.write(&[batch(vec![("d", doubles), ("f", floats)])], None);
    let options = ScanOptions { ranges: Some(vec![3..9, 40..41]), ..ScanOptions::default() };
    let columns = columns_of(&read(&path, options).unwrap());
    let wanted: Vec<V> = expected(&lists)
        .into_iter()
        .enumerate()
        .filter(|(row, _)| (3..9).contains(row) || *row == 40)
        .map(|(_, list)| list)
        .collect();
    assert_eq!(columns, [wanted.clone(), wanted]);
}
