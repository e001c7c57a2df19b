//! Filters, ranges and parts of columns: what is left out must never be wanted, and what is certain must be true.

use std::sync::Arc;

use arrow_array::types::Int32Type;
use arrow_array::{
    ArrayRef, BooleanArray, DictionaryArray, Float64Array, Int64Array, RecordBatch, StringArray, StructArray,
    TimestampMillisecondArray, UInt64Array,
};
use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::filter::Filter;
use arrow_ckpt::decode::{ColumnRequest, ScanOptions};
use arrow_schema::{DataType, Field, Fields};
use parquet::file::properties::WriterProperties;

use super::support::{Dir, V, batch, columns_of, only, open, read, text};

const ROWS: i64 = 900;

fn rows(from: i64, count: i64) -> RecordBatch {
    let range = || from..from + count;
    let inner =
        Fields::from(vec![Field::new("a", DataType::Int64, true), Field::new("b", DataType::Utf8, true)]);
    let parts: Vec<ArrayRef> = vec![
        Arc::new(range().map(|i| (i % 5 != 0).then_some(i)).collect::<Int64Array>()),
        Arc::new(StringArray::from_iter_values(range().map(|i| format!("b{}", i % 3)))),
    ];
    let absent = range().map(|i| i % 11 != 0).collect::<arrow_buffer::NullBuffer>();
    batch(vec![
        ("n", Arc::new(Int64Array::from_iter_values(range())) as ArrayRef),
        (
            "f",
            Arc::new(
                range().map(|i| if i % 7 == 0 { f64::NAN } else { i as f64 / 4.0 }).collect::<Float64Array>(),
            ),
        ),
        ("t", Arc::new(range().map(|i| (i % 4 > 0).then(|| format!("t{i:04}"))).collect::<StringArray>())),
        (
            "d",
            Arc::new(
                range().map(|i| ["x", "y", "z"][i as usize % 3]).collect::<DictionaryArray<Int32Type>>(),
            ),
        ),
        ("b", Arc::new(range().map(|i| (i % 10 != 9).then_some(i % 2 == 0)).collect::<BooleanArray>())),
        (
            "w",
            Arc::new(
                TimestampMillisecondArray::from_iter_values(range().map(|i| i * 1000)).with_timezone("UTC"),
            ),
        ),
        ("x", Arc::new(range().map(|i| (i % 100 == 50).then_some("text")).collect::<StringArray>())),
        ("s", Arc::new(StructArray::new(inner, parts, Some(absent)))),
        ("u", Arc::new(UInt64Array::from_iter_values(range().map(|i| u64::MAX - i as u64)))),
    ])
}

fn file(dir: &Dir) -> std::path::PathBuf {
    let properties = WriterProperties::builder()
        .set_dictionary_enabled(false)
        .set_column_dictionary_enabled("d".into(), true)
        .build();
    dir.write(&[rows(0, 300), rows(300, 300), rows(600, 300)], Some(properties))
}

fn filter(json: &str) -> Filter {
    serde_json::from_str(json).unwrap()
}

/// The numbers of the rows that a scan with the filter gives, and whether each was certain.
fn scanned(path: &std::path::Path, options: ScanOptions) -> Vec<i64> {
    let options = ScanOptions { columns: Some(only(&[0])), block_bytes: 4096, ..options };
    let columns = columns_of(&read(path, options).unwrap());
    columns.first().map_or_else(Vec::new, |column| {
        column
            .iter()
            .map(|value| if let V::Number(n) = value { *n as i64 } else { panic!("{value:?}") })
            .collect()
    })
}

fn matching(path: &std::path::Path, json: &str) -> Vec<i64> {
    scanned(path, ScanOptions { filter: Some(filter(json)), ..ScanOptions::default() })
}

fn all(holds: impl Fn(i64) -> bool) -> Vec<i64> {
    (0..ROWS).filter(|i| holds(*i)).collect()
}

#[test]
fn filters_leave_out_what_cannot_be_wanted() {
    let dir = Dir::new();
    let path = file(&dir);
    let cases: Vec<(&str, Vec<i64>)> = vec![
        (
            r#"{"test":{"column":0,"op":"in","values":[{"number":5},{"number":899},{"text":"5"}]}}"#,
            vec![5, 899],
        ),
        (r#"{"test":{"column":0,"op":"lt","values":[{"number":2.5}]}}"#, vec![0, 1, 2]),
        (r#"{"test":{"column":0,"op":"gte","values":[{"integer":"898"}]}}"#, vec![898, 899]),
        (r#"{"test":{"column":0,"op":"gt","values":[{"integer":"99999999999999999999"}]}}"#, vec![]),
        (r#"{"test":{"column":1,"op":"in","values":[{"number":"NaN"}]}}"#, all(|i| i % 7 == 0)),
        (r#"{"test":{"column":1,"op":"lte","values":[{"number":1}]}}"#, all(|i| i % 7 != 0 && i <= 4)),
        (r#"{"not":{"test":{"column":1,"op":"gt","values":[{"number":1}]}}}"#, all(|i| i % 7 == 0 || i <= 4)),
        (
            r#"{"test":{"column":2,"op":"in","values":[{"text":"t0001"},"null"]}}"#,
            all(|i| i % 4 == 0 || i == 1),
        ),
        (r#"{"test":{"column":2,"op":"gt","values":[{"text":"t0890"}]}}"#, all(|i| i % 4 > 0 && i > 890)),
        (r#"{"test":{"column":3,"op":"in","values":[{"text":"y"}]}}"#, all(|i| i % 3 == 1)),
        (r#"{"test":{"column":4,"op":"in","values":[{"bool":false}]}}"#, all(|i| i % 10 != 9 && i % 2 == 1)),
        (r#"{"test":{"column":4,"op":"in","values":["null"]}}"#, all(|i| i % 10 == 9)),
        (r#"{"test":{"column":5,"op":"gte","values":[{"date":898000}]}}"#, vec![898, 899]),
        (r#"{"test":{"column":7,"path":[0],"op":"in","values":[{"number":7},{"number":5}]}}"#, vec![7]),
        (
            r#"{"test":{"column":7,"path":[0],"op":"in","values":["null"]}}"#,
            all(|i| i % 5 == 0 || i % 11 == 0),
        ),
        (
            r#"{"test":{"column":7,"path":[1],"op":"in","values":[{"text":"b1"}]}}"#,
            all(|i| i % 3 == 1 && i % 11 != 0),
        ),
        (r#"{"test":{"column":8,"op":"gte","values":[{"integer":"18446744073709551614"}]}}"#, vec![0, 1]),
        (
            r#"{"and":[{"test":{"column":0,"op":"gt","values":[{"number":595}]}},{"test":{"column":0,"op":"lt","values":[{"number":605}]}}]}"#,
            (596..605).collect(),
        ),
        (
            r#"{"or":[{"test":{"column":0,"op":"lt","values":[{"number":1}]}},{"test":{"column":3,"op":"in","values":[{"text":"none"}]}}]}"#,
            vec![0],
        ),
        (r#"{"and":[]}"#, all(|_| true)),
        (r#"{"or":[]}"#, vec![]),
        // A text beside the value: it may be anything, whichever way it is asked.
        (
            r#"{"test":{"column":0,"beside":[6],"op":"lt","values":[{"number":2}]}}"#,
            all(|i| i < 2 || i % 100 == 50),
        ),
        (
            r#"{"not":{"test":{"column":0,"beside":[6],"op":"lt","values":[{"number":898}]}}}"#,
            all(|i| i >= 898 || i % 100 == 50),
        ),
        (r#""unknown""#, all(|_| true)),
        (r#"{"not":"unknown"}"#, all(|_| true)),
        // Of a struct nothing is known.
        (r#"{"test":{"column":7,"op":"in","values":[{"number":7}]}}"#, all(|_| true)),
    ];
    for (json, expected) in cases {
        assert_eq!(matching(&path, json), expected, "{json}");
        let (certain, doubtful) = open(&path).unwrap().count(filter(json), Arc::default()).unwrap();
        assert!(
            certain as usize <= expected.len() && (certain + doubtful) as usize == expected.len(),
            "{json}"
        );
    }
}

#[test]
fn certain_rows_need_no_second_look() {
    let dir = Dir::new();
    let file = open(&file(&dir)).unwrap();
    let count = |json| file.count(filter(json), Arc::default()).unwrap();
    assert_eq!(count(r#"{"test":{"column":0,"op":"lt","values":[{"number":450}]}}"#), (450, 0));
    assert_eq!(count(r#"{"test":{"column":0,"beside":[6],"op":"lt","values":[{"number":450}]}}"#), (446, 9));
    assert_eq!(count(r#""unknown""#), (0, 900));
    let unknown = filter(r#"{"test":{"column":99,"op":"in","values":[{"number":7}]}}"#);
    assert_eq!(file.count(unknown, Arc::default()).unwrap_err().code, ErrorCode::UnknownColumn);
}

#[test]
fn ranges_and_filters_together() {
    let dir = Dir::new();
    let path = file(&dir);
    let ranges = vec![10..12, 299..301, 700..705];
    let options = ScanOptions { ranges: Some(ranges.clone()), ..ScanOptions::default() };
    assert_eq!(scanned(&path, options.clone()), [10, 11, 299, 300, 700, 701, 702, 703, 704]);
    let odd = filter(r#"{"test":{"column":4,"op":"in","values":[{"bool":false}]}}"#);
    assert_eq!(scanned(&path, ScanOptions { filter: Some(odd.clone()), ..options }), [11, 701, 703]);
    for threads in [1, 2, 8] {
        let options = ScanOptions {
            ranges: Some(ranges.clone()),
            filter: Some(odd.clone()),
            threads,
            ..ScanOptions::default()
        };
        let columns = columns_of(&read(&path, options).unwrap());
        assert_eq!(columns[0], [11.0, 701.0, 703.0].map(V::Number));
        assert_eq!(columns[3], ["z", "z", "y"].map(text));
    }
    // Rows without a column are counted all the same.
    let none = ScanOptions { columns: Some(only(&[])), filter: Some(odd), ..ScanOptions::default() };
    assert_eq!(read(&path, none).unwrap().len(), all(|i| i % 10 != 9 && i % 2 == 1).len());
}

#[test]
fn parts_of_columns_are_read_alone() {
    let dir = Dir::new();
    let path = file(&dir);
    let part = ColumnRequest { column: 7, leaves: Some(vec![1]) };
    let scan = open(&path)
        .unwrap()
        .scan(ScanOptions { columns: Some(vec![part.clone()]), ..ScanOptions::default() })
        .unwrap();
    assert_eq!(scan.tree()[0]["children"].as_array().unwrap().len(), 1);
    assert_eq!(scan.tree()[0]["children"][0]["name"], "b");
    let columns = columns_of(
        &read(&path, ScanOptions { columns: Some(vec![part]), ..ScanOptions::default() }).unwrap(),
    );
    assert_eq!(columns.len(), 1);
    assert_eq!(columns[0].len(), ROWS as usize);
    let nothing = ColumnRequest { column: 7, leaves: Some(vec![5]) };
    assert!(
        open(&path)
            .unwrap()
            .scan(ScanOptions { columns: Some(vec![nothing]), ..ScanOptions::default() })
            .is_err()
    );
}
