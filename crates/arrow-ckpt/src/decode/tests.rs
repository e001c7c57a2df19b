//! The first looks at untrusted bytes: page headers and delta lengths that claim too much.

use std::sync::Arc;

use bytes::Bytes;
use parquet::basic::Encoding;
use parquet::column::page::Page;
use parquet::file::metadata::ColumnChunkMetaData;
use parquet::schema::parser::parse_message_type;
use parquet::schema::types::SchemaDescriptor;

use super::delta::check_lengths;
use super::pages::{Extent, check_pages};
use crate::error::ErrorCode;
use crate::limits::MAX_PAGE_BYTES;

fn chunk(values: i64) -> ColumnChunkMetaData {
    let schema = parse_message_type("message m { optional binary c (STRING); }").unwrap();
    let schema = SchemaDescriptor::new(Arc::new(schema));
    ColumnChunkMetaData::builder(schema.column(0)).set_num_values(values).build().unwrap()
}

fn zigzag(value: i64) -> Vec<u8> {
    let mut value = ((value << 1) ^ (value >> 63)) as u64;
    let mut bytes = Vec::new();
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
    bytes
}

/// A page header; kind 5 is a data page, 7 a dictionary page.
fn header(kind: u8, inflated: i64, packed: i64, values: i64) -> Vec<u8> {
    let mut bytes = vec![0x15, 0, 0x15];
    bytes.extend(zigzag(inflated));
    bytes.push(0x15);
    bytes.extend(zigzag(packed));
    bytes.push(((kind - 3) << 4) | 0x0c);
    bytes.push(0x15);
    bytes.extend(zigzag(values));
    bytes.extend([0x15, 0, 0, 0]);
    bytes
}

fn code(bytes: &[u8]) -> Option<ErrorCode> {
    check_pages(bytes, &chunk(10), Extent::Exact, MAX_PAGE_BYTES.unsigned_abs(), true)
        .err()
        .map(|error| error.code)
}

#[test]
fn pages_are_measured() {
    let mut bytes = header(7, 100, 3, 5);
    bytes.extend([1, 2, 3]);
    bytes.extend(header(5, 4, 4, 10));
    bytes.extend([1, 2, 3, 4]);
    let pages = check_pages(&bytes, &chunk(10), Extent::Exact, MAX_PAGE_BYTES.unsigned_abs(), true).unwrap();
    assert_eq!((pages.length, pages.dictionary_bytes), (bytes.len(), 100));
    let length = bytes.len();
    bytes.extend([0xff; 20]);
    assert_eq!(
        check_pages(&bytes, &chunk(10), Extent::Exact, MAX_PAGE_BYTES.unsigned_abs(), true).unwrap().length,
        length,
        "padding"
    );
    assert_eq!(code(&bytes[length..]), Some(ErrorCode::Corrupt));
}

#[test]
fn pages_that_claim_too_much() {
    assert_eq!(code(&header(5, (1 << 30) + 1, 0, 10)), Some(ErrorCode::Limit));
    assert_eq!(code(&header(5, 0, 0, (1 << 28) + 1)), Some(ErrorCode::Limit));
    assert_eq!(code(&header(5, -1, 0, 10)), Some(ErrorCode::Corrupt));
    assert_eq!(code(&header(5, 0, -1, 10)), Some(ErrorCode::Corrupt));
    assert_eq!(code(&header(5, 0, 1, 10)), Some(ErrorCode::Corrupt), "beyond the chunk");
    assert_eq!(code(&header(5, 0, 0, -1)), Some(ErrorCode::Corrupt));
    assert_eq!(code(&header(5, 1 << 40, 0, 10)), Some(ErrorCode::Corrupt), "not an int32");
    assert_eq!(code(&header(7, 10, 0, 11)), Some(ErrorCode::Corrupt), "more values than bytes");
    assert_eq!(code(&[0x25, 0]), Some(ErrorCode::Corrupt));
    assert_eq!(code(&[]), None);
}

fn passes(encoding: Encoding, data: &[u8], values: u32) -> bool {
    let page = Page::DataPageV2 {
        buf: Bytes::copy_from_slice(data),
        num_values: values,
        encoding,
        num_nulls: 0,
        num_rows: values,
        def_levels_byte_len: 0,
        rep_levels_byte_len: 0,
        is_compressed: false,
        statistics: None,
    };
    check_lengths(&page, chunk(10).column_descr()).is_ok()
}

/// A delta header: blocks of 128 in 4 miniblocks, `count` integers, the first 0.
fn deltas(count: u64) -> Vec<u8> {
    let mut bytes = vec![0x80, 1, 4];
    let mut count = count;
    while count >= 0x80 {
        bytes.push(count as u8 | 0x80);
        count >>= 7;
    }
    bytes.extend([count as u8, 0]);
    bytes
}

#[test]
fn delta_lengths_are_counted() {
    assert!(passes(Encoding::DELTA_LENGTH_BYTE_ARRAY, &deltas(5), 5));
    assert!(!passes(Encoding::DELTA_LENGTH_BYTE_ARRAY, &deltas(6), 5));
    assert!(!passes(Encoding::DELTA_LENGTH_BYTE_ARRAY, &deltas(1 << 40), 5));
    assert!(!passes(Encoding::DELTA_LENGTH_BYTE_ARRAY, &[], 5));
    // The first integers: a header and one block of width 1, of which one miniblock is there.
    let mut both = deltas(5);
    both.extend([0, 1, 0, 0, 0, 1, 2, 3, 4]);
    let prefixes = both.len();
    both.extend(deltas(5));
    assert!(passes(Encoding::DELTA_BYTE_ARRAY, &both, 5));
    both.truncate(prefixes);
    both.extend(deltas(1 << 40));
    assert!(!passes(Encoding::DELTA_BYTE_ARRAY, &both, 5));
    assert!(passes(Encoding::PLAIN, &deltas(1 << 40), 5));
}
