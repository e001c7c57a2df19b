//! References that a thin checkpoint cannot have, which only its rows tell: coded errors that name the files and the column.

use arrow_ckpt::ErrorCode;
use arrow_ckpt::decode::ScanOptions;
use serde_json::json;

use super::slab::{Kind, TEXT, node};
use super::support::{Dir, V, only, open, read, read_open, text};
use super::thin_files::{Held, Thin, rows};
use super::thin_hostile::{held, made, numbers};

/// The column cannot be read, and the error says why; the others can.
fn unreadable(thin: &Thin, dir: &Dir, code: ErrorCode, parts: &[&str]) {
    let path = thin.write(dir, 2);
    let file = open(&path).unwrap();
    let id = ScanOptions { columns: Some(only(&[0])), ..ScanOptions::default() };
    assert_eq!(read_open(&file, id).unwrap().len(), 3);
    let error = read_open(&file, ScanOptions::default()).unwrap_err();
    assert_eq!((error.code, error.column.as_deref()), (code, Some("text")), "{error}");
    assert!(error.path.is_some());
    for part in parts {
        assert!(error.message.contains(part), "{part}: {error}");
    }
}

#[test]
fn rows_that_are_not_there() {
    let dir = Dir::new();
    let base = held(&dir, 'a');
    let pool = base.pool(&dir);
    for row in [-1, 10, 1 << 40, i64::MAX, i64::MIN] {
        let mut thin = Thin::of(&[&base]);
        thin.own(node("id", Kind::Num), numbers(3));
        thin.refer("text", &[Some(9), None, Some(row)], &[(0, "text")]);
        unreadable(&thin, &dir, ErrorCode::Corrupt, &[&row.to_string(), pool.to_str().unwrap(), "10 rows"]);
    }
}

#[test]
fn holders_that_a_row_cannot_have() {
    let dir = Dir::new();
    let (a, b, c) = (held(&dir, 'a'), held(&dir, 'b'), held(&dir, 'c'));
    for (at, number, row, told) in [
        (0, Some(1), Some(1), "file 1"),
        (1, Some(7), Some(1), "file 7"),
        (2, Some(-1), Some(0), "file -1"),
        (0, None, Some(1), "file null"),
        (2, Some(2), None, "no row"),
    ] {
        let mut thin = Thin::of(&[&a, &b, &c]);
        thin.own(node("id", Kind::Num), numbers(3));
        let (mut picks, mut numbers) = (rows([1, 2, 3]), vec![Some(0), Some(2), Some(0)]);
        (picks[at], numbers[at]) = (row, number);
        thin.refer("text", &picks, &[(0, "text"), (2, "text")]);
        thin.among("text", &numbers);
        unreadable(&thin, &dir, ErrorCode::Corrupt, &[told]);
    }
}

#[test]
fn values_that_are_in_two_places_or_of_another_type() {
    let dir = Dir::new();
    let (a, b) = (held(&dir, 'a'), held(&dir, 'b'));
    let mut thin = made(&[&a]);
    thin.with_own("text", TEXT, vec![V::Null, text("mine"), V::Null]);
    unreadable(&thin, &dir, ErrorCode::Corrupt, &["as well", "row 5"]);
    // No such column; none of that type; two types.
    let pool = a.pool(&dir);
    let mut thin = made(&[&a]);
    thin.refs["text"]["of"] = json!([[0, "none"]]);
    unreadable(&thin, &dir, ErrorCode::Corrupt, &["'none'", pool.to_str().unwrap()]);
    let mut thin = made(&[&a]);
    thin.with_own("text", Kind::Bool, vec![V::Null; 3]);
    thin.refs["text"]["of"] = json!([[0, "id"]]);
    thin.columns[2].1[0] = V::Bool(true);
    thin.columns[1].1[0] = V::Null;
    unreadable(&thin, &dir, ErrorCode::Corrupt, &["Boolean", "Int64"]);
    let mut thin = made(&[&a, &b]);
    thin.refs["text"]["of"] = json!([[0, "text"], [1, "id"]]);
    thin.among("text", &[Some(0), Some(1), Some(0)]);
    unreadable(&thin, &dir, ErrorCode::Corrupt, &["Utf8", "Int64"]);
    // Texts stand for any type only where all are null.
    let mut thin = made(&[&a]);
    thin.with_own("text", Kind::Bool, vec![V::Bool(true), V::Null, V::Null]);
    thin.columns[1].1[0] = V::Null;
    unreadable(&thin, &dir, ErrorCode::Corrupt, &["not of the type"]);
    // Rows that the other file has not, by what is said of it.
    let mut thin = made(&[&a]);
    thin.holders[0]["rows"] = 11.into();
    unreadable(&thin, &dir, ErrorCode::Corrupt, &["10 rows", "11"]);
}

#[test]
fn a_value_may_come_any_number_of_times() {
    let dir = Dir::new();
    let long = vec![text(&"long ".repeat(20_000)), text("short")];
    let base = Held::new(&dir, 'a', &[(node("text", TEXT), long.clone())], 10, 10);
    for repeats in [true, false] {
        let mut thin = Thin::of(&[&base]);
        thin.refer("text", &rows(std::iter::repeat_n(0, 300)), &[(0, "text")]);
        thin.refs["text"]["repeats"] = repeats.into();
        let path = thin.write(&dir, 1000);
        let found = read(&path, ScanOptions::default()).unwrap();
        let row = V::Struct(vec![("text".into(), long[0].clone())]);
        assert!(found.len() == 300 && found.iter().all(|other| *other == row));
    }
}

#[test]
fn one_flipped_bit_in_either_file_is_found() {
    let dir = Dir::new();
    let base = held(&dir, 'a');
    let path = made(&[&base]).write(&dir, 2);
    let rows = read(&path, ScanOptions::default()).unwrap();
    for flipped in [&path, &base.path] {
        let good = std::fs::read(flipped).unwrap();
        for byte in 0..good.len() {
            let mut bad = good.clone();
            bad[byte] ^= 1 << (byte % 8);
            // In place: the pool has the same file.
            std::fs::write(flipped, &bad).unwrap();
            match read(&path, ScanOptions::default()) {
                // Of the other file only one column is read.
                Ok(found) => assert!(flipped == &base.path && found == rows, "byte {byte}"),
                Err(error) => assert_ne!(error.code, ErrorCode::Internal, "byte {byte}: {error}"),
            }
        }
        std::fs::write(flipped, &good).unwrap();
    }
}
