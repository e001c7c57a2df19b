//! Small files that are read as large ones are: page by page, by several threads.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::{CheckpointFile, Fill, Large, OpenOptions, ScanOptions};
use bytes::Bytes;

use super::samples::{Sample, paged};
use super::support::{described_columns, read_open};

const LARGE: Large = Large { scan: 0, chunk: 0, page: 0, text: 0, shared: 0 };

fn open(bytes: &[u8]) -> arrow_ckpt::Result<Arc<CheckpointFile>> {
    let bytes = Bytes::copy_from_slice(bytes);
    CheckpointFile::open_bytes(Path::new("x.parquet"), bytes, &OpenOptions::default())
}

fn options(threads: usize, block_rows: usize) -> ScanOptions {
    ScanOptions { threads, block_rows, large: LARGE, ..ScanOptions::default() }
}

#[test]
fn any_number_of_threads_gives_the_rows() {
    for Sample { name, bytes } in paged() {
        let file = open(&bytes).unwrap();
        let rows = read_open(&file, ScanOptions::default()).unwrap();
        assert!(rows.len() >= 40, "{name}");
        for threads in [1, 2, 3, 8] {
            // Blocks that end before pages, with them and behind them.
            for block_rows in [4096, 14, 7, 3, 1] {
                assert_eq!(
                    read_open(&file, options(threads, block_rows)).unwrap(),
                    rows,
                    "{name}, {threads} threads"
                );
            }
        }
    }
}

#[test]
fn ranges_at_the_edges_of_pages_give_the_rows() {
    for Sample { name, bytes } in paged() {
        let file = open(&bytes).unwrap();
        let rows = read_open(&file, ScanOptions::default()).unwrap();
        for (from, to) in [(0, 1), (6, 7), (7, 14), (6, 8), (13, 29), (35, 40)] {
            let ranges = Some(vec![from..to, to + 1..rows.len() as u64]);
            let found = read_open(&file, ScanOptions { ranges, ..options(3, 4096) }).unwrap();
            let mut wanted = rows[from as usize..to as usize].to_vec();
            wanted.extend_from_slice(&rows[(to + 1).min(rows.len() as u64) as usize..]);
            assert_eq!(found, wanted, "{name}, rows {from} to {to}");
        }
    }
}

/// Whichever page it is in, and whatever the other threads do.
#[test]
fn a_damaged_page_is_one_error() {
    let mut by_pages = 0;
    for Sample { name, bytes } in paged() {
        let whole = open(&bytes).unwrap();
        let names = described_columns(&whole, "name");
        let end =
            bytes.len() - 8 - u32::from_le_bytes(bytes[bytes.len() - 8..][..4].try_into().unwrap()) as usize;
        let mut damaged = bytes.clone();
        for at in (4..end).step_by(5) {
            damaged[at] ^= 1 << (at % 8);
            // Where the indexes begin the file itself is refused.
            if let Ok(file) = open(&damaged) {
                for threads in [1, 2, 4] {
                    let mut scan = file.scan(options(threads, 5)).unwrap();
                    let mut arena = vec![0; 1 << 16];
                    let error = loop {
                        match scan.next_block(&mut arena) {
                            Ok(Fill::Block { .. }) => {}
                            Ok(fill) => panic!("{name}, byte {at}: {fill:?}"),
                            Err(error) => break error,
                        }
                    };
                    assert_eq!(error.code, ErrorCode::Corrupt, "{name}, byte {at}: {error}");
                    by_pages += usize::from(error.message.ends_with("a page does not match its checksum"));
                    assert!(
                        names.iter().any(|name| error.column.as_deref() == Some(name.as_str())),
                        "{name}, byte {at}: {error:?}"
                    );
                    assert_eq!(error.path.as_deref(), Some("x.parquet"));
                    assert_eq!(scan.next_block(&mut arena).unwrap_err().code, ErrorCode::InvalidOption);
                }
            }
            damaged[at] ^= 1 << (at % 8);
        }
    }
    assert!(by_pages > 1000, "they were not read page by page");
}

/// Texts that stay in their pages are looked at there.
#[test]
fn a_text_that_is_not_utf8_is_one_error() {
    let Sample { mut bytes, .. } =
        paged().into_iter().find(|sample| sample.name == "long texts as they are").unwrap();
    let word = "Слово".as_bytes();
    let places: Vec<usize> =
        (0..bytes.len() - word.len()).filter(|at| bytes[*at..].starts_with(word)).collect();
    assert!(places.len() > 20);
    for at in places {
        bytes[at + 3] = 0xff;
        let copy = Bytes::copy_from_slice(&bytes);
        let unverified = OpenOptions { verify: false, ..OpenOptions::default() };
        let file = CheckpointFile::open_bytes(Path::new("x.parquet"), copy, &unverified).unwrap();
        for threads in [1, 2, 4] {
            let error = read_open(&file, options(threads, 5)).unwrap_err();
            assert_eq!(error.code, ErrorCode::Corrupt, "byte {at}: {error}");
            assert!(error.message.contains("UTF-8"), "byte {at}: {error}");
            assert!(["text", "choices"].contains(&error.column.as_deref().unwrap()), "byte {at}: {error:?}");
        }
        bytes[at + 3] = word[3];
    }
}

#[test]
fn a_scan_that_is_left_or_cancelled_lets_its_file_go() {
    for Sample { name, bytes } in paged() {
        for cancels in [false, true] {
            let file = open(&bytes).unwrap();
            let options = options(4, 2);
            let cancel = options.cancel.clone();
            let mut scan = file.scan(options).unwrap();
            let mut arena = vec![0; 1 << 16];
            assert!(matches!(scan.next_block(&mut arena).unwrap(), Fill::Block { .. }), "{name}");
            if cancels {
                cancel.store(true, Ordering::Relaxed);
                assert!(scan.next_block(&mut arena).is_err());
            }
            drop(scan);
            let begun = std::time::Instant::now();
            while Arc::strong_count(&file) > 1 {
                assert!(begun.elapsed().as_secs() < 10, "{name}: a thread still holds the file");
                std::thread::yield_now();
            }
        }
    }
}
