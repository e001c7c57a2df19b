//! The files of apache/parquet-testing: each is read completely and right, or refused with a code.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::{CkptError, ErrorCode};
use serde_json::Value;

use super::support::{V, open, read};
use super::test_data;

fn parquet_files(folder: &Path, files: &mut Vec<PathBuf>) {
    let mut entries: Vec<PathBuf> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    entries.sort();
    for path in entries {
        if path.is_dir() {
            parquet_files(&path, files);
        } else if path.extension().is_some_and(|extension| extension == "parquet") {
            files.push(path);
        }
    }
}

#[test]
#[allow(clippy::print_stderr)] // the summary is for people
fn every_file_is_read_right_or_refused_with_a_code() {
    let Some(folder) = test_data::folder_or_skip("every_file_is_read_right_or_refused_with_a_code") else {
        return;
    };
    let summary: Value =
        serde_json::from_slice(&std::fs::read(folder.join("expected/parquet-testing.json")).unwrap())
            .unwrap();
    let mut files = Vec::new();
    parquet_files(&folder.join("parquet-testing"), &mut files);
    let mut refused: BTreeMap<String, CkptError> = BTreeMap::new();
    let mut compared = 0;
    for path in &files {
        let name = path.strip_prefix(folder.join("parquet-testing")).unwrap().to_str().unwrap().to_owned();
        let entry = &summary["files"][&name];
        let rows = match read(path, ScanOptions::default()) {
            Ok(rows) => rows,
            Err(error) => {
                assert_ne!(error.code, ErrorCode::Internal, "{name}: {error}");
                assert!(error.path.is_some(), "{name}");
                refused.insert(name, error);
                continue;
            }
        };
        if let Some(count) = entry["rows"].as_u64() {
            assert_eq!(rows.len() as u64, count, "{name}");
        }
        if let Some(expected) = entry["expected"].as_str() {
            let expected: Value =
                serde_json::from_slice(&std::fs::read(folder.join("expected").join(expected)).unwrap())
                    .unwrap();
            for (index, (row, expected)) in rows.iter().zip(expected["rows"].as_array().unwrap()).enumerate()
            {
                if name.ends_with("int96_from_spark.parquet") && index == 5 {
                    // Spark wrote 290000-12-31 with a wrapped day number; PyArrow takes it as unsigned and overflows.
                    assert_eq!(*row, V::Struct(vec![("a".into(), V::Time(9_089_380_393_200_000.0, 0))]));
                    continue;
                }
                assert!(same(row, expected), "{name} row {index}:\n{row:?}\n{expected}");
            }
            compared += 1;
        }
    }
    eprintln!("{} files, {compared} compared with PyArrow's rows, {} refused:", files.len(), refused.len());
    for (name, error) in &refused {
        eprintln!("  {name}: {} {error} (column {:?})", error.code.as_str(), error.column);
    }
    let must_read = |name: &str| summary["files"][name]["expected"].is_string();
    for name in refused.keys() {
        assert!(!must_read(name), "{name} is a valid file");
    }
    assert_eq!(refused["data/large_string_map.brotli.parquet"].code, ErrorCode::Limit);
    for broken in ["ARROW-GH-45185", "ARROW-GH-41317", "ARROW-GH-41321", "ARROW-GH-47662", "PARQUET-1481"] {
        assert!(refused.contains_key(&format!("bad_data/{broken}.parquet")), "{broken}");
    }
}

#[test]
fn checkpoints_of_the_two_models_are_read() {
    let Some(folder) = test_data::folder_or_skip("checkpoints_of_the_two_models_are_read") else { return };
    for (model, least) in [("kura", 15), ("docetl", 40)] {
        let mut files = Vec::new();
        parquet_files(&folder.join(model), &mut files);
        assert!(files.len() >= least, "{model} has {} files", files.len());
        for path in files {
            let rows = read(&path, ScanOptions::default())
                .unwrap_or_else(|error| panic!("{}: {error}", path.display()));
            assert_eq!(rows.len() as u64, open(&path).unwrap().rows());
        }
    }
}

/// Whether a value is what `PyArrow` read, in the notation of the expectations.
fn same(value: &V, expected: &Value) -> bool {
    if let Some(object) = expected.as_object()
        && let Some((tag, inner)) = object.iter().next()
        && tag.starts_with('$')
    {
        return tagged(value, tag, inner, expected);
    }
    match (value, expected) {
        (V::Null, Value::Null) => true,
        (V::Bool(value), Value::Bool(expected)) => value == expected,
        (V::Number(value), Value::Number(expected)) => close(*value, expected.as_f64().unwrap()),
        (V::Int(value), Value::Number(expected)) => *value == i128::from(expected.as_i64().unwrap()),
        (V::Text(value), Value::String(expected)) => value == expected,
        (V::List(values), Value::Array(expected)) => {
            values.len() == expected.len()
                && values.iter().zip(expected).all(|(value, expected)| same(value, expected))
        }
        (V::Struct(fields), Value::Object(expected)) => {
            fields.len() == expected.len()
                && fields
                    .iter()
                    .zip(expected)
                    .all(|((name, value), (key, expected))| name == key && same(value, expected))
        }
        _ => false,
    }
}

/// `serde_json` may be off by the last bit when it parses a float.
fn close(a: f64, b: f64) -> bool {
    a == b || (a - b).abs() <= f64::EPSILON * a.abs()
}

fn tagged(value: &V, tag: &str, inner: &Value, whole: &Value) -> bool {
    match (tag, value) {
        ("$int", V::Int(value)) => value.to_string() == inner.as_str().unwrap(),
        ("$number", V::Number(value)) => match inner.as_str().unwrap() {
            "NaN" => value.is_nan(),
            "Infinity" => *value == f64::INFINITY,
            "-Infinity" => *value == f64::NEG_INFINITY,
            _ => *value == 0.0 && value.is_sign_negative(),
        },
        ("$bytes", V::Bytes(value)) => {
            let hex = inner.as_str().unwrap().as_bytes();
            hex.len() == value.len() * 2
                && hex.chunks(2).zip(value).all(|(hex, byte)| hex == format!("{byte:02x}").as_bytes())
        }
        ("$decimal", V::Text(value)) => value == inner.as_str().unwrap(),
        ("$date", V::Date(value)) => *value == inner.as_f64().unwrap() * 86_400_000.0,
        ("$timestamp", V::Time(ms, nanos)) => {
            let count: i128 = inner.as_str().unwrap().parse().unwrap();
            let unit = match whole["unit"].as_str().unwrap() {
                "s" => 1_000_000_000,
                "ms" => 1_000_000,
                "us" => 1_000,
                _ => 1,
            };
            *ms as i128 * 1_000_000 + i128::from(*nanos) == count * unit
        }
        ("$time", V::Text(_)) => true,
        ("$map", V::Map(pairs)) => {
            let expected = inner.as_array().unwrap();
            pairs.len() == expected.len()
                && pairs
                    .iter()
                    .zip(expected)
                    .all(|((key, value), pair)| same(key, &pair[0]) && same(value, &pair[1]))
        }
        _ => false,
    }
}
