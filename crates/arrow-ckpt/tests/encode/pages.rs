//! Page indexes and bloom filters: what other readers see of them, what ours leaves out by them, and damaged ones.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

use arrow_array::cast::AsArray;
use arrow_array::types::Int64Type;
use arrow_ckpt::decode::filter::Filter;
use arrow_ckpt::decode::{CheckpointFile, OpenOptions, ScanOptions, Work};
use arrow_ckpt::encode::WriteOptions;
use arrow_ckpt::format::{FOOTER_CRC_ZERO, KEY_BLOOM_CRC, KEY_INDEX_CRC, footer_crc, footer_crc_position};
use arrow_ckpt::{ErrorCode, Result};
use parquet::arrow::arrow_reader::{
    ArrowReaderOptions, ParquetRecordBatchReaderBuilder, RowSelection, RowSelector,
};
use parquet::bloom_filter::Sbbf;
use parquet::file::metadata::{
    ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader, RowGroupMetaData,
};

use super::slab::{Kind, Node, TEXT, list, node};
use super::support::{BlockReader, Dir, V, read, text};
use super::types::write;

const ROWS: usize = 1000;
const GROUP: usize = 500;
const PAGE: usize = 50;

fn options() -> WriteOptions {
    WriteOptions { row_group_rows: Some(GROUP), page_rows: Some(PAGE), ..WriteOptions::default() }
}

fn nodes() -> Vec<Node> {
    let inner = vec![node("bloom_a", Kind::Num), node("t", TEXT)];
    vec![
        node("n", Kind::Num),
        node("bloom_t", TEXT),
        node("f", Kind::Num),
        node("l", list(Kind::Num)),
        node("s", Kind::Struct(inner)),
        node("x", TEXT),
    ]
}

fn row(i: usize) -> Vec<V> {
    let inner = [("bloom_a", V::Number((i * 3 % ROWS) as f64)), ("t", text(&format!("inner {i}")))];
    let inner = inner.map(|(name, value)| (name.to_owned(), value)).to_vec();
    vec![
        V::Number(i as f64),
        text(&format!("t{:04}", i * 37 % ROWS)),
        V::Number(if i.is_multiple_of(7) { f64::NAN } else { i as f64 / 4.0 }),
        V::List((0..i % 4).map(|at| V::Number((i + at) as f64)).collect()),
        if i % 11 == 5 { V::Null } else { V::Struct(inner) },
        if i == 620 { text("beside") } else { V::Null },
    ]
}

fn columns(rows: std::ops::Range<usize>) -> Vec<Vec<V>> {
    (0..nodes().len()).map(|column| rows.clone().map(|i| row(i).swap_remove(column)).collect()).collect()
}

fn file(dir: &Dir, options: &WriteOptions) -> PathBuf {
    let path = dir.path("x.parquet");
    let nodes = nodes();
    let chunks: Vec<Vec<Vec<V>>> = (0..10).map(|at| columns(at * 100..(at + 1) * 100)).collect();
    let chunks: Vec<(&[Node], &[Vec<V>])> = chunks.iter().map(|chunk| (&nodes[..], &chunk[..])).collect();
    write(&path, &chunks, options);
    path
}

fn metadata(path: &Path) -> ParquetMetaData {
    let file = std::fs::File::open(path).unwrap();
    let policy = PageIndexPolicy::Optional;
    ParquetMetaDataReader::new().with_page_index_policy(policy).parse_and_finish(&file).unwrap()
}

fn open(path: &Path, verify: bool) -> Result<Arc<CheckpointFile>> {
    CheckpointFile::open(path, &OpenOptions { verify, ..OpenOptions::default() })
}

/// The rows of a scan, each a struct, and what it looked at.
fn scan(path: &Path, verify: bool, options: ScanOptions) -> Result<(Vec<V>, Work)> {
    let file = open(path, verify)?;
    let mut scan = file.scan(options)?;
    let mut reader = BlockReader::new(&scan);
    let (mut rows, mut arena) = (Vec::new(), vec![0; 1 << 20]);
    while let arrow_ckpt::decode::Fill::Block { bytes, .. } = scan.next_block(&mut arena)? {
        rows.extend(reader.rows(&arena[..bytes]));
    }
    Ok((rows, file.work()))
}

fn filtered(json: &str) -> ScanOptions {
    ScanOptions { filter: Some(filter(json)), ..ScanOptions::default() }
}

fn filter(json: &str) -> Filter {
    serde_json::from_str(json).unwrap()
}

fn numbers(rows: &[V]) -> Vec<usize> {
    let number = |row: &V| match row {
        V::Struct(fields) => match fields[0].1 {
            V::Number(n) => n as usize,
            ref other => panic!("{other:?}"),
        },
        other => panic!("{other:?}"),
    };
    rows.iter().map(number).collect()
}

/// The rows as they were written. NaN is not equal to itself: compared as text.
fn assert_rows(rows: &[V], expected: &[usize]) {
    assert_eq!(numbers(rows), expected);
    for (found, i) in rows.iter().zip(expected) {
        let V::Struct(fields) = found else { panic!("{found:?}") };
        let values: Vec<&V> = fields.iter().map(|(_, value)| value).collect();
        assert_eq!(format!("{values:?}"), format!("{:?}", row(*i).iter().collect::<Vec<_>>()));
    }
}

/// So many pages of each of the six flat leaves were read, and about as many of the lists'.
fn assert_pages(work: Work, pages: u64) {
    let of_lists = work.pages - pages * 6;
    assert!(of_lists.abs_diff(pages) <= 1, "{work:?}");
}

#[test]
fn other_readers_find_the_pages_by_the_index() {
    let dir = Dir::new();
    let path = file(&dir, &options());
    let metadata = metadata(&path);
    let index = metadata.page_index().unwrap();
    for (group, meta) in metadata.row_groups().iter().enumerate() {
        for (leaf, chunk) in meta.columns().iter().enumerate() {
            let pages = index.page_locations(group, leaf).unwrap();
            let flat = chunk.column_descr().max_rep_level() == 0;
            assert_eq!(pages[0].offset, chunk.data_page_offset());
            // `f` has NaN in every page, and a column index of floating-point numbers has no place for it.
            let bounded = flat && chunk.column_path().string() != "f";
            assert_eq!(chunk.column_index_offset().is_some(), bounded, "{}", chunk.column_path());
            let starts: Vec<i64> = pages.iter().map(|page| page.first_row_index).collect();
            if flat {
                assert_eq!(starts, (0..10).map(|page| page * 50).collect::<Vec<_>>());
            } else {
                // Lists are cut by their elements.
                assert!(starts.len() > 5 && starts[0] == 0 && starts.is_sorted(), "{starts:?}");
            }
        }
    }
    let selection = RowSelection::from(vec![
        RowSelector::skip(320),
        RowSelector::select(5),
        RowSelector::skip(300),
        RowSelector::select(2),
    ]);
    let options = ArrowReaderOptions::new().with_page_index_policy(PageIndexPolicy::Required);
    let reader = std::fs::File::open(&path).unwrap();
    let reader = ParquetRecordBatchReaderBuilder::try_new_with_options(reader, options).unwrap();
    let found: Vec<i64> = reader
        .with_row_selection(selection)
        .build()
        .unwrap()
        .flat_map(|batch| batch.unwrap().column(0).as_primitive::<Int64Type>().values().to_vec())
        .collect();
    assert_eq!(found, [320, 321, 322, 323, 324, 625, 626]);
}

#[test]
fn files_of_one_page_a_chunk_have_no_index() {
    let dir = Dir::new();
    let path = file(&dir, &WriteOptions { row_group_rows: Some(GROUP), ..WriteOptions::default() });
    let metadata = metadata(&path);
    assert!(
        metadata
            .row_groups()
            .iter()
            .flat_map(RowGroupMetaData::columns)
            .all(|chunk| { chunk.column_index_offset().is_none() && chunk.offset_index_offset().is_none() })
    );
    assert_eq!(open(&path, true).unwrap().key_value(KEY_INDEX_CRC), None);
}

#[test]
fn conditions_decode_the_pages_that_may_match() {
    let dir = Dir::new();
    let path = file(&dir, &options());
    let (rows, work) = scan(&path, true, ScanOptions::default()).unwrap();
    assert_rows(&rows, &(0..ROWS).collect::<Vec<_>>());
    assert_eq!((work.pages, work.pages_left_out), (0, 0));
    let all = work.bytes;

    let condition = r#"{"and":[{"test":{"column":0,"op":"gte","values":[{"number":330}]}},
        {"test":{"column":0,"op":"lt","values":[{"number":332}]}}]}"#;
    let (rows, work) = scan(&path, true, filtered(condition)).unwrap();
    assert_rows(&rows, &[330, 331]);
    // One page of each of the seven leaves, and that of `n` once more to be looked at.
    assert_eq!(work.pages, 8);
    assert!(work.pages_left_out >= 8 * 9 - 3, "{work:?}");
    assert_eq!(work.groups_by_statistics, 1);
    assert!(work.bytes < all / 10, "{} of {all}", work.bytes);

    // Pages of which all rows match are not looked at.
    let condition = r#"{"test":{"column":0,"op":"gte","values":[{"number":400}]}}"#;
    let (rows, work) = scan(&path, true, filtered(condition)).unwrap();
    assert_rows(&rows, &(400..ROWS).collect::<Vec<_>>());
    assert_pages(work, 2);
}

#[test]
#[expect(clippy::single_range_in_vec_init, reason = "ranges are what a scan takes")]
fn ranges_decode_the_pages_that_they_meet() {
    let dir = Dir::new();
    let path = file(&dir, &options());
    for (ranges, pages) in
        [(vec![0..1], 1), (vec![49..51, 520..530], 3), (vec![999..1000], 1), (vec![0..500], 0)]
    {
        let expected: Vec<usize> =
            ranges.iter().cloned().flat_map(|range| range.start as usize..range.end as usize).collect();
        let options = ScanOptions { ranges: Some(ranges), ..ScanOptions::default() };
        let (rows, work) = scan(&path, true, options).unwrap();
        assert_rows(&rows, &expected);
        assert_pages(work, pages);
    }
}

#[test]
fn what_the_pages_say_is_what_their_rows_say() {
    let dir = Dir::new();
    let indexed = file(&dir, &options());
    let other = Dir::new();
    let plain = file(&other, &WriteOptions::default());
    let tests = [
        r#"{"test":{"column":0,"op":"in","values":[{"number":777}]}}"#,
        r#"{"test":{"column":0,"beside":[5],"op":"gt","values":[{"number":900}]}}"#,
        r#"{"test":{"column":1,"op":"in","values":[{"text":"t0500"},{"text":"t05005"}]}}"#,
        r#"{"test":{"column":1,"op":"lt","values":[{"text":"t0003"}]}}"#,
        r#"{"test":{"column":2,"op":"in","values":[{"number":"NaN"}]}}"#,
        r#"{"test":{"column":2,"op":"gt","values":[{"number":240}]}}"#,
        r#"{"not":{"test":{"column":2,"op":"lte","values":[{"number":240}]}}}"#,
        r#"{"test":{"column":4,"path":[0],"op":"in","values":[{"number":3},"null"]}}"#,
        r#"{"test":{"column":4,"path":[1],"op":"gte","values":[{"text":"inner 99"}]}}"#,
        r#"{"test":{"column":5,"op":"in","values":["null"]}}"#,
        r#"{"not":{"test":{"column":5,"op":"in","values":["null"]}}}"#,
        r#""unknown""#,
    ];
    for one in tests {
        for two in tests {
            for json in [
                one.to_owned(),
                format!(r#"{{"and":[{one},{two}]}}"#),
                format!(r#"{{"or":[{one},{{"not":{two}}}]}}"#),
            ] {
                let (expected, _) = scan(&plain, true, filtered(&json)).unwrap();
                let (rows, _) = scan(&indexed, true, filtered(&json)).unwrap();
                let (expected, mut rows) = (numbers(&expected), numbers(&rows));
                // Pages may leave more doubt than one look at all values, never less than there is.
                rows.retain(|row| expected.contains(row) || !json.contains("beside"));
                assert_eq!(rows, expected, "{json}");
                let cancel = Arc::<AtomicBool>::default;
                let (certain, more) = open(&indexed, true).unwrap().count(filter(&json), cancel()).unwrap();
                assert!(certain as usize <= expected.len() && (certain + more) as usize >= expected.len());
            }
        }
    }
}

#[test]
fn bloom_filters_rule_row_groups_out() {
    let dir = Dir::new();
    let path = file(&dir, &options());
    let metadata = metadata(&path);
    for group in metadata.row_groups() {
        for chunk in group.columns() {
            let wanted = chunk.column_path().string().contains("bloom");
            assert_eq!(chunk.bloom_filter_offset().is_some(), wanted, "{}", chunk.column_path());
        }
    }
    let reader = std::fs::File::open(&path).unwrap();
    let filter = Sbbf::read_from_column_chunk(metadata.row_group(0).column(1), &reader).unwrap().unwrap();
    assert!((0..GROUP).all(|i| filter.check(format!("t{:04}", i * 37 % ROWS).as_str())));
    let taken = (0..10_000).filter(|i| filter.check(format!("other {i}").as_str())).count();
    assert!(taken < 300, "{taken} of 10000 others are taken for values");

    let cases = [
        (r#"{"test":{"column":1,"op":"in","values":[{"text":"t05005"}]}}"#, vec![], 2),
        (r#"{"test":{"column":1,"op":"in","values":[{"text":"t0037"},{"text":"t05005"}]}}"#, vec![1], 1),
        (r#"{"test":{"column":4,"path":[0],"op":"in","values":[{"number":3}]}}"#, vec![1], 1),
        (r#"{"test":{"column":4,"path":[0],"op":"in","values":[{"integer":"3"}]}}"#, vec![1], 1),
        (r#"{"test":{"column":4,"path":[0],"op":"in","values":[{"number":2.5}]}}"#, vec![], 2),
    ];
    for (json, expected, groups) in cases {
        let (rows, work) = scan(&path, true, filtered(json)).unwrap();
        assert_rows(&rows, &expected);
        assert_eq!(work.groups_by_bloom, groups, "{json}");
    }
}

#[test]
fn types_that_grow_keep_right_indexes_and_filters() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes = [node("bloom_n", Kind::Num), node("bloom_t", TEXT)];
    let chunk = |from: usize, fraction: f64| {
        let numbers = (from..from + 100).map(|i| V::Number(i as f64 + fraction)).collect::<Vec<_>>();
        let texts = (from..from + 100).map(|i| text(&format!("t{i}"))).collect::<Vec<_>>();
        [numbers, texts]
    };
    let chunks = [chunk(0, 0.0), chunk(100, 0.0), chunk(200, 0.5)];
    let chunks: Vec<(&[Node], &[Vec<V>])> = chunks.iter().map(|chunk| (&nodes[..], &chunk[..])).collect();
    write(&path, &chunks, &WriteOptions { row_group_rows: Some(100), page_rows: Some(10), ..options() });
    assert_eq!(read(&path, ScanOptions::default()).unwrap().len(), 300);
    for (json, expected) in [
        (r#"{"test":{"column":0,"op":"in","values":[{"number":150},{"number":200.5}]}}"#, vec![150, 200]),
        (r#"{"test":{"column":1,"op":"in","values":[{"text":"t7"},{"text":"t299"}]}}"#, vec![7, 299]),
    ] {
        let (rows, work) = scan(&path, true, filtered(json)).unwrap();
        assert_eq!(numbers(&rows), expected);
        assert!(work.pages_left_out > 0);
    }
    // Doubles have none.
    let metadata = metadata(&path);
    assert!(metadata.row_groups().iter().all(|group| group.column(0).bloom_filter_offset().is_none()));
}

/// Where the bytes of indexes and filters are: those between the last chunk and the footer, and of each filter.
fn index_bytes(path: &Path) -> Vec<usize> {
    let metadata = metadata(path);
    let chunks = || metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    let first = chunks().filter_map(ColumnChunkMetaData::column_index_offset).min().unwrap() as usize;
    let size = std::fs::metadata(path).unwrap().len() as usize;
    let bytes = std::fs::read(path).unwrap();
    let footer = u32::from_le_bytes(bytes[size - 8..size - 4].try_into().unwrap()) as usize;
    let filters = chunks().filter_map(|chunk| {
        let start = chunk.bloom_filter_offset()? as usize;
        Some(start..start + chunk.bloom_filter_length()? as usize)
    });
    filters.flatten().chain(first..size - 8 - footer).collect()
}

#[test]
fn damage_is_seen_and_not_used() {
    let dir = Dir::new();
    let path = file(&dir, &options());
    let bytes = std::fs::read(&path).unwrap();
    let condition = r#"{"test":{"column":1,"op":"in","values":[{"text":"t0500"},{"text":"t0037"}]}}"#;
    let (expected, _) = scan(&path, true, filtered(condition)).unwrap();
    let damaged = dir.path("damaged.parquet");
    for at in index_bytes(&path).into_iter().step_by(13) {
        let mut copy = bytes.clone();
        copy[at] ^= 1 << (at % 8);
        std::fs::write(&damaged, copy).unwrap();
        let error = scan(&damaged, true, ScanOptions::default()).err().map(|error| error.code);
        assert_eq!(error, Some(ErrorCode::Corrupt), "byte {at}");
        let (rows, _) = scan(&damaged, false, filtered(condition)).unwrap();
        assert_eq!(numbers(&rows), numbers(&expected), "byte {at}");
    }
}

/// Writes the checksum of the indexes, and then the footer's, for the bytes as they are.
fn seal(bytes: &mut [u8], first: usize) {
    let size = bytes.len();
    let start = size - 8 - u32::from_le_bytes(bytes[size - 8..size - 4].try_into().unwrap()) as usize;
    let crc = format!("{:08x}", crc32c(&bytes[first..start]));
    let key = KEY_INDEX_CRC.as_bytes();
    let at =
        start + bytes[start..].windows(key.len()).position(|window| window == key).unwrap() + key.len() + 2;
    bytes[at..at + 8].copy_from_slice(crc.as_bytes());
    let position = footer_crc_position(&bytes[start..size - 8]).unwrap();
    let crc = format!("{:08x}", footer_crc(&bytes[start..size - 8], position));
    bytes[start + position..start + position + FOOTER_CRC_ZERO.len()].copy_from_slice(crc.as_bytes());
}

/// CRC32C, by the table.
fn crc32c(bytes: &[u8]) -> u32 {
    let mut table = [0u32; 256];
    for (index, entry) in table.iter_mut().enumerate() {
        *entry =
            (0..8).fold(index as u32, |crc, _| if crc & 1 == 1 { crc >> 1 ^ 0x82f6_3b78 } else { crc >> 1 });
    }
    !bytes.iter().fold(!0, |crc, byte| table[((crc ^ u32::from(*byte)) & 0xff) as usize] ^ crc >> 8)
}

#[test]
fn forged_indexes_do_no_harm() {
    let dir = Dir::new();
    let path = file(&dir, &options());
    let bytes = std::fs::read(&path).unwrap();
    let metadata = metadata(&path);
    let chunks = metadata.row_groups().iter().flat_map(RowGroupMetaData::columns);
    let first = chunks.filter_map(ColumnChunkMetaData::column_index_offset).min().unwrap() as usize;
    let size = bytes.len();
    let end = size - 8 - u32::from_le_bytes(bytes[size - 8..size - 4].try_into().unwrap()) as usize;
    let condition = r#"{"and":[{"test":{"column":0,"op":"gte","values":[{"number":330}]}},
        {"test":{"column":0,"op":"lt","values":[{"number":332}]}}]}"#;
    let forged = dir.path("forged.parquet");
    let mut refused = 0;
    for at in (first..end).step_by(3) {
        let mut copy = bytes.clone();
        copy[at] = copy[at].wrapping_add(1 + (at % 254) as u8);
        seal(&mut copy, first);
        std::fs::write(&forged, copy).unwrap();
        match scan(&forged, true, filtered(condition)) {
            Ok(_) => {}
            Err(error) => {
                assert_eq!(error.code, ErrorCode::Corrupt, "byte {at}: {}", error.message);
                refused += 1;
            }
        }
    }
    assert!(refused > 100, "{refused}");
    // Sealed as it was, the file is as it was.
    let mut copy = bytes.clone();
    seal(&mut copy, first);
    assert_eq!(copy, bytes);
    assert!(open(&path, true).unwrap().key_value(KEY_BLOOM_CRC).is_some());
}
