//! Small checkpoints that differ in what they are made of, for tests that damage them.

use std::path::Path;

use arrow_ckpt::encode::{CheckpointWriter, Codec, WriteOptions};
use arrow_ckpt::format::{KEY_HOLDERS, KEY_REFS, KEY_VERSION};

use super::slab::{Kind, Node, Slab, TEXT, list, node};
use super::support::{Dir, V, text};

/// A whole file.
#[allow(dead_code)] // not each test tells the names
pub struct Sample {
    pub name: &'static str,
    pub bytes: Vec<u8>,
}

/// All of them; none has more than some thousand bytes.
#[allow(dead_code)] // not each test takes these
pub fn samples() -> Vec<Sample> {
    let scalars = [
        node("id", Kind::Num),
        node("score", Kind::Num),
        node("text", TEXT),
        node("ok", Kind::Bool),
        node("at", Kind::Date),
    ];
    let scalar_rows = |rows: usize| -> Vec<Vec<V>> {
        (0..rows)
            .map(|row| {
                let n = row as f64;
                vec![
                    V::Number(n),
                    V::Number(n / 7.0),
                    words(row),
                    V::Bool(row.is_multiple_of(2)),
                    V::Date(n * 1e9),
                ]
            })
            .collect()
    };
    let nested = [
        node("tags", list(TEXT)),
        node("meta", Kind::Struct(vec![node("a", Kind::Num), node("b", list(Kind::Num))])),
    ];
    let nested_rows = (0..12).map(nested_row).collect::<Vec<_>>();
    let repeated = [node("kind", Kind::Text { dictionary: true }), node("raw", Kind::Bytes)];
    let repeated_rows: Vec<Vec<V>> = (0..60)
        .map(|row| vec![text(["a", "bb", "漢字"][row % 3]), V::Bytes(vec![row as u8; row % 5])])
        .collect();
    let wide: Vec<Node> = (0..40_usize)
        .map(|index| node(&format!("column {index}"), if index.is_multiple_of(2) { Kind::Num } else { TEXT }))
        .collect();
    let cell = |row: usize, index: usize| {
        if index.is_multiple_of(2) { V::Number((row * index) as f64 / 3.0) } else { words(row + index) }
    };
    let wide_rows: Vec<Vec<V>> = (0..5).map(|row| (0..40).map(|index| cell(row, index)).collect()).collect();
    // Lists that are read without parquet-rs, of doubles; others of them are null or empty in `nested`.
    let vectors = [node("id", Kind::Num), node("vector", list(Kind::Num))];
    let vector = |row: usize| V::List((0..9).map(|at| V::Number(((row * 9 + at) as f64).sqrt())).collect());
    let vector_rows: Vec<Vec<V>> = (0..14).map(|row| vec![V::Number(row as f64), vector(row)]).collect();
    vec![
        sample("vectors", &vectors, &[vector_rows], Codec::None, &[]),
        sample("scalars", &scalars, &[scalar_rows(6)], Codec::Auto, &[]),
        sample("nothing", &scalars, &[], Codec::Auto, &[]),
        sample("nested", &nested, &[nested_rows], Codec::None, &[("arrow-ckpt.hash", "\"abc\"")]),
        sample("repeated", &repeated, &[repeated_rows], Codec::Snappy, &[]),
        sample(
            "row groups",
            &scalars,
            &[scalar_rows(40), scalar_rows(40), scalar_rows(40)],
            Codec::Zstd,
            &[],
        ),
        sample("wide", &wide, &[wide_rows], Codec::Auto, &[]),
        sample(
            "gzip",
            &scalars[..3],
            &[scalar_rows(50).into_iter().map(|mut row| row.drain(..3).collect()).collect()],
            Codec::Gzip,
            &[],
        ),
        sample(
            "lz4",
            &scalars[..3],
            &[scalar_rows(50).into_iter().map(|mut row| row.drain(..3).collect()).collect()],
            Codec::Lz4,
            &[],
        ),
        sample(
            "brotli",
            &scalars[2..4],
            &[scalar_rows(90).into_iter().map(|mut row| row.drain(2..4).collect()).collect()],
            Codec::Brotli,
            &[],
        ),
    ]
}

/// One that refers to other files, which are not there.
#[allow(dead_code)] // for tests that damage footers
pub fn thin() -> Sample {
    let nodes = [
        node("id", Kind::Num),
        node("r", Kind::Big),
        node("h", Kind::I32),
        node("v", TEXT),
        node("only", Kind::Big),
    ];
    let row = |row: usize| {
        let (here, number) = (words(row), V::Number(row as f64));
        let there = if here == V::Null { number.clone() } else { V::Null };
        vec![number.clone(), there.clone(), there, here, number]
    };
    let holder = |digit: char| {
        let (id, hint) = (digit.to_string().repeat(32), format!("step/{digit}.parquet"));
        format!(r#"{{"id":"{id}","bytes":1000,"footer":"00abcdef","rows":9,"hint":"{hint}"}}"#)
    };
    let holders = format!("[{},{}]", holder('a'), holder('b'));
    let refs = r#"{"text":{"t":"string","r":"r","h":"h","v":"v","of":[[0,"text"],[1,"text"]]},
        "list":{"t":"list<struct<a: int64>>","r":"only","of":[[1,"list"]],"repeats":true}}"#;
    let pairs = [(KEY_HOLDERS, holders.as_str()), (KEY_REFS, refs)];
    sample("thin", &nodes, &[(0..9).map(row).collect()], Codec::Auto, &pairs)
}

/// Others in pages of a few rows.
#[allow(dead_code)] // not each test damages pages
pub fn paged() -> Vec<Sample> {
    let flat = [node("id", Kind::Num), node("text", TEXT), node("ok", Kind::Bool)];
    let flat_rows = (0..60).map(|row| vec![V::Number(row as f64), words(row), V::Bool(row % 3 == 0)]);
    let flat_rows: Vec<Vec<V>> = flat_rows.collect();
    let nested = [
        node("tags", list(TEXT)),
        node("meta", Kind::Struct(vec![node("a", Kind::Num), node("b", list(Kind::Num))])),
    ];
    let nested_rows: Vec<Vec<V>> = (0..60).map(nested_row).collect();
    let repeated = [node("kind", Kind::Text { dictionary: true }), node("raw", Kind::Bytes)];
    let repeated_row =
        |row: usize| vec![text(["a", "bb", "漢字"][row % 3]), V::Bytes(vec![row as u8; row % 5])];
    let repeated_rows: Vec<Vec<V>> = (0..60).map(repeated_row).collect();
    let vectors = [node("vector", list(Kind::Num))];
    let vector = |row: usize| V::List((0..9).map(|at| V::Number(((row * 9 + at) as f64).sqrt())).collect());
    let vector_rows: Vec<Vec<V>> = (0..40).map(|row| vec![vector(row)]).collect();
    let long = [node("text", TEXT), node("choices", list(Kind::Struct(vec![node("content", TEXT)])))];
    let long_rows: Vec<Vec<V>> = (0..40).map(|row| vec![long_words(row), choices(row)]).collect();
    let two = [flat_rows[..30].to_vec(), flat_rows[30..].to_vec()];
    let pages = |name, nodes: &[Node], chunks: &[Vec<Vec<V>>], codec| {
        let dir = Dir::new();
        let path = dir.path("x.parquet");
        write(&path, nodes, chunks, codec, &[], Some(7));
        Sample { name, bytes: std::fs::read(&path).unwrap() }
    };
    vec![
        pages("flat", &flat, std::slice::from_ref(&flat_rows), Codec::Zstd),
        pages("row groups", &flat, &two, Codec::None),
        pages("nested", &nested, std::slice::from_ref(&nested_rows), Codec::Zstd),
        pages("nested as it is", &nested, &[nested_rows], Codec::None),
        pages("repeated", &repeated, std::slice::from_ref(&repeated_rows), Codec::Zstd),
        pages("vectors", &vectors, &[vector_rows], Codec::None),
        pages("gzip", &repeated, &[repeated_rows], Codec::Gzip),
        pages("lz4", &flat, &[flat_rows], Codec::Lz4),
        pages("long texts", &long, std::slice::from_ref(&long_rows), Codec::Zstd),
        pages("long texts as they are", &long, &[long_rows], Codec::None),
    ]
}

/// Texts longer than what a view holds of them.
fn long_words(row: usize) -> V {
    match row % 5 {
        0 => V::Null,
        1 => text(&format!("text number {row} of some length, {}", "and more of it, ".repeat(row % 4))),
        2 => text(&"déjà été où ça, ".repeat(row % 7)),
        3 => text(&"Слово за словом, и так далее — ".repeat(row % 6)),
        _ => text("漢字漢字漢字漢字 😀"),
    }
}

fn choices(row: usize) -> V {
    let choice = |at: usize| V::Struct(vec![("content".to_owned(), long_words(row + at))]);
    if row.is_multiple_of(9) { V::Null } else { V::List((0..row % 4).map(choice).collect()) }
}

fn words(row: usize) -> V {
    match row % 4 {
        0 => V::Null,
        1 => text(&format!("text {row}")),
        2 => text("Grüße"),
        _ => text("漢字 😀"),
    }
}

fn nested_row(row: usize) -> Vec<V> {
    let numbers = V::List((0..row % 4).map(|n| V::Number(n as f64)).collect());
    let tags = V::List((0..row % 3).map(words).collect());
    let meta = V::Struct(vec![("a".into(), V::Number(row as f64)), ("b".into(), numbers)]);
    vec![if row == 3 { V::Null } else { tags }, meta]
}

/// Each of `chunks` is a slab, and a row group.
fn sample(
    name: &'static str,
    nodes: &[Node],
    chunks: &[Vec<Vec<V>>],
    compression: Codec,
    key_values: &[(&str, &str)],
) -> Sample {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    write(&path, nodes, chunks, compression, key_values, None);
    Sample { name, bytes: std::fs::read(&path).unwrap() }
}

fn write(
    path: &Path,
    nodes: &[Node],
    chunks: &[Vec<Vec<V>>],
    compression: Codec,
    key_values: &[(&str, &str)],
    page_rows: Option<usize>,
) {
    let row_group_rows = chunks.first().map(Vec::len);
    let options = WriteOptions { compression, row_group_rows, page_rows, ..WriteOptions::default() };
    let mut writer = CheckpointWriter::create(path, &options).unwrap();
    for rows in chunks {
        let mut slab = Slab::default();
        slab.plan(nodes);
        let column = |index: usize| rows.iter().map(|row| row[index].clone()).collect::<Vec<V>>();
        slab.rows(nodes, &(0..nodes.len()).map(column).collect::<Vec<_>>());
        writer.ingest(&slab.bytes).unwrap();
    }
    // The facade's business, and what makes a reader look for checksums.
    let version = if key_values.iter().any(|(key, _)| *key == KEY_REFS) { "2" } else { "1" };
    let version = [(KEY_VERSION, version)];
    let pairs: Vec<(String, String)> =
        version.iter().chain(key_values).map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    writer.finish(&pairs).unwrap();
}
