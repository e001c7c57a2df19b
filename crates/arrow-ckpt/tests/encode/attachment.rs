//! Bytes of the caller's behind the rows.

use std::fs;
use std::path::Path;

use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};
use arrow_ckpt::format::KEY_ATTACHMENT;
use serde_json::Value;

use super::slab::{Kind, Node, Slab, node, version};
use super::support::{Dir, V, columns_of, open, read};

fn writer(path: &Path) -> CheckpointWriter {
    let options = WriteOptions { row_group_rows: Some(2), ..WriteOptions::default() };
    CheckpointWriter::create(path, &options).unwrap()
}

fn slab(nodes: &[Node], values: &[f64]) -> Vec<u8> {
    let mut slab = Slab::default();
    slab.plan(nodes);
    slab.rows(nodes, &[values.iter().copied().map(V::Number).collect()]);
    slab.bytes
}

/// The bytes that the footer names, after a look at their checksum.
fn attached(path: &Path) -> Vec<u8> {
    let file = open(path).unwrap();
    let place: Value = serde_json::from_str(file.key_value(KEY_ATTACHMENT).unwrap()).unwrap();
    let number = |key: &str| usize::try_from(place[key].as_u64().unwrap()).unwrap();
    let bytes = fs::read(path).unwrap()[number("offset")..number("offset") + number("bytes")].to_vec();
    assert_eq!(place["crc32c"], format!("{:08x}", crc32c::crc32c(&bytes)));
    bytes
}

#[test]
fn it_stands_whole_behind_all_row_groups() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes = [node("n", Kind::Num)];
    let mut writer = writer(&path);
    // The first row group is of integers: its column is written again, behind the attachment.
    writer.ingest(&slab(&nodes, &[1.0, 2.0])).unwrap();
    writer.ingest(&slab(&nodes, &[3.0, 0.5])).unwrap();
    let long = vec![7; 100_000];
    for piece in [&b"what "[..], b"is known", &long] {
        writer.attach(piece).unwrap();
    }
    let summary = writer.finish(&version()).unwrap();
    assert_eq!(summary.bytes, fs::metadata(&path).unwrap().len());
    assert_eq!(attached(&path), [&b"what is known"[..], &long].concat());
    let numbers: Vec<V> = [1.0, 2.0, 3.0, 0.5].map(V::Number).to_vec();
    assert_eq!(columns_of(&read(&path, ScanOptions::default()).unwrap()), [numbers]);
}

#[test]
fn of_no_rows_and_of_no_bytes() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    for bytes in [&b"abc"[..], b""] {
        let mut writer = writer(&path);
        writer.attach(bytes).unwrap();
        assert_eq!(writer.finish(&version()).unwrap().rows, 0);
        assert_eq!(attached(&path), bytes);
        assert!(read(&path, ScanOptions::default()).unwrap().is_empty());
    }
}

#[test]
fn rows_after_it_are_refused() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let mut writer = writer(&path);
    writer.attach(b"abc").unwrap();
    let error = writer.ingest(&slab(&[node("n", Kind::Num)], &[1.0])).unwrap_err();
    assert_eq!(error.code, ErrorCode::Internal);
    drop(writer);
    assert!(!path.exists());
}
