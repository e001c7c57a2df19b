//! Files that are none, that end early, that lie.

use std::path::Path;
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, StringArray};
use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::{CheckpointFile, OpenOptions, ScanOptions};
use arrow_ckpt::limits::Limits;
#[cfg(unix)]
use arrow_ckpt::limits::MAX_FOOTER_BYTES;
use parquet::basic::{BrotliLevel, Compression, GzipLevel, ZstdLevel};
use parquet::file::properties::{WriterProperties, WriterVersion};

use super::support::{Dir, batch, described, open, read, read_open};

fn code(path: &Path) -> ErrorCode {
    match read(path, ScanOptions::default()) {
        Ok(rows) => panic!("{} rows were read", rows.len()),
        Err(error) => {
            assert_eq!(error.path.as_deref(), path.to_str());
            error.code
        }
    }
}

fn code_of(bytes: &[u8]) -> ErrorCode {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    std::fs::write(&path, bytes).unwrap();
    code(&path)
}

/// A file whose footer is `footer`.
pub fn with_footer(footer: &[u8]) -> Vec<u8> {
    let mut bytes = b"PAR1".to_vec();
    bytes.extend(footer);
    bytes.extend((footer.len() as u32).to_le_bytes());
    bytes.extend(b"PAR1");
    bytes
}

#[test]
fn not_a_file() {
    let dir = Dir::new();
    assert_eq!(code(&dir.path("none")), ErrorCode::NotFound);
    assert_eq!(code(dir.path("x").parent().unwrap()), ErrorCode::NotAFile);
    #[cfg(unix)]
    assert_eq!(code(Path::new("/dev/null")), ErrorCode::NotAFile);
    std::fs::write(dir.path("file"), "").unwrap();
    assert_eq!(code(&dir.path("file/inner")), ErrorCode::NotAFile);
}

#[test]
fn not_parquet() {
    assert_eq!(code_of(b""), ErrorCode::NotACheckpoint);
    assert_eq!(code_of(b"PAR1PAR1"), ErrorCode::NotACheckpoint);
    assert_eq!(code_of(b"[{\"a\":1},{\"a\":2}]"), ErrorCode::NotACheckpoint);
    assert_eq!(code_of(b"PAR1 and then the disk was full"), ErrorCode::Truncated);
    assert_eq!(code_of(b"PARE\0\0\0\0\0\0\0\0PARE"), ErrorCode::UnsupportedFile);
    assert_eq!(code_of(b"XXXX\0\0\0\0PAR1"), ErrorCode::Corrupt);
    assert_eq!(code_of(b"PAR1\0\0\0\0PAR1"), ErrorCode::Corrupt);
    assert_eq!(code_of(b"PAR1\xff\xff\xff\xffPAR1"), ErrorCode::Corrupt);
}

#[cfg(unix)]
#[test]
fn a_footer_beyond_the_cap() {
    let dir = Dir::new();
    let path = dir.path("sparse");
    let size = MAX_FOOTER_BYTES + 13;
    let file = std::fs::File::create(&path).unwrap();
    file.set_len(size).unwrap();
    std::os::unix::fs::FileExt::write_all_at(&file, b"PAR1", 0).unwrap();
    let mut tail = ((MAX_FOOTER_BYTES + 1) as u32).to_le_bytes().to_vec();
    tail.extend(b"PAR1");
    std::os::unix::fs::FileExt::write_all_at(&file, &tail, size - 8).unwrap();
    assert_eq!(code(&path), ErrorCode::Limit);
}

/// Thrift by hand: `FileMetaData` { 1: version, 2: schema, 3: rows, 4: no row groups } with `depth` groups in one another.
fn deep_footer(depth: usize, children: &[u8]) -> Vec<u8> {
    let mut footer = vec![0x15, 2, 0x19, 0xfc];
    let mut count = depth + 1;
    while count >= 0x80 {
        footer.push((count & 0x7f) as u8 | 0x80);
        count >>= 7;
    }
    footer.push(count as u8);
    for level in 0..=depth {
        // 3: repetition REQUIRED, 4: name "a", 5: children; the last is an int32.
        if level == depth {
            footer.extend([0x15, 2, 0x25, 0, 0x18, 1, b'a', 0]);
        } else {
            footer.extend([0x35, 0, 0x18, 1, b'a', 0x15]);
            footer.extend(if level == 0 { children } else { &[2] });
            footer.push(0);
        }
    }
    footer.extend([0x16, 0, 0x19, 0x0c, 0]);
    footer
}

#[test]
fn schemas_within_the_caps() {
    let fine = with_footer(&deep_footer(20, &[2]));
    let dir = Dir::new();
    std::fs::write(dir.path("fine"), fine).unwrap();
    assert_eq!(open(&dir.path("fine")).unwrap().rows(), 0);
    assert_eq!(described(&open(&dir.path("fine")).unwrap())["tree"][0]["kind"], "struct");
    std::fs::write(dir.path("deep"), with_footer(&deep_footer(255, &[2]))).unwrap();
    let depth = open(&dir.path("deep")).unwrap().describe().matches(r#""kind":"struct""#).count();
    assert_eq!(depth, 254);
}

#[test]
fn schemas_beyond_the_caps() {
    assert_eq!(code_of(&with_footer(&deep_footer(300, &[2]))), ErrorCode::Limit);
    assert_eq!(code_of(&with_footer(&deep_footer(90_000, &[2]))), ErrorCode::Limit);
    assert_eq!(code_of(&with_footer(&deep_footer(110_000, &[2]))), ErrorCode::Limit);
    // A root with 2^31 - 1 children, or with a negative number of them.
    assert_eq!(code_of(&with_footer(&deep_footer(2, &[0xfe, 0xff, 0xff, 0xff, 0x0f]))), ErrorCode::Corrupt);
    assert_eq!(code_of(&with_footer(&deep_footer(2, &[1]))), ErrorCode::Corrupt);
}

#[test]
fn lists_longer_than_the_footer() {
    // Row groups, key-values: 2^28 of them in a few bytes.
    for field in [0x29, 0x39] {
        let mut footer = vec![0x15, 2, 0x19, 0x1c, 0x35, 0, 0x18, 1, b'a', 0];
        footer.extend([field, 0xfc, 0xff, 0xff, 0xff, 0x7f, 0]);
        assert_eq!(code_of(&with_footer(&footer)), ErrorCode::Corrupt);
    }
}

fn sample(dir: &Dir, compression: Compression, version: WriterVersion) -> std::path::PathBuf {
    let words = |i: i64| (i % 5 != 0).then(|| ["ä", "bb", "漢字"][i as usize % 3]);
    let columns: Vec<(&str, ArrayRef)> = vec![
        ("n", Arc::new(Int64Array::from_iter_values(0..300))),
        ("w", Arc::new((0..300).map(words).collect::<StringArray>())),
        ("t", Arc::new(StringArray::from_iter_values((0..300).map(|i| format!("text {i}"))))),
    ];
    let properties = WriterProperties::builder()
        .set_compression(compression)
        .set_writer_version(version)
        .set_column_dictionary_enabled("t".into(), false)
        .build();
    dir.write(&[batch(columns)], Some(properties))
}

#[test]
fn files_cut_off_anywhere_are_refused() {
    let dir = Dir::new();
    let path = sample(&dir, Compression::SNAPPY, WriterVersion::PARQUET_1_0);
    let bytes = std::fs::read(&path).unwrap();
    for length in (0..bytes.len()).step_by(7) {
        let expected = if length < 12 { ErrorCode::NotACheckpoint } else { ErrorCode::Truncated };
        assert_eq!(code_of(&bytes[..length]), expected, "{length} bytes");
    }
    // Bytes lost in the middle.
    for at in [4, 500, 1000] {
        let mut short = bytes.clone();
        short.drain(at..at + 100);
        let code = code_of(&short);
        assert!(
            [ErrorCode::Truncated, ErrorCode::Corrupt, ErrorCode::UnsupportedFile].contains(&code),
            "{code:?}"
        );
    }
}

#[test]
fn damaged_files_never_bring_us_down() {
    let dir = Dir::new();
    let mut random = 88_172_645_463_325_252u64;
    let mut next = move || {
        random ^= random << 13;
        random ^= random >> 7;
        random ^= random << 17;
        random as usize
    };
    for compression in [Compression::UNCOMPRESSED, Compression::SNAPPY, Compression::LZ4_RAW] {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let path = sample(&dir, compression, version);
            let good = std::fs::read(&path).unwrap();
            let mut refused = 0;
            for _ in 0..300 {
                let mut bad = good.clone();
                for _ in 0..=next() % 3 {
                    let at = next() % bad.len();
                    bad[at] = next() as u8;
                }
                std::fs::write(&path, &bad).unwrap();
                if let Err(error) = read(&path, ScanOptions { threads: 2, ..ScanOptions::default() }) {
                    assert_ne!(error.code, ErrorCode::Internal, "{error}");
                    refused += 1;
                }
            }
            assert!(refused > 0);
        }
    }
}

#[test]
fn every_codec() {
    let dir = Dir::new();
    let codecs = [
        (Compression::UNCOMPRESSED, "none"),
        (Compression::SNAPPY, "snappy"),
        (Compression::GZIP(GzipLevel::default()), "gzip"),
        (Compression::BROTLI(BrotliLevel::default()), "brotli"),
        (Compression::ZSTD(ZstdLevel::default()), "zstd"),
        (Compression::LZ4_RAW, "lz4"),
    ];
    for (codec, name) in codecs {
        for version in [WriterVersion::PARQUET_1_0, WriterVersion::PARQUET_2_0] {
            let path = sample(&dir, codec, version);
            assert_eq!(read(&path, ScanOptions::default()).unwrap().len(), 300);
            assert_eq!(described(&open(&path).unwrap())["columns"][0]["codec"], name);
        }
    }
}

/// Each limit lets pass what needs just so much, and refuses what needs one more; larger ones than the crate bears count as those.
#[test]
fn limits_of_a_caller() {
    let dir = Dir::new();
    let path = sample(&dir, Compression::UNCOMPRESSED, WriterVersion::PARQUET_1_0);
    let bytes = std::fs::read(&path).unwrap();
    let footer = u64::from(u32::from_le_bytes(bytes[bytes.len() - 8..][..4].try_into().unwrap()));
    let read_within = |limits: Limits| {
        let file = CheckpointFile::open(&path, &OpenOptions { limits, ..OpenOptions::default() })?;
        read_open(&file, ScanOptions::default())
    };
    let none = Limits::default();
    let around: [(Limits, Limits); 5] = [
        (Limits { footer_bytes: footer, ..none }, Limits { footer_bytes: footer - 1, ..none }),
        (Limits { row_groups: 1, ..none }, Limits { row_groups: 0, ..none }),
        (Limits { columns: 3, ..none }, Limits { columns: 2, ..none }),
        (Limits { depth: 1, ..none }, Limits { depth: 0, ..none }),
        (Limits { string_bytes: 8, ..none }, Limits { string_bytes: 7, ..none }),
    ];
    for (enough, too_few) in around {
        assert_eq!(read_within(enough).unwrap().len(), 300, "{enough:?}");
        assert_eq!(read_within(too_few).unwrap_err().code, ErrorCode::Limit, "{too_few:?}");
    }
    for too_few in [
        Limits { page_bytes: 100, ..none },
        Limits { decoded_bytes: 1000, ..none },
        Limits { page_bytes: 2000, ratio: 0, ..none },
    ] {
        assert_eq!(read_within(too_few).unwrap_err().code, ErrorCode::Limit, "{too_few:?}");
    }
    let most = Limits { footer_bytes: u64::MAX, depth: u64::MAX, page_bytes: u64::MAX, ..none };
    assert_eq!(most.bounded(), none);
}

#[test]
fn two_columns_of_one_name() {
    let dir = Dir::new();
    let numbers = || Arc::new(Int64Array::from(vec![1, 2])) as ArrayRef;
    let path = dir.write(&[batch(vec![("a", numbers()), ("b", numbers()), ("a", numbers())])], None);
    assert_eq!(code(&path), ErrorCode::UnsupportedFile);
}
