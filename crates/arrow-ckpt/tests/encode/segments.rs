//! Columns of texts that are encoded while rows still come.

use std::path::Path;

use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::slab::{Kind, Node, Slab, TEXT, list, node, version};
use super::support::{Dir, V, read, text};

const CHUNK: usize = 100;

/// Words that compress, in three scripts, so that all ways of transcoding have a part.
fn words(seed: usize, length: usize) -> String {
    const WORDS: [&str; 6] = ["plain ", "words ", "слово ", "中文字 ", "naïve ", "😀 "];
    (0..length).map(|i| WORDS[(seed * 7 + i * i + i / 3) % WORDS.len()]).collect()
}

fn message(row: usize) -> V {
    let field = |name: &str, value: V| (name.to_owned(), value);
    V::Struct(vec![
        field("role", text(if row.is_multiple_of(2) { "user" } else { "assistant" })),
        field("tokens", V::Number(row as f64)),
        field("content", if row.is_multiple_of(5) { V::Null } else { text(&words(row, 60)) }),
    ])
}

fn nodes() -> Vec<Node> {
    let fields = vec![node("role", TEXT), node("tokens", Kind::Num), node("content", TEXT)];
    vec![
        node("id", Kind::Num),
        node("bloom text", TEXT),
        node("messages", list(Kind::Struct(fields))),
        node("raw", Kind::Bytes),
    ]
}

/// The columns of a chunk of rows.
fn chunk(first: usize) -> Vec<Vec<V>> {
    let rows = first..first + CHUNK;
    let messages = |row: usize| {
        if row % 11 == 3 { V::Null } else { V::List((0..row % 4).map(|i| message(row + i)).collect()) }
    };
    vec![
        rows.clone().map(|row| V::Number(row as f64 / 2.0)).collect(),
        rows.clone().map(|row| if row % 9 == 4 { V::Null } else { text(&words(row, 150)) }).collect(),
        rows.clone().map(messages).collect(),
        rows.map(|row| V::Bytes(words(row, 50).into_bytes())).collect(),
    ]
}

/// Saves so many chunks: about 1.5 MB each ten.
fn save(path: &Path, chunks: usize, options: &WriteOptions) {
    let nodes = nodes();
    let mut writer = CheckpointWriter::create(path, options).unwrap();
    for index in 0..chunks {
        let mut slab = Slab::default();
        if index == 0 {
            slab.plan(&nodes);
        }
        slab.rows(&nodes, &chunk(index * CHUNK));
        writer.ingest(&slab.bytes).unwrap();
    }
    writer.finish(&version()).unwrap();
}

#[test]
fn one_row_group_gives_the_rows_of_many() {
    let dir = Dir::new();
    let (one, many) = (dir.path("one.parquet"), dir.path("many.parquet"));
    save(&one, 40, &WriteOptions::default());
    save(&many, 40, &WriteOptions { row_group_rows: Some(CHUNK), ..WriteOptions::default() });
    let groups =
        |path: &Path| SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap().num_row_groups();
    assert_eq!((groups(&one), groups(&many)), (1, 40));
    let rows = read(&one, ScanOptions::default()).unwrap();
    assert_eq!(rows.len(), 40 * CHUNK);
    assert!(rows == read(&many, ScanOptions::default()).unwrap(), "the rows differ");
}

#[test]
fn bytes_do_not_depend_on_threads() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let bytes = |threads: Option<usize>| {
        save(&path, 30, &WriteOptions { threads, ..WriteOptions::default() });
        std::fs::read(&path).unwrap()
    };
    let first = bytes(Some(1));
    for threads in [None, Some(2), None, Some(1)] {
        assert!(bytes(threads) == first, "{threads:?}: other bytes");
    }
}

/// A struct gets a text and a null column becomes one after the column has begun to be encoded.
#[test]
fn leaves_that_come_late_wait_for_the_end_of_the_row_group() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let field = |name: &str, value: V| (name.to_owned(), value);
    let before = [node("s", Kind::Struct(vec![node("a", TEXT), node("late", Kind::Null)]))];
    let after = [node("s", Kind::Struct(vec![node("a", TEXT), node("late", TEXT), node("new", list(TEXT))]))];
    let long = "long text ".repeat(2000);
    let rows_before = [vec![V::Struct(vec![field("a", text(&long)), field("late", V::Null)]); CHUNK]];
    let row = V::Struct(vec![
        field("a", text("short")),
        field("late", text(&long)),
        field("new", V::List(vec![text("x"), V::Null])),
    ]);
    let mut writer = CheckpointWriter::create(&path, &WriteOptions::default()).unwrap();
    let mut slab = Slab::default();
    slab.plan(&before);
    slab.rows(&before, &rows_before);
    slab.plan(&after);
    slab.rows(&after, &[vec![row.clone(); CHUNK]]);
    writer.ingest(&slab.bytes).unwrap();
    writer.finish(&version()).unwrap();
    let rows = read(&path, ScanOptions::default()).unwrap();
    assert_eq!(rows.len(), 2 * CHUNK);
    assert_eq!(rows[2 * CHUNK - 1], V::Struct(vec![field("s", row)]));
    let V::Struct(first) = &rows[0] else { panic!("{:?}", rows[0]) };
    let expected = V::Struct(vec![field("a", text(&long)), field("late", V::Null), field("new", V::Null)]);
    assert_eq!(first[0].1, expected);
}

/// Given up in the middle, a save leaves no file and no thread that waits for it.
#[test]
fn a_save_that_is_given_up_leaves_nothing() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let mut writer = CheckpointWriter::create(&path, &WriteOptions::default()).unwrap();
    let mut slab = Slab::default();
    slab.plan(&nodes());
    for index in 0..30 {
        slab.rows(&nodes(), &chunk(index * CHUNK));
    }
    writer.ingest(&slab.bytes).unwrap();
    drop(writer);
    assert_eq!(std::fs::read_dir(path.parent().unwrap()).unwrap().count(), 0);
}
