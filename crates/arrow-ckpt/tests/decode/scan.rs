//! Blocks: their size, their order, projection, threads, the end before the end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use arrow_array::types::Int32Type;
use arrow_array::{ArrayRef, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray};
use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::{Fill, ScanOptions};
use parquet::file::properties::WriterProperties;

use super::hostile::with_footer;
use super::support::{BlockReader, Dir, V, batch, columns_of, described, only, open, read, text};

fn wide_batch(from: i64, rows: i64) -> RecordBatch {
    let range = || from..from + rows;
    batch(vec![
        ("n", Arc::new(Int64Array::from_iter_values(range())) as ArrayRef),
        (
            "t",
            Arc::new(StringArray::from_iter_values(
                range().map(|i| format!("row {i} {}", "é".repeat(i as usize % 9))),
            )),
        ),
        ("f", Arc::new(range().map(|i| (i % 3 > 0).then_some(i as f64 / 2.0)).collect::<Float64Array>())),
        (
            "d",
            Arc::new(
                range().map(|i| ["a", "b", "c"][i as usize % 3]).collect::<DictionaryArray<Int32Type>>(),
            ),
        ),
    ])
}

fn check_wide(columns: &[Vec<V>], rows: i64) {
    for i in 0..rows {
        let row = i as usize;
        assert_eq!(columns[0][row], V::Number(i as f64));
        assert_eq!(columns[1][row], text(&format!("row {i} {}", "é".repeat(row % 9))));
        assert_eq!(columns[2][row], if i % 3 > 0 { V::Number(i as f64 / 2.0) } else { V::Null });
        assert_eq!(columns[3][row], text(["a", "b", "c"][row % 3]));
    }
    assert!(columns.iter().all(|column| column.len() == rows as usize));
}

fn wide_file(dir: &Dir, groups: i64) -> std::path::PathBuf {
    let plain = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_column_dictionary_enabled("d".into(), true)
        .build();
    let batches: Vec<RecordBatch> = (0..groups).map(|group| wide_batch(group * 3000, 3000)).collect();
    dir.write(&batches, Some(plain))
}

#[test]
fn rows_come_in_order_with_any_number_of_threads() {
    let dir = Dir::new();
    let path = wide_file(&dir, 4);
    for threads in [0, 1, 2, 3, 8] {
        for (block_rows, block_bytes) in
            [(4096, 4 << 20), (1000, 4 << 20), (7, 4 << 20), (4096, 10_000), (1, 1)]
        {
            if block_rows == 1 && threads != 2 {
                continue;
            }
            let options = ScanOptions { threads, block_rows, block_bytes, ..ScanOptions::default() };
            check_wide(&columns_of(&read(&path, options).unwrap()), 12_000);
        }
    }
}

#[test]
fn blocks_keep_their_bounds() {
    let dir = Dir::new();
    let path = wide_file(&dir, 2);
    let options = ScanOptions { block_rows: 1024, ..ScanOptions::default() };
    let mut scan = open(&path).unwrap().scan(options).unwrap();
    let mut arena = vec![0; 1 << 20];
    let mut sizes = Vec::new();
    while let Fill::Block { rows, bytes, .. } = scan.next_block(&mut arena).unwrap() {
        assert!(bytes <= arena.len());
        sizes.push(rows);
    }
    assert_eq!(sizes, [1024, 1024, 952, 1024, 1024, 952]);
    assert_eq!(scan.next_block(&mut arena).unwrap(), Fill::End);
    assert_eq!(scan.next_block(&mut []).unwrap(), Fill::End);
}

#[test]
fn the_first_blocks_are_smaller_on_demand() {
    let dir = Dir::new();
    let path = wide_file(&dir, 3);
    for (first_rows, expected) in [
        (512, vec![512, 512, 1024, 952, 3000, 3000]),
        (0, vec![1, 1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1024, 952, 3000, 3000]),
        (usize::MAX, vec![3000, 3000, 3000]),
    ] {
        let options = ScanOptions { first_rows, ..ScanOptions::default() };
        let mut scan = open(&path).unwrap().scan(options).unwrap();
        let mut arena = vec![0; 1 << 20];
        let mut sizes = Vec::new();
        while let Fill::Block { rows, .. } = scan.next_block(&mut arena).unwrap() {
            sizes.push(rows);
        }
        assert_eq!(sizes, expected);
    }
}

#[test]
fn a_dictionary_goes_over_once_per_row_group() {
    let dir = Dir::new();
    let path = wide_file(&dir, 3);
    let options = ScanOptions { columns: Some(only(&[3])), block_rows: 100, ..ScanOptions::default() };
    let mut scan = open(&path).unwrap().scan(options).unwrap();
    assert_eq!(scan.tree()[0]["kind"], "dict");
    let mut reader = BlockReader::new(&scan);
    let mut arena = vec![0; 1 << 16];
    let mut rows = Vec::new();
    while let Fill::Block { bytes, .. } = scan.next_block(&mut arena).unwrap() {
        rows.extend(reader.rows(&arena[..bytes]));
    }
    assert_eq!(reader.dictionaries_seen, 3);
    for (row, value) in columns_of(&rows)[0].iter().enumerate() {
        assert_eq!(*value, text(["a", "b", "c"][row % 3]));
    }
    assert_eq!(rows.len(), 9000);
}

#[test]
fn dictionaries_with_stretches_of_nulls() {
    let values = |i: usize| (i / 300 % 2 == 1).then(|| ["x", "ÿ", "漢"][i % 3]);
    let array: StringArray = (0..3000).map(values).collect();
    let dir = Dir::new();
    let path = dir.write(&[batch(vec![("c", Arc::new(array))])], None);
    let options = ScanOptions { block_rows: 100, ..ScanOptions::default() };
    let mut scan = open(&path).unwrap().scan(options).unwrap();
    let mut reader = BlockReader::new(&scan);
    let mut arena = vec![0xaa; 1 << 16];
    let mut row = 0;
    while let Fill::Block { bytes, .. } = scan.next_block(&mut arena).unwrap() {
        for value in &columns_of(&reader.rows(&arena[..bytes]))[0] {
            assert_eq!(*value, values(row).map_or(V::Null, text));
            row += 1;
        }
    }
    assert_eq!((row, reader.dictionaries_seen), (3000, 1));
}

#[test]
fn a_column_that_leaves_its_dictionary_is_text() {
    let words: Vec<String> = (0..5000).map(|i| format!("word number {i} with some length to it")).collect();
    let properties = WriterProperties::builder()
        .set_dictionary_page_size_limit(10_000)
        .set_data_page_row_count_limit(100)
        .build();
    let dir = Dir::new();
    let path = dir.write(&[batch(vec![("c", Arc::new(StringArray::from(words.clone())))])], Some(properties));
    assert_eq!(described(&open(&path).unwrap())["tree"][0]["kind"], "text");
    let columns = columns_of(&read(&path, ScanOptions::default()).unwrap());
    assert!(columns[0].iter().zip(&words).all(|(value, word)| *value == text(word)));
}

#[test]
fn a_small_arena_halves_blocks_and_then_asks_for_more() {
    let dir = Dir::new();
    let long = "long ".repeat(1000);
    let texts: Vec<&str> = (0..64).map(|i| if i == 20 { long.as_str() } else { "short" }).collect();
    let plain = WriterProperties::builder().set_dictionary_enabled(false).build();
    let path = dir.write(&[batch(vec![("c", Arc::new(StringArray::from(texts.clone())))])], Some(plain));
    let mut scan = open(&path).unwrap().scan(ScanOptions::default()).unwrap();
    let mut reader = BlockReader::new(&scan);
    let mut arena = vec![0xaa; 256];
    let (mut rows, mut sizes, mut needs) = (Vec::new(), Vec::new(), 0);
    loop {
        match scan.next_block(&mut arena).unwrap() {
            Fill::Block { rows: count, bytes, .. } => {
                sizes.push(count);
                rows.extend(reader.rows(&arena[..bytes]));
            }
            Fill::NeedBytes(bytes) => {
                needs += 1;
                assert!(bytes > 5000 && bytes < 5200, "{bytes}");
                assert_eq!(scan.next_block(&mut arena).unwrap(), Fill::NeedBytes(bytes), "asks again");
                arena = vec![0xaa; bytes];
            }
            Fill::End => break,
        }
    }
    assert_eq!(needs, 1);
    assert!(sizes[0] > 1 && sizes[0] < 64, "{sizes:?}");
    assert!(columns_of(&rows)[0].iter().zip(&texts).all(|(value, expected)| *value == text(expected)));
    assert_eq!(rows.len(), 64);
}

#[test]
fn an_arena_of_nothing_asks_for_enough() {
    let dir = Dir::new();
    let path = wide_file(&dir, 1);
    let mut scan = open(&path).unwrap().scan(ScanOptions::default()).unwrap();
    let Fill::NeedBytes(bytes) = scan.next_block(&mut []).unwrap() else { panic!("it cannot fit") };
    assert!(matches!(scan.next_block(&mut vec![0; bytes]).unwrap(), Fill::Block { .. }));
}

#[test]
fn projection() {
    let dir = Dir::new();
    let path = wide_file(&dir, 2);
    let file = open(&path).unwrap();
    let scan = file.scan(ScanOptions { columns: Some(only(&[2, 0, 2])), ..ScanOptions::default() }).unwrap();
    let names: Vec<String> = scan
        .tree()
        .as_array()
        .unwrap()
        .iter()
        .map(|node| node["name"].as_str().unwrap().to_owned())
        .collect();
    assert_eq!(names, ["n", "f"]);
    let columns = columns_of(
        &read(&path, ScanOptions { columns: Some(only(&[2, 0])), ..ScanOptions::default() }).unwrap(),
    );
    assert_eq!(columns[0][5999], V::Number(5999.0));
    assert_eq!(columns[1][5997], V::Null);
    let unknown = file.scan(ScanOptions { columns: Some(only(&[4])), ..ScanOptions::default() });
    assert_eq!(unknown.err().unwrap().code, ErrorCode::UnknownColumn);
}

#[test]
fn rows_without_columns() {
    let dir = Dir::new();
    // FileMetaData { version 1, schema [root "a"], rows 10000, row groups [{ no columns, 0 bytes, 10000 rows }] }
    let rows = [0xa0, 0x9c, 1];
    let mut footer = vec![0x15, 2, 0x19, 0x1c, 0x48, 1, b'a', 0x15, 0, 0, 0x16];
    footer.extend(rows);
    footer.extend([0x19, 0x1c, 0x19, 0x0c, 0x16, 0, 0x16]);
    footer.extend(rows);
    footer.extend([0, 0]);
    std::fs::write(dir.path("none"), with_footer(&footer)).unwrap();
    for (path, columns, rows) in [(wide_file(&dir, 1), Some(vec![]), 3000), (dir.path("none"), None, 10_000)]
    {
        let file = open(&path).unwrap();
        assert_eq!(file.rows(), rows as u64);
        let mut scan = file.scan(ScanOptions { columns, ..ScanOptions::default() }).unwrap();
        let mut arena = [0xaa; 8];
        assert_eq!(scan.next_block(&mut arena[..4]).unwrap(), Fill::NeedBytes(8));
        let mut read = 0;
        while let Fill::Block { rows, bytes, .. } = scan.next_block(&mut arena).unwrap() {
            assert_eq!(bytes, 8);
            assert_eq!(arena[..4], (rows as u32).to_le_bytes());
            assert_eq!(arena[4..], [0; 4]);
            read += rows;
        }
        assert_eq!(read, rows);
    }
}

#[test]
fn no_rows() {
    let dir = Dir::new();
    let path = dir.write(&[wide_batch(0, 0)], None);
    assert_eq!(read(&path, ScanOptions::default()).unwrap(), []);
    assert_eq!(described(&open(&path).unwrap())["columns"][0]["codec"], "");
}

#[test]
fn cancelling_ends_the_scan() {
    let dir = Dir::new();
    let path = wide_file(&dir, 8);
    let cancel = Arc::new(AtomicBool::new(false));
    let options =
        ScanOptions { cancel: Arc::clone(&cancel), block_rows: 10, threads: 2, ..ScanOptions::default() };
    let file = open(&path).unwrap();
    let mut scan = file.scan(options).unwrap();
    let mut arena = vec![0; 1 << 16];
    assert!(matches!(scan.next_block(&mut arena).unwrap(), Fill::Block { .. }));
    cancel.store(true, Ordering::Relaxed);
    assert!(scan.next_block(&mut arena).is_err());
    assert!(scan.next_block(&mut arena).is_err(), "and stays ended");
    wait_for_threads(&file);
}

#[test]
fn dropping_a_scan_ends_its_threads() {
    let dir = Dir::new();
    let path = wide_file(&dir, 8);
    let file = open(&path).unwrap();
    let mut scan = file.scan(ScanOptions { block_rows: 10, threads: 3, ..ScanOptions::default() }).unwrap();
    assert!(matches!(scan.next_block(&mut vec![0; 1 << 16]).unwrap(), Fill::Block { .. }));
    drop(scan);
    wait_for_threads(&file);
}

/// Each thread holds the file.
fn wait_for_threads(file: &Arc<arrow_ckpt::decode::CheckpointFile>) {
    for _ in 0..500 {
        // The test's own, and the one of a scan that was not dropped.
        if Arc::strong_count(file) <= 2 {
            return;
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    panic!("the threads still run");
}

#[test]
fn what_may_cross_threads() {
    fn send<T: Send>() {}
    fn sync<T: Sync>() {}
    send::<arrow_ckpt::decode::Scan>();
    send::<arrow_ckpt::decode::CheckpointFile>();
    sync::<arrow_ckpt::decode::CheckpointFile>();
}

#[test]
fn scans_of_one_file_do_not_disturb_each_other() {
    let dir = Dir::new();
    let path = wide_file(&dir, 2);
    let file = open(&path).unwrap();
    std::thread::scope(|scope| {
        for threads in 1..4 {
            let file = &file;
            scope.spawn(move || {
                let options = ScanOptions { threads, block_rows: 500, ..ScanOptions::default() };
                let mut scan = file.scan(options).unwrap();
                let mut reader = BlockReader::new(&scan);
                let mut arena = vec![0xaa; 1 << 20];
                let mut rows = Vec::new();
                while let Fill::Block { bytes, .. } = scan.next_block(&mut arena).unwrap() {
                    rows.extend(reader.rows(&arena[..bytes]));
                }
                check_wide(&columns_of(&rows), 6000);
            });
        }
    });
}
