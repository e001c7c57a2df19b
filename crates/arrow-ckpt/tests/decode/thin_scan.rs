//! What a scan makes of columns of other files: dictionaries, filters, pages, references to own values.

use std::sync::Arc;

use arrow_ckpt::decode::filter::Filter;
use arrow_ckpt::decode::{Fill, ScanOptions};
use arrow_ckpt::layout::FORM_DICT;

use super::slab::{Kind, TEXT, node};
use super::support::{BlockReader, Dir, V, columns_of, described, open, read, read_open, text};
use super::thin_files::{Held, Thin, all_types, named, picked, rows};

#[test]
fn a_text_that_comes_several_times_goes_over_once_a_batch() {
    let dir = Dir::new();
    let texts: Vec<V> =
        (0..30).map(|row| if row == 7 { V::Null } else { text(&format!("text {row}")) }).collect();
    let held = Held::new(&dir, 'a', &[(node("text", TEXT), texts.clone())], 8, 3);
    let picks = rows((0..30).flat_map(|row| std::iter::repeat_n(row, 9)));
    let mut thin = Thin::of(&[&held]);
    thin.refer("text", &picks, &[(0, "text")]);
    thin.refs["text"]["repeats"] = true.into();
    let file = open(&thin.write(&dir, 1000)).unwrap();
    let told = described(&file);
    assert_eq!((&told["tree"][0]["kind"], &told["columns"][0]["type"]), (&"dict".into(), &"string".into()));
    let mut scan = file.scan(ScanOptions { block_rows: 90, ..ScanOptions::default() }).unwrap();
    let (mut reader, mut arena, mut found) = (BlockReader::new(&scan), vec![0; 1 << 16], Vec::new());
    while let Fill::Block { rows, bytes, .. } = scan.next_block(&mut arena).unwrap() {
        assert_eq!(rows, 90);
        // Ten texts, and not ninety.
        assert!(bytes < 10 * 16 + 90 * 10, "{bytes}");
        found.extend(reader.rows(&arena[..bytes]));
        assert_eq!(reader.forms, [FORM_DICT]);
    }
    assert_eq!(reader.dictionaries_seen, 3);
    assert_eq!(columns_of(&found)[0], picked(&texts, &picks));
}

type Holds = fn(&V, &V) -> bool;

#[test]
fn filters_look_at_the_values() {
    let dir = Dir::new();
    let held = Held::new(&dir, 'a', &all_types(100), 30, 7);
    let picks = rows((0..200).map(|row| row * 3 % 100));
    for repeats in [false, true] {
        let mut thin = Thin::of(&[&held]);
        thin.own(node("id", Kind::Num), (0..200).map(|row| V::Number(f64::from(row))).collect());
        // Whatever the stored rows are.
        thin.refer("int", &picks, &[(0, "int")]);
        thin.refer("kind", &picks, &[(0, "kind")]);
        thin.refs["kind"]["repeats"] = repeats.into();
        let path = thin.write(&dir, 64);
        let file = open(&path).unwrap();
        let all = read_open(&file, ScanOptions::default()).unwrap();
        let number = r#"{"test":{"column":1,"op":"lt","values":[{"number":20}]}}"#;
        let word = r#"{"test":{"column":2,"op":"in","values":[{"text":"bb"}]}}"#;
        let null = r#"{"test":{"column":1,"op":"in","values":["null"]}}"#;
        let both = format!(r#"{{"and":[{number},{{"not":{word}}}]}}"#);
        let cases: [(&str, Holds); 4] = [
            (number, |int, _| matches!(int, V::Number(number) if *number < 20.0)),
            (word, |_, kind| *kind == text("bb")),
            (null, |int, _| *int == V::Null),
            (&both, |int, kind| matches!(int, V::Number(number) if *number < 20.0) && *kind != text("bb")),
        ];
        for (json, holds) in cases {
            let wanted: Vec<V> = all
                .iter()
                .filter(|row| matches!(row, V::Struct(fields) if holds(&fields[1].1, &fields[2].1)))
                .cloned()
                .collect();
            assert!(!wanted.is_empty() && wanted.len() < 150);
            let filter: Filter = serde_json::from_str(json).unwrap();
            let options =
                ScanOptions { filter: Some(filter.clone()), block_rows: 9, ..ScanOptions::default() };
            assert_eq!(read_open(&file, options).unwrap(), wanted, "{json}");
            assert_eq!(file.count(filter, Arc::default()).unwrap(), (wanted.len() as u64, 0), "{json}");
        }
    }
}

/// References are to files that have the values: another thin one has its own.
#[test]
fn own_values_of_a_thin_file_can_be_referred_to() {
    let dir = Dir::new();
    let held = Held::new(&dir, 'a', &all_types(20), 8, 3);
    let mut thin = Thin::of(&[&held]);
    thin.refer("text", &[None, Some(3), None], &[(0, "text")]);
    thin.with_own("text", TEXT, vec![text("one"), V::Null, text("three")]);
    let first = thin.write_at(&dir.path("step/first.parquet"), 2);
    let second = named(&first, "step/first.parquet");
    let mut thin = Thin { holders: vec![held.named.clone(), second], ..Thin::default() };
    thin.refer("text", &rows([5, 0, 2]), &[(0, "text"), (1, "__ckpt_v_text")]);
    thin.among("text", &[Some(0), Some(1), Some(1)]);
    let path = thin.write_at(&dir.path("step/second.parquet"), 2);
    let found = columns_of(&read(&path, ScanOptions::default()).unwrap());
    assert_eq!(found[0], [held.values[0][5].clone(), text("one"), text("three")]);
}

#[test]
fn only_the_pages_with_wanted_rows_are_read() {
    let dir = Dir::new();
    let texts = (0..400).map(|row| text(&format!("{row}").repeat(50))).collect();
    let held = Held::new(&dir, 'a', &[(node("text", TEXT), texts)], 200, 10);
    let mut thin = Thin::of(&[&held]);
    thin.refer("text", &rows([3, 5, 205]), &[(0, "text")]);
    let file = open(&thin.write(&dir, 100)).unwrap();
    assert_eq!(
        columns_of(&read_open(&file, ScanOptions::default()).unwrap())[0],
        picked(&held.values[0], &rows([3, 5, 205]))
    );
    let work = file.work();
    assert_eq!((work.pages, work.pages_left_out), (2, 38));
}
