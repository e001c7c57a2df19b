//! Columns of thin checkpoints are as those of the files that they refer to.

use std::path::Path;

use arrow_ckpt::decode::{ColumnRequest, Large, ScanOptions};

use super::slab::{Kind, TEXT, list, node};
use super::support::{Dir, V, columns_of, described, only, open, read, read_open, text};
use super::thin_files::{Held, Thin, all_types, picked, rows};

const LARGE: Large = Large { scan: 0, chunk: 0, page: 0, text: 0, shared: 0 };

/// Every way to read a file gives these columns.
fn assert_columns(path: &Path, expected: &[Vec<V>]) {
    let all = expected[0].len();
    let ways = [
        ScanOptions::default(),
        ScanOptions { threads: 3, block_rows: 7, large: LARGE, ..ScanOptions::default() },
        // All of it at hand at once.
        ScanOptions {
            threads: 2,
            block_rows: 5,
            large: Large { shared: 1 << 20, ..LARGE },
            ..ScanOptions::default()
        },
        // Some batches a window, and windows that take more than they are meant to.
        ScanOptions {
            threads: 8,
            block_rows: 3,
            large: Large { shared: 4000, ..LARGE },
            ..ScanOptions::default()
        },
        ScanOptions { threads: 1, block_rows: 1, ..ScanOptions::default() },
    ];
    let file = open(path).unwrap();
    for options in ways {
        let ranges = vec![2..7, 8..9, 21..(all as u64 - 1)];
        let found = read_open(&file, options.clone()).unwrap();
        assert_eq!(columns_of(&found), expected);
        let some = read_open(&file, ScanOptions { ranges: Some(ranges.clone()), ..options.clone() }).unwrap();
        let wanted: Vec<V> = ranges
            .into_iter()
            .flat_map(|range| found[range.start as usize..range.end as usize].to_vec())
            .collect();
        assert_eq!(some, wanted);
        if options.block_rows != 7 {
            continue;
        }
        for (column, values) in expected.iter().enumerate() {
            let columns = Some(only(&[column]));
            let one = read_open(&file, ScanOptions { columns, ..options.clone() }).unwrap();
            assert_eq!(columns_of(&one), std::slice::from_ref(values), "column {column}");
        }
    }
}

/// Each row of the holder at `rows`, in all its columns, in row groups of several cuts on both sides.
fn assert_picks(picks: &[Option<i64>], repeats: bool) {
    for (holder_group, page, group) in [(100, 13, 100), (23, 5, 1000), (1000, 1000, 17)] {
        let dir = Dir::new();
        let columns = all_types(100);
        let held = Held::new(&dir, 'a', &columns, holder_group, page);
        let mut thin = Thin::of(&[&held]);
        thin.own(node("id", Kind::Num), (0..picks.len()).map(|row| V::Number(row as f64)).collect());
        for (node, _) in &columns {
            thin.refer(&node.name, picks, &[(0, &node.name)]);
            thin.refs[&node.name]["repeats"] = repeats.into();
        }
        let path = thin.write(&dir, group);
        let ids = (0..picks.len()).map(|row| V::Number(row as f64)).collect();
        let mut expected = vec![ids];
        expected.extend(held.values.iter().map(|values| picked(values, picks)));
        assert_columns(&path, &expected);
    }
}

#[test]
fn all_rows_in_order() {
    assert_picks(&rows(0..100), false);
}

#[test]
fn some_rows_in_order() {
    assert_picks(&rows((0..100).filter(|row| row % 3 != 1)), false);
    assert_picks(&rows(60..99), true);
}

#[test]
fn rows_that_come_several_times() {
    let picks = rows((0..100).flat_map(|row| std::iter::repeat_n(row, row as usize % 4)));
    assert_picks(&picks, true);
    assert_picks(&picks, false);
}

#[test]
fn rows_in_any_order() {
    let mut picks = rows((0..300).map(|row| row * 37 % 100));
    assert_picks(&picks, false);
    (0..300).step_by(7).for_each(|row| picks[row] = None);
    assert_picks(&picks, true);
}

#[test]
fn values_of_two_holders_and_own_ones() {
    for group in [9, 1000] {
        let dir = Dir::new();
        let (first, mut second) = (all_types(40), all_types(64));
        for (_, values) in &mut second {
            values.reverse();
        }
        let (a, b) = (Held::new(&dir, 'a', &first, 16, 4), Held::new(&dir, 'b', &second, 1000, 7));
        // Of three rows one is here, one in the first holder, one in the second.
        let all = 90;
        let at = |row: usize, kind: usize| (row % 3 == kind).then_some(());
        let picks: Vec<Option<i64>> =
            (0..all).map(|row| (row % 3 > 0).then_some((row * 7 % 40) as i64)).collect();
        let number = |row: usize| at(row, 1).map(|()| 2).or(at(row, 2).map(|()| 0));
        let mut thin = Thin::of(&[&b, &a, &a]);
        thin.holders[1]["id"] = "c".repeat(32).into();
        let numbers: Vec<Option<i64>> = (0..all).map(number).collect();
        let mut expected = Vec::new();
        for (column, (own, values)) in all_types(all).into_iter().enumerate() {
            let own_values: Vec<V> = values
                .iter()
                .enumerate()
                .map(|(row, value)| if row % 3 == 0 { value.clone() } else { V::Null })
                .collect();
            thin.refer(&own.name, &picks, &[(0, &own.name), (2, &own.name)]);
            thin.among(&own.name, &numbers);
            thin.with_own(&own.name, own.kind, own_values.clone());
            let value = |row: usize| match (numbers[row], picks[row]) {
                (Some(2), Some(at)) => a.values[column][at as usize].clone(),
                (_, Some(at)) => b.values[column][at as usize].clone(),
                _ => own_values[row].clone(),
            };
            expected.push((0..all).map(value).collect::<Vec<V>>());
        }
        let path = thin.write(&dir, group);
        let ints = |values: &[V]| values.iter().all(|value| matches!(value, V::Number(_) | V::Null));
        assert!(ints(&expected[4]));
        assert_columns(&path, &expected);
    }
}

type Make<'a> = &'a dyn Fn(usize) -> V;

#[test]
fn types_of_holders_may_be_narrower_than_the_own_one() {
    let dir = Dir::new();
    let small = |row: usize| V::Struct(vec![("b".into(), V::Number(row as f64))]);
    let columns = [
        (node("n", Kind::Num), (0..20).map(|row| V::Number(f64::from(row))).collect::<Vec<_>>()),
        (node("s", Kind::Struct(vec![node("b", Kind::Num)])), (0..20).map(small).collect()),
        (node("l", list(Kind::Num)), (0..20).map(|row| V::List(vec![V::Number(f64::from(row))])).collect()),
        (node("x", TEXT), vec![V::Null; 20]),
    ];
    let held = Held::new(&dir, 'a', &columns, 8, 3);
    let mut thin = Thin::of(&[&held]);
    let picks: Vec<Option<i64>> = (0..30).map(|row| (row % 3 > 0).then_some(row * 11 % 20)).collect();
    let large = |row: usize| {
        V::Struct(vec![("a".into(), text(&format!("a{row}"))), ("b".into(), V::Number(row as f64 + 0.5))])
    };
    let wide = Kind::Struct(vec![node("a", TEXT), node("b", Kind::Num)]);
    let own: [(&str, Kind, Make); 4] = [
        ("n", Kind::Num, &|row| V::Number(row as f64 + 0.5)),
        ("s", wide, &large),
        ("l", list(Kind::Num), &|row| V::List(vec![V::Number(row as f64 + 0.25)])),
        ("x", Kind::Date, &|row| V::Time(row as f64, 0)),
    ];
    let mut expected = Vec::new();
    for (column, (name, kind, make)) in own.into_iter().enumerate() {
        let values: Vec<V> =
            (0..30).map(|row| if picks[row].is_none() { make(row) } else { V::Null }).collect();
        thin.refer(name, &picks, &[(0, name)]);
        thin.with_own(name, kind, values.clone());
        let held = |at: i64| match &held.values[column][at as usize] {
            V::Struct(fields) => V::Struct(vec![("a".into(), V::Null), fields[0].clone()]),
            other => other.clone(),
        };
        expected.push(
            (0..30).map(|row| picks[row].map_or_else(|| values[row].clone(), held)).collect::<Vec<_>>(),
        );
    }
    let path = thin.write(&dir, 12);
    assert_columns(&path, &expected);
    // The field that the holder has not, and the one that it has, of the struct.
    let file = open(&path).unwrap();
    for (leaf, field) in [(0, "a"), (1, "b")] {
        let columns = Some(vec![ColumnRequest { column: 1, leaves: Some(vec![leaf]) }]);
        let found = read_open(&file, ScanOptions { columns, ..ScanOptions::default() }).unwrap();
        let wanted = expected[1].iter().map(|value| match value {
            V::Struct(fields) => V::Struct(vec![fields[leaf].clone()]),
            other => other.clone(),
        });
        assert_eq!(columns_of(&found)[0], wanted.collect::<Vec<_>>(), "{field}");
    }
}

#[test]
fn a_part_of_a_struct_is_read_of_the_holder_too() {
    let dir = Dir::new();
    let held = Held::new(&dir, 'a', &all_types(50), 20, 4);
    let picks = rows((0..50).rev());
    let mut thin = Thin::of(&[&held]);
    thin.refer("struct", &picks, &[(0, "struct")]);
    let path = thin.write(&dir, 30);
    let columns = |column: usize, leaves: &[usize]| ScanOptions {
        columns: Some(vec![ColumnRequest { column, leaves: Some(leaves.to_vec()) }]),
        ..ScanOptions::default()
    };
    for leaves in [&[0][..], &[1], &[2], &[3], &[0, 3], &[1, 2]] {
        let held = columns_of(&read(&held.path, columns(13, leaves)).unwrap());
        let file = open(&path).unwrap();
        let found = columns_of(&read_open(&file, columns(0, leaves)).unwrap());
        assert_eq!(found[0], picked(&held[0], &picks), "{leaves:?}");
    }
}

#[test]
fn a_thin_file_describes_its_columns_as_the_plan_knows_them() {
    let dir = Dir::new();
    let held = Held::new(&dir, 'a', &all_types(30), 1000, 1000);
    let mut thin = Thin::of(&[&held]);
    thin.refer("text", &rows(0..30), &[(0, "text")]);
    thin.own(node("id", Kind::Num), (0..30).map(|row| V::Number(f64::from(row))).collect());
    thin.refer("nested", &rows(0..30), &[(0, "nested")]);
    let told = described(&open(&thin.write(&dir, 1000)).unwrap());
    let whole = described(&open(&held.path).unwrap());
    let column = |told: &serde_json::Value, name: &str| {
        let columns = told["columns"].as_array().unwrap().iter();
        columns.clone().find(|column| column["name"] == name).unwrap().clone()
    };
    let names: Vec<_> = told["tree"].as_array().unwrap().iter().map(|node| node["name"].clone()).collect();
    assert_eq!(names, ["text", "id", "nested"]);
    for name in ["text", "nested"] {
        assert_eq!(column(&told, name)["type"], column(&whole, name)["type"]);
        assert_eq!(column(&told, name)["shared"], true);
        assert!(column(&told, name)["nulls"].is_null());
        // What is in a dictionary there comes text by text.
        let node = |told: &serde_json::Value| {
            let told: serde_json::Value = told.to_string().replace("dict", "text").parse().unwrap();
            told["tree"].as_array().unwrap().iter().find(|node| node["name"] == name).cloned()
        };
        assert_eq!(node(&told), node(&whole));
    }
    assert!(column(&told, "id").get("shared").is_none());
}
