//! What a scan makes of columns of other files: dictionaries, filters, pages, references to own values.

use std::sync::Arc;

use arrow_ckpt::decode::filter::Filter;
use arrow_ckpt::decode::{Fill, Large, ScanOptions};
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

/// Texts that do not become shorter.
fn noise(rows: usize) -> Vec<V> {
    let mut state = 7u64;
    let mut word = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
        format!("{:016x}", state ^ (state >> 29))
    };
    (0..rows).map(|_| text(&(0..20).map(|_| word()).collect::<String>())).collect()
}

#[test]
fn row_groups_in_another_order_have_pages_inflated_once_for_as_many_as_there_is_room() {
    let dir = Dir::new();
    let held = Held::new(&dir, 'a', &[(node("text", TEXT), noise(400))], 200, 10);
    // The first page is never wanted, so that pages are read one by one.
    let picks = rows((0..390).map(|row| 10 + row * 37 % 390));
    let mut thin = Thin::of(&[&held]);
    thin.refer("text", &picks, &[(0, "text")]);
    let pages = |group: usize, shared: u64| {
        let file = open(&thin.write(&dir, group)).unwrap();
        let large = Large { scan: 0, chunk: 0, page: 0, text: 0, shared };
        let found =
            read_open(&file, ScanOptions { large, block_rows: 10, ..ScanOptions::default() }).unwrap();
        assert_eq!(columns_of(&found)[0], picked(&held.values[0], &picks));
        file.work().pages
    };
    let once = pages(1000, 1 << 20);
    assert_eq!(pages(130, 1 << 20), once);
    // Room for two of the three row groups, for one, and for less than one.
    let bytes = 130 * 340;
    assert_eq!([bytes * 5 / 2, bytes * 3 / 2].map(|shared| pages(130, shared)), [2 * once, 3 * once]);
    assert!(pages(130, bytes / 2) > 3 * once);
}

#[test]
fn a_row_group_that_is_wrong_is_told_of_when_it_is_its_turn() {
    let dir = Dir::new();
    let held = Held::new(&dir, 'a', &[(node("text", TEXT), noise(100))], 50, 10);
    let mut picks = rows((0..90).map(|row| row * 37 % 100));
    picks[75] = Some(100);
    let mut thin = Thin::of(&[&held]);
    thin.refer("text", &picks, &[(0, "text")]);
    let file = open(&thin.write(&dir, 30)).unwrap();
    let mut scan = file.scan(ScanOptions { threads: 1, ..ScanOptions::default() }).unwrap();
    let mut arena = vec![0; 1 << 20];
    for _ in 0..2 {
        assert!(matches!(scan.next_block(&mut arena).unwrap(), Fill::Block { rows: 30, .. }));
    }
    let error = scan.next_block(&mut arena).unwrap_err();
    assert!(error.message.contains("row 100 of"), "{}", error.message);
}
