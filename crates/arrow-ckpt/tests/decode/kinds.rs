//! Every kind of column, with nulls, from file to arena.

use std::sync::Arc;

use arrow_array::builder::{
    FixedSizeBinaryBuilder, Int64Builder, ListBuilder, MapBuilder, StringBuilder, StringDictionaryBuilder,
};
use arrow_array::types::{Int32Type, Int64Type};
use arrow_array::*;
use arrow_buffer::{NullBuffer, i256};
use arrow_ckpt::decode::ScanOptions;
use arrow_schema::{DataType, Field, Fields};
use parquet::data_type::{ByteArray, ByteArrayType, FixedLenByteArray, FixedLenByteArrayType};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::parser::parse_message_type;

use super::support::{Dir, V, batch, columns_of, described, described_columns, open, read, text};

fn column(array: ArrayRef) -> Vec<V> {
    Dir::new().round_trip(vec![("c", array)]).remove(0)
}

fn numbers(values: &[Option<f64>]) -> Vec<V> {
    values.iter().map(|value| value.map_or(V::Null, V::Number)).collect()
}

#[test]
fn bools() {
    let values: Vec<Option<bool>> = (0..200).map(|i| (i % 7 != 3).then_some(i % 3 == 0)).collect();
    let expected: Vec<V> = values.iter().map(|value| value.map_or(V::Null, V::Bool)).collect();
    assert_eq!(column(Arc::new(BooleanArray::from(values))), expected);
}

#[test]
fn small_integers_are_numbers() {
    assert_eq!(
        column(Arc::new(Int8Array::from(vec![Some(-128), None, Some(127)]))),
        numbers(&[Some(-128.0), None, Some(127.0)])
    );
    assert_eq!(
        column(Arc::new(UInt8Array::from(vec![Some(255), None, Some(0)]))),
        numbers(&[Some(255.0), None, Some(0.0)])
    );
    assert_eq!(
        column(Arc::new(Int16Array::from(vec![-32768, 32767]))),
        numbers(&[Some(-32768.0), Some(32767.0)])
    );
    assert_eq!(column(Arc::new(UInt16Array::from(vec![65535]))), numbers(&[Some(65535.0)]));
    assert_eq!(
        column(Arc::new(Int32Array::from(vec![i32::MIN, i32::MAX]))),
        numbers(&[Some(-2_147_483_648.0), Some(2_147_483_647.0)])
    );
    assert_eq!(column(Arc::new(UInt32Array::from(vec![u32::MAX]))), numbers(&[Some(4_294_967_295.0)]));
}

#[test]
fn large_integers_are_exact() {
    let safe = (1i64 << 53) - 1;
    assert_eq!(
        column(Arc::new(Int64Array::from(vec![Some(safe), None, Some(-safe)]))),
        numbers(&[Some(safe as f64), None, Some(-safe as f64)])
    );
    assert_eq!(
        column(Arc::new(Int64Array::from(vec![Some(safe + 1), None, Some(1), Some(i64::MIN)]))),
        [V::Int(i128::from(safe) + 1), V::Null, V::Int(1), V::Int(i128::from(i64::MIN))]
    );
    assert_eq!(
        column(Arc::new(UInt64Array::from(vec![Some(u64::MAX), None, Some(0)]))),
        [V::Int(i128::from(u64::MAX)), V::Null, V::Int(0)]
    );
    assert_eq!(column(Arc::new(UInt64Array::from(vec![7]))), numbers(&[Some(7.0)]));
}

#[test]
fn floats_keep_their_bits() {
    let values = vec![Some(-0.0), None, Some(f64::NAN), Some(f64::INFINITY), Some(5e-324), Some(0.1)];
    let read = column(Arc::new(Float64Array::from(values.clone())));
    for (value, read) in values.iter().zip(read) {
        match (value, read) {
            (None, V::Null) => {}
            (Some(value), V::Number(read)) => assert_eq!(value.to_bits(), read.to_bits()),
            other => panic!("{other:?}"),
        }
    }
    assert_eq!(column(Arc::new(Float32Array::from(vec![0.5, -2.0]))), numbers(&[Some(0.5), Some(-2.0)]));
}

#[test]
fn texts_of_every_width() {
    let texts = [
        vec![Some("a"), None, Some(""), Some("hello")],
        vec![Some("é"), None, Some("ÿa"), Some("plain")],
        vec![Some("漢字"), None, Some("a😀b"), Some("é"), Some("")],
        vec![None, Some("\u{feff}bom"), Some("\u{10ffff}"), Some("\u{0}")],
        vec![None, None],
    ];
    let plain = WriterProperties::builder().set_dictionary_enabled(false).build();
    for values in texts {
        let expected: Vec<V> = values.iter().map(|value| value.map_or(V::Null, text)).collect();
        let array: ArrayRef = Arc::new(StringArray::from(values));
        assert_eq!(column(Arc::clone(&array)), expected, "as a dictionary");
        let dir = Dir::new();
        let path = dir.write(&[batch(vec![("c", array)])], Some(plain.clone()));
        assert_eq!(described(&open(&path).unwrap())["tree"][0]["kind"], "text");
        assert_eq!(columns_of(&read(&path, ScanOptions::default()).unwrap()), [expected], "as text");
    }
}

#[test]
fn bytes() {
    let values: Vec<Option<&[u8]>> = vec![Some(&[0, 255]), None, Some(&[]), Some(b"abc")];
    let expected = [V::Bytes(vec![0, 255]), V::Null, V::Bytes(vec![]), V::Bytes(b"abc".to_vec())];
    assert_eq!(column(Arc::new(BinaryArray::from(values))), expected);
    let mut fixed = FixedSizeBinaryBuilder::new(2);
    fixed.append_value([1, 2]).unwrap();
    fixed.append_null();
    fixed.append_value([255, 0]).unwrap();
    assert_eq!(column(Arc::new(fixed.finish())), [V::Bytes(vec![1, 2]), V::Null, V::Bytes(vec![255, 0])]);
}

#[test]
fn decimals_are_exact_texts() {
    let decimal = |values: Vec<Option<i128>>, precision, scale| {
        column(Arc::new(Decimal128Array::from(values).with_precision_and_scale(precision, scale).unwrap()))
    };
    assert_eq!(
        decimal(vec![Some(110), None, Some(-5), Some(0), Some(-123_456)], 9, 2),
        [text("1.10"), V::Null, text("-0.05"), text("0.00"), text("-1234.56")]
    );
    assert_eq!(decimal(vec![Some(42), Some(-7)], 18, 0), [text("42"), text("-7")]);
    assert_eq!(
        decimal(vec![Some(99_999_999_999_999_999_999_999_999_999_999_999_999)], 38, 38),
        [text("0.99999999999999999999999999999999999999")]
    );
    let wide = i256::from_string("-12345678901234567890123456789012345678901234567890").unwrap();
    let wide = Decimal256Array::from(vec![Some(wide), None]).with_precision_and_scale(60, 3).unwrap();
    assert_eq!(
        column(Arc::new(wide)),
        [text("-12345678901234567890123456789012345678901234567.890"), V::Null]
    );
}

#[test]
fn dates_and_times() {
    assert_eq!(
        column(Arc::new(Date32Array::from(vec![Some(0), None, Some(-1), Some(19000)]))),
        [V::Date(0.0), V::Null, V::Date(-86_400_000.0), V::Date(19000.0 * 86_400_000.0)]
    );
    assert_eq!(
        column(Arc::new(Time32MillisecondArray::from(vec![Some(0), None, Some(86_399_999)]))),
        [text("00:00:00.000"), V::Null, text("23:59:59.999")]
    );
    assert_eq!(
        column(Arc::new(Time64MicrosecondArray::from(vec![3_723_000_001]))),
        [text("01:02:03.000001")]
    );
    assert_eq!(
        column(Arc::new(Time64NanosecondArray::from(vec![1, -1]))),
        [text("00:00:00.000000001"), text("-00:00:00.000000001")]
    );
}

#[test]
fn timestamps_floor_before_1970() {
    assert_eq!(
        column(Arc::new(TimestampMillisecondArray::from(vec![Some(-1), None, Some(5)]).with_timezone("UTC"))),
        [V::Time(-1.0, 0), V::Null, V::Time(5.0, 0)]
    );
    assert_eq!(
        column(Arc::new(TimestampMicrosecondArray::from(vec![Some(-1), None, Some(1_500), Some(-1_000)]))),
        [V::Time(-1.0, 999_000), V::Null, V::Time(1.0, 500_000), V::Time(-1.0, 0)]
    );
    assert_eq!(
        column(Arc::new(TimestampNanosecondArray::from(vec![Some(-1), None, Some(i64::MAX)]))),
        [V::Time(-1.0, 999_999), V::Null, V::Time(9_223_372_036_854.0, 775_807)]
    );
    // Parquet has no seconds: without the embedded Arrow schema they are plain integers.
    assert_eq!(column(Arc::new(TimestampSecondArray::from(vec![-2]))), numbers(&[Some(-2.0)]));
}

#[test]
fn nulls_only() {
    assert_eq!(column(Arc::new(NullArray::new(3))), [V::Null, V::Null, V::Null]);
}

#[test]
fn nested() {
    let mut lists = ListBuilder::new(ListBuilder::new(Int64Builder::new()));
    lists.values().values().append_value(1);
    lists.values().values().append_null();
    lists.values().append(true);
    lists.values().append(true);
    lists.values().append(false);
    lists.append(true);
    lists.append(false);
    lists.append(true);
    let int = |value: f64| V::Number(value);
    assert_eq!(
        column(Arc::new(lists.finish())),
        [V::List(vec![V::List(vec![int(1.0), V::Null]), V::List(vec![]), V::Null]), V::Null, V::List(vec![])]
    );

    let inner: ArrayRef = Arc::new(StringArray::from(vec![Some("x"), None, Some("y"), Some("z")]));
    let count: ArrayRef = Arc::new(Int32Array::from(vec![1, 2, 3, 4]));
    let fields =
        Fields::from(vec![Field::new("s", DataType::Utf8, true), Field::new("n", DataType::Int32, false)]);
    let structs =
        StructArray::new(fields, vec![inner, count], Some(NullBuffer::from(vec![true, true, false, true])));
    let object = |s: V, n: f64| V::Struct(vec![("s".into(), s), ("n".into(), V::Number(n))]);
    assert_eq!(
        column(Arc::new(structs)),
        [object(text("x"), 1.0), object(V::Null, 2.0), V::Null, object(text("z"), 4.0)]
    );

    let mut maps = MapBuilder::new(None, StringBuilder::new(), Int64Builder::new());
    maps.keys().append_value("a");
    maps.values().append_value(1);
    maps.keys().append_value("b");
    maps.values().append_null();
    maps.append(true).unwrap();
    maps.append(false).unwrap();
    maps.append(true).unwrap();
    assert_eq!(
        column(Arc::new(maps.finish())),
        [V::Map(vec![(text("a"), int(1.0)), (text("b"), V::Null)]), V::Null, V::Map(vec![])]
    );
}

#[test]
fn dictionaries_in_lists_and_structs() {
    let mut lists = ListBuilder::new(StringDictionaryBuilder::<Int32Type>::new());
    for row in 0..50 {
        for item in 0..row % 4 {
            lists.values().append_value(["red", "grün", "blue"][(row + item) % 3]);
        }
        lists.append(row % 5 != 4);
    }
    let lists = lists.finish();
    let words: StringArray = (0..50).map(|i| (i % 6 != 0).then_some(["p", "q"][i % 2])).collect();
    let fields = Fields::from(vec![Field::new("w", DataType::Utf8, true)]);
    let structs = StructArray::new(fields, vec![Arc::new(words)], None);
    let dir = Dir::new();
    let path = dir.write(&[batch(vec![("l", Arc::new(lists)), ("s", Arc::new(structs))])], None);
    let tree = described(&open(&path).unwrap())["tree"].clone();
    assert_eq!(tree[0]["children"][0]["kind"], "dict");
    assert_eq!(tree[1]["children"][0]["kind"], "dict");
    let columns = columns_of(&read(&path, ScanOptions::default()).unwrap());
    for row in 0..50 {
        let items: Vec<V> =
            (0..row % 4).map(|item| text(["red", "grün", "blue"][(row + item) % 3])).collect();
        assert_eq!(columns[0][row], if row % 5 == 4 { V::Null } else { V::List(items) });
        let word = if row % 6 == 0 { V::Null } else { text(["p", "q"][row % 2]) };
        assert_eq!(columns[1][row], V::Struct(vec![("w".into(), word)]));
    }
}

#[test]
fn lists_of_fixed_size_are_lists() {
    let values = vec![Some(vec![Some(1), Some(2)]), None, Some(vec![None, Some(4)])];
    let array = FixedSizeListArray::from_iter_primitive::<Int64Type, _, _>(values, 2);
    let number = |value: f64| V::Number(value);
    assert_eq!(
        column(Arc::new(array)),
        [V::List(vec![number(1.0), number(2.0)]), V::Null, V::List(vec![V::Null, number(4.0)])]
    );
}

#[test]
fn annotations_that_arrow_has_no_type_for() {
    let schema = "message m {
        optional fixed_len_byte_array(16) u (UUID);
        optional fixed_len_byte_array(12) i (INTERVAL);
        optional binary j (JSON);
        optional binary e (ENUM);
        optional binary b (BSON);
    }";
    let schema = Arc::new(parse_message_type(schema).unwrap());
    let dir = Dir::new();
    let path = dir.path("a.parquet");
    let file = std::fs::File::create(&path).unwrap();
    let mut writer = SerializedFileWriter::new(file, schema, Arc::default()).unwrap();
    let mut group = writer.next_row_group().unwrap();
    let uuid: Vec<u8> = (0..16).map(|i| i * 17).collect();
    let interval: Vec<u8> = [1u32, 2, u32::MAX].iter().flat_map(|n| n.to_le_bytes()).collect();
    let values: [Vec<u8>; 5] = [uuid, interval, b"{\"a\":1}".to_vec(), "été".into(), vec![1, 2]];
    for value in values {
        let mut column = group.next_column().unwrap().unwrap();
        let levels = Some(&[1i16, 0][..]);
        if value.len() == 16 || value.len() == 12 {
            let value = FixedLenByteArray::from(value);
            column.typed::<FixedLenByteArrayType>().write_batch(&[value], levels, None).unwrap();
        } else {
            column.typed::<ByteArrayType>().write_batch(&[ByteArray::from(value)], levels, None).unwrap();
        }
        column.close().unwrap();
    }
    group.close().unwrap();
    writer.close().unwrap();

    let types = described_columns(&open(&path).unwrap(), "type");
    assert_eq!(types, ["uuid", "interval", "json", "enum", "binary"]);
    let columns = columns_of(&read(&path, ScanOptions::default()).unwrap());
    let firsts: Vec<V> = columns.iter().map(|column| column[0].clone()).collect();
    assert_eq!(
        firsts,
        [
            text("00112233-4455-6677-8899-aabbccddeeff"),
            text("1 months 2 days 4294967295 ms"),
            text("{\"a\":1}"),
            text("été"),
            V::Bytes(vec![1, 2])
        ]
    );
    assert!(columns.iter().all(|column| column[1] == V::Null));
}

#[test]
fn types_in_words() {
    let fields =
        Fields::from(vec![Field::new("a", DataType::Int64, true), Field::new("b", DataType::Utf8, true)]);
    let object = StructArray::new_null(fields, 1);
    let mut list = ListBuilder::new(StringBuilder::new());
    list.append(true);
    let dir = Dir::new();
    let path = dir.write(
        &[batch(vec![
            ("i", Arc::new(Int64Array::from(vec![1]))),
            ("u", Arc::new(UInt8Array::from(vec![1]))),
            ("f", Arc::new(Float64Array::from(vec![1.0]))),
            ("b", Arc::new(BooleanArray::from(vec![true]))),
            ("l", Arc::new(list.finish())),
            ("o", Arc::new(object)),
            ("t", Arc::new(TimestampMicrosecondArray::from(vec![1]).with_timezone("UTC"))),
            ("d", Arc::new(Decimal128Array::from(vec![1]).with_precision_and_scale(9, 2).unwrap())),
            ("y", Arc::new(Date32Array::from(vec![1]))),
        ])],
        None,
    );
    let describe = described(&open(&path).unwrap());
    let columns = describe["columns"].as_array().unwrap();
    let types: Vec<&str> = columns.iter().map(|column| column["type"].as_str().unwrap()).collect();
    assert_eq!(
        types,
        [
            "int64",
            "uint8",
            "double",
            "bool",
            "list<string>",
            "struct<a: int64, b: string>",
            "timestamp[us, UTC]",
            "decimal(9,2)",
            "date"
        ]
    );
    assert!(columns.iter().all(|column| column["codec"] == "none" && column["bytes"].as_u64().unwrap() > 0));
    assert_eq!(describe["rows"], 1);
    assert_eq!(describe["rowGroups"], 1);
    assert_eq!(describe["keyValues"], serde_json::json!({}));
}
