//! Where row groups end, and files with few rows or columns.

use std::path::Path;

use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{CheckpointWriter, MAX_ROW_GROUP_BYTES, WriteOptions};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::slab::{Kind, Slab, TEXT, node, version};
use super::support::{Dir, V, open, read, text};
use super::types::write;

fn group_rows(path: &Path) -> Vec<i64> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    reader.metadata().row_groups().iter().map(parquet::file::metadata::RowGroupMetaData::num_rows).collect()
}

#[test]
fn by_rows() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes = [node("n", Kind::Num)];
    let chunk = [(0..10).map(|i| V::Number(f64::from(i))).collect::<Vec<_>>()];
    let chunks = [(&nodes[..], &chunk[..]); 5];
    write(&path, &chunks, &WriteOptions { row_group_rows: Some(20), ..WriteOptions::default() });
    assert_eq!(group_rows(&path), [20, 20, 10]);
    // A record is never divided: fewer rows than one holds means one record a row group.
    write(&path, &chunks, &WriteOptions { row_group_rows: Some(3), ..WriteOptions::default() });
    assert_eq!(group_rows(&path), [10; 5]);
}

#[test]
fn by_bytes() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes = [node("t", TEXT)];
    let chunk = [vec![text(&"x".repeat(MAX_ROW_GROUP_BYTES / 4))]];
    write(&path, &[(&nodes[..], &chunk[..]); 9], &WriteOptions::default());
    assert_eq!(group_rows(&path), [3, 3, 3]);
    assert_eq!(read(&path, ScanOptions::default()).unwrap().len(), 9);
}

#[test]
fn no_rows() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let summary =
        CheckpointWriter::create(&path, &WriteOptions::default()).unwrap().finish(&version()).unwrap();
    assert_eq!((summary.rows, summary.bytes), (0, std::fs::metadata(&path).unwrap().len()));
    assert_eq!(open(&path).unwrap().rows(), 0);
    assert!(read(&path, ScanOptions::default()).unwrap().is_empty());
}

/// Rows without any column: only the footer knows how many they are.
#[test]
fn no_columns() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let mut writer = CheckpointWriter::create(&path, &WriteOptions::default()).unwrap();
    let mut slab = Slab::default();
    slab.plan(&[]);
    slab.rows_of(3, &[], &[]);
    slab.rows_of(4, &[], &[]);
    writer.ingest(&slab.bytes).unwrap();
    assert_eq!(writer.finish(&version()).unwrap().rows, 7);
    assert_eq!(read(&path, ScanOptions::default()).unwrap(), vec![V::Struct(vec![]); 7]);
}

#[test]
fn a_plan_without_rows_makes_columns() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let mut writer = CheckpointWriter::create(&path, &WriteOptions::default()).unwrap();
    let mut slab = Slab::default();
    slab.plan(&[node("a", Kind::Num), node("b", TEXT)]);
    writer.ingest(&slab.bytes).unwrap();
    writer.finish(&version()).unwrap();
    let file = open(&path).unwrap();
    assert_eq!(file.rows(), 0);
    let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
    assert_eq!(reader.metadata().file_metadata().schema_descr().num_columns(), 2);
}

/// Thousands of columns get larger row groups than asked for: readers cap the chunks of a file.
#[test]
fn wide_rows_do_not_exceed_the_cap_on_chunks() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes: Vec<_> = (0..2000).map(|column| node(&format!("c{column}"), Kind::Bool)).collect();
    let chunk = vec![vec![V::Bool(true)]; 2000];
    let chunks = vec![(&nodes[..], &chunk[..]); 100];
    write(&path, &chunks, &WriteOptions { row_group_rows: Some(1), ..WriteOptions::default() });
    let groups = group_rows(&path);
    assert_eq!(groups.iter().sum::<i64>(), 100);
    assert!(groups.len() < 20, "{groups:?}");
}
