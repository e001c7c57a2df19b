//! Files with our keys: versions and checksums.

use std::fmt::Write;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, Int64Array, RecordBatch, StringArray};
use arrow_ckpt::decode::{CheckpointFile, Fill, OpenOptions, ScanOptions};
use arrow_ckpt::format::{
    CREATED_BY, FOOTER_CRC_ZERO, KEY_CHUNK_CRC, KEY_FOOTER_CRC, KEY_HASH, KEY_VERSION, footer_crc,
    footer_crc_position,
};
use arrow_ckpt::{ErrorCode, Result};
use parquet::arrow::ArrowWriter;
use parquet::arrow::arrow_writer::ArrowWriterOptions;
use parquet::file::metadata::{KeyValue, ParquetMetaDataReader};
use parquet::file::properties::{EnabledStatistics, WriterProperties};

use super::support::{Dir, batch, described, only, open, read};

const GROUPS: usize = 2;

fn rows() -> Vec<RecordBatch> {
    let group = |from: i64| {
        batch(vec![
            ("number", Arc::new(Int64Array::from_iter_values(from..from + 20)) as ArrayRef),
            (
                "word",
                Arc::new(
                    (from..from + 20).map(|i| Some(["yes", "no"][i as usize % 2])).collect::<StringArray>(),
                ),
            ),
        ])
    };
    vec![group(0), group(20)]
}

/// Writes a file of ours; `edit` changes its keys first.
fn write(dir: &Dir, edit: impl Fn(&mut Vec<(String, String)>)) -> PathBuf {
    let mut pairs = vec![
        (KEY_VERSION.to_owned(), "1".to_owned()),
        (KEY_HASH.to_owned(), "abc".to_owned()),
        (KEY_CHUNK_CRC.to_owned(), FOOTER_CRC_ZERO.repeat(2 * GROUPS)),
        (KEY_FOOTER_CRC.to_owned(), FOOTER_CRC_ZERO.to_owned()),
    ];
    edit(&mut pairs);
    let pairs = pairs.into_iter().map(|(key, value)| KeyValue::new(key, value)).collect();
    let properties = WriterProperties::builder()
        .set_created_by(format!("{CREATED_BY}0"))
        .set_key_value_metadata(Some(pairs))
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_offset_index_disabled(true)
        .build();
    let options = ArrowWriterOptions::new().with_properties(properties).with_skip_arrow_metadata(true);
    let path = dir.path("ours.parquet");
    let batches = rows();
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = ArrowWriter::try_new_with_options(file, batches[0].schema(), options).unwrap();
    for batch in &batches {
        writer.write(batch).unwrap();
        writer.flush().unwrap();
    }
    writer.close().unwrap();
    sign(&path);
    path
}

/// Puts the true checksums in place of the zeros.
fn sign(path: &Path) {
    let mut bytes = std::fs::read(path).unwrap();
    let end = bytes.len() - 8;
    let start = end - u32::from_le_bytes(bytes[end..end + 4].try_into().unwrap()) as usize;
    let metadata = ParquetMetaDataReader::decode_metadata(&bytes[start..end]).unwrap();
    let mut digits = String::new();
    for group in metadata.row_groups() {
        for chunk in group.columns() {
            let (from, length) = chunk.byte_range();
            let chunk = &bytes[from as usize..(from + length) as usize];
            write!(digits, "{:08x}", crc32c::crc32c(chunk)).unwrap();
        }
    }
    let zeros = FOOTER_CRC_ZERO.repeat(2 * GROUPS);
    let find =
        |bytes: &[u8], text: &str| bytes.windows(text.len()).rposition(|window| window == text.as_bytes());
    if let Some(at) = find(&bytes, &zeros) {
        bytes[at..at + digits.len()].copy_from_slice(digits.as_bytes());
    }
    let footer = &bytes[start..end];
    if let Some(position) = footer_crc_position(footer) {
        let crc = format!("{:08x}", footer_crc(footer, position));
        bytes[start + position..start + position + 8].copy_from_slice(crc.as_bytes());
    }
    std::fs::write(path, bytes).unwrap();
}

fn read_unverified(path: &Path) -> Result<u64> {
    let mut scan = CheckpointFile::open(path, &OpenOptions { verify: false, ..OpenOptions::default() })?
        .scan(ScanOptions::default())?;
    let mut arena = vec![0; 1 << 16];
    let mut total = 0;
    loop {
        match scan.next_block(&mut arena)? {
            Fill::Block { rows, .. } => total += rows as u64,
            Fill::NeedBytes(bytes) => arena = vec![0; bytes],
            Fill::End => return Ok(total),
        }
    }
}

#[test]
fn a_file_of_ours_is_verified_and_read() {
    let dir = Dir::new();
    let path = write(&dir, |_| {});
    let file = open(&path).unwrap();
    assert_eq!(file.key_value(KEY_HASH), Some("abc"));
    assert_eq!(file.key_value("nothing"), None);
    assert_eq!(described(&file)["keyValues"], serde_json::json!({ KEY_VERSION: "1", KEY_HASH: "abc" }));
    assert_eq!(file.bytes(), std::fs::metadata(&path).unwrap().len());
    assert_eq!(read(&path, ScanOptions::default()).unwrap().len(), 40);
}

#[test]
fn one_flipped_bit_anywhere_is_found() {
    let dir = Dir::new();
    let path = write(&dir, |_| {});
    let good = std::fs::read(&path).unwrap();
    let tail = good.len() - 4;
    for byte in 0..good.len() {
        for bit in 0..8 {
            let mut bad = good.clone();
            bad[byte] ^= 1 << bit;
            std::fs::write(&path, &bad).unwrap();
            let error = read(&path, ScanOptions::default()).err();
            let Some(error) = error else { panic!("bit {bit} of byte {byte} of {} went unseen", good.len()) };
            // A file without Parquet's end is one that was cut off; PARE would be encryption.
            if byte < tail && !(byte == 3 && bit == 2) {
                assert_eq!(error.code, ErrorCode::Corrupt, "bit {bit} of byte {byte}: {error}");
            }
            assert!(error.path.is_some());
            // Unverified it may be read wrongly, but it must come back.
            if bit % 4 == 0 {
                let _ = read_unverified(&path);
            }
        }
    }
}

#[test]
fn a_bad_column_is_named() {
    let dir = Dir::new();
    let path = write(&dir, |_| {});
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(3).position(|window| window == b"yes").unwrap();
    bytes[at] = b'Y';
    std::fs::write(&path, &bytes).unwrap();
    let error = read(&path, ScanOptions::default()).unwrap_err();
    assert_eq!((error.code, error.column.as_deref()), (ErrorCode::Corrupt, Some("word")));
    assert_eq!(error.path.as_deref(), path.to_str());
    let other = ScanOptions { columns: Some(only(&[0])), ..ScanOptions::default() };
    assert_eq!(read(&path, other).unwrap().len(), 40, "the other column is whole");
    assert_eq!(read_unverified(&path).unwrap(), 40);
}

#[test]
fn later_versions_are_refused() {
    let dir = Dir::new();
    let path = write(&dir, |pairs| pairs[0].1 = "3".to_owned());
    for verify in [true, false] {
        let error =
            CheckpointFile::open(&path, &OpenOptions { verify, ..OpenOptions::default() }).err().unwrap();
        assert_eq!(error.code, ErrorCode::FormatVersion);
        assert!(error.message.contains("version 3") && error.message.contains("version 2"), "{error}");
    }
    // Version 2 says what is in other files.
    for version in ["", "x", "-1", "0", "99999999999999", "2"] {
        let path = write(&dir, |pairs| pairs[0].1 = version.to_owned());
        assert_eq!(open(&path).err().unwrap().code, ErrorCode::Corrupt, "{version}");
    }
}

#[test]
fn missing_checksums_are_corrupt() {
    let dir = Dir::new();
    for missing in [KEY_CHUNK_CRC, KEY_FOOTER_CRC] {
        let path = write(&dir, |pairs| pairs.retain(|(key, _)| key != missing));
        assert_eq!(open(&path).err().unwrap().code, ErrorCode::Corrupt, "{missing}");
        assert_eq!(read_unverified(&path).unwrap(), 40);
    }
    let path = write(&dir, |pairs| pairs[2].1.truncate(24));
    assert_eq!(open(&path).err().unwrap().code, ErrorCode::Corrupt, "too few");
    let path = write(&dir, |pairs| pairs[3].1 = "0".to_owned());
    assert_eq!(open(&path).err().unwrap().code, ErrorCode::Corrupt, "no digits");
}

/// Another writer carries our keys over when it rewrites a file, checksums of other bytes among them.
#[test]
fn keys_without_our_name_are_not_compared() {
    let dir = Dir::new();
    let path = write(&dir, |_| {});
    let mut bytes = std::fs::read(&path).unwrap();
    let at = bytes.windows(CREATED_BY.len()).rposition(|window| window == CREATED_BY.as_bytes()).unwrap();
    for (name, code) in [("arrow-ckpt vErsion ", Some(ErrorCode::Corrupt)), ("parquet-cpp-arrow v", None)] {
        bytes[at..at + name.len()].copy_from_slice(name.as_bytes());
        std::fs::write(&path, &bytes).unwrap();
        let outcome = read(&path, ScanOptions::default());
        assert_eq!(outcome.as_ref().err().map(|error| error.code), code, "{name}");
        if let Ok(rows) = outcome {
            assert_eq!(rows.len(), 40);
        }
    }
}
