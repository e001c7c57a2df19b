//! Every bit of small checkpoints flipped, and the files cut off at every length: a coded error or the rows that were saved, never others,
//! never a crash.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests, and the counts are for people

#[path = "../samples/mod.rs"]
mod samples;
#[path = "../encode/slab.rs"]
#[allow(dead_code)] // the tests of the writing half use the rest
mod slab;
#[path = "../decode/support.rs"]
#[allow(dead_code)] // the tests of the reading half use the rest
mod support;

use std::collections::BTreeMap;
use std::path::Path;

use arrow_ckpt::decode::{CheckpointFile, OpenOptions, ScanOptions};
use arrow_ckpt::{ErrorCode, Result};
use bytes::Bytes;

use samples::{Sample, samples};
use support::{V, read_open};

const NAME: &str = "damaged.parquet";

fn rows(bytes: &[u8], verify: bool) -> Result<Vec<V>> {
    let options = OpenOptions { verify, ..OpenOptions::default() };
    let file = CheckpointFile::open_bytes(Path::new(NAME), Bytes::copy_from_slice(bytes), &options)?;
    read_open(&file, ScanOptions { threads: 1, ..ScanOptions::default() })
}

/// The code of what damage gave; none where the rows are those that were saved.
fn code(bytes: &[u8], whole: &[V], what: &dyn Fn() -> String) -> Option<ErrorCode> {
    match rows(bytes, true) {
        Ok(rows) => {
            assert!(rows == whole, "{}: other rows came back", what());
            None
        }
        Err(error) => {
            assert_ne!(error.code, ErrorCode::Internal, "{}: {error}", what());
            assert_eq!(error.path.as_deref(), Some(NAME), "{}: {error}", what());
            Some(error.code)
        }
    }
}

/// Runs a test where the panics of libraries, which the core catches, are not printed one by one.
fn quietly(test: impl FnOnce() + Send + 'static) {
    arrow_ckpt::quiet_panics();
    let thread = std::thread::Builder::new().name("arrow-ckpt-sweep".to_owned()).spawn(test).unwrap();
    if let Err(panic) = thread.join() {
        panic!("{}", arrow_ckpt::panic_message(panic.as_ref()));
    }
}

fn told(codes: &BTreeMap<Option<ErrorCode>, usize>) -> String {
    let each = |(code, count): (&Option<ErrorCode>, &usize)| {
        format!("{} {count}", code.map_or("rows as saved", |code| code.as_str()))
    };
    codes.iter().map(each).collect::<Vec<_>>().join(", ")
}

fn each_whole(body: &mut dyn FnMut(&Sample, &[V])) {
    for sample in samples() {
        let whole = rows(&sample.bytes, true).unwrap();
        body(&sample, &whole);
    }
}

#[test]
fn every_bit_flipped() {
    quietly(|| {
        let (mut flips, mut files, mut bytes) = (0, 0, 0);
        let mut codes = BTreeMap::new();
        each_whole(&mut |sample, whole| {
            (files, bytes) = (files + 1, bytes + sample.bytes.len());
            let mut damaged = sample.bytes.clone();
            for bit in 0..damaged.len() * 8 {
                damaged[bit / 8] ^= 1 << (bit % 8);
                *codes
                    .entry(code(&damaged, whole, &|| format!("{}, bit {bit}", sample.name)))
                    .or_insert(0) += 1;
                damaged[bit / 8] ^= 1 << (bit % 8);
                flips += 1;
            }
        });
        println!("sweep: {flips} bits flipped in {files} files of {bytes} bytes: {}", told(&codes));
        assert!(flips >= 100_000);
        // The checksums cover every byte of a file of ours.
        assert_eq!(codes.get(&None), None);
    });
}

#[test]
fn cut_off_at_every_length() {
    quietly(|| {
        let mut cuts = 0;
        let mut codes = BTreeMap::new();
        each_whole(&mut |sample, whole| {
            for length in 0..sample.bytes.len() {
                let what = || format!("{}, cut to {length}", sample.name);
                *codes.entry(code(&sample.bytes[..length], whole, &what)).or_insert(0) += 1;
                let front = || format!("{}, {length} bytes less in front", sample.name);
                if length > 0 {
                    *codes.entry(code(&sample.bytes[length..], whole, &front)).or_insert(0) += 1;
                }
                cuts += 2;
            }
        });
        println!("sweep: {cuts} files cut off at the end or the front: {}", told(&codes));
        assert_eq!(codes.get(&None), None);
    });
}

/// Without checksums damage may change values; but it is rows or a coded error.
#[test]
fn every_byte_changed_without_verification() {
    quietly(|| {
        let (mut changes, mut read) = (0, 0);
        each_whole(&mut |sample, _| {
            let mut damaged = sample.bytes.clone();
            for at in 0..damaged.len() {
                for mask in [1, 0x80, 0xff] {
                    damaged[at] ^= mask;
                    match rows(&damaged, false) {
                        Ok(_) => read += 1,
                        Err(error) => {
                            assert_ne!(error.code, ErrorCode::Internal, "{} at {at}: {error}", sample.name);
                        }
                    }
                    damaged[at] ^= mask;
                    changes += 1;
                }
            }
        });
        println!(
            "sweep: {changes} bytes changed and not verified: {read} gave rows, all others a coded error"
        );
        assert!(read > 0 && read < changes);
    });
}
