//! `auto` leaves out zstd's search where that costs few bytes: what is chosen shows in the bytes of the chunks.

use std::path::Path;

use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{Codec, WriteOptions};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::slab::{Kind, TEXT, node};
use super::support::{Dir, V, columns_of, read, text};
use super::types::write;

const ROWS: usize = 1500;

struct Random(u64);

impl Random {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % bound
    }

    /// Of sequences: what repeats is short and there by chance.
    fn letters(&mut self, count: usize) -> String {
        (0..count).map(|_| char::from(b"acgtny"[self.below(6)])).collect()
    }

    fn prose(&mut self, words: usize) -> String {
        const WORDS: [&str; 12] = [
            "checkpoint ",
            "rows ",
            "of ",
            "pipeline ",
            "the ",
            "answers ",
            "model ",
            "in ",
            "written ",
            "several ",
            "once ",
            "because ",
        ];
        (0..words).map(|_| WORDS[self.below(WORDS.len())]).collect()
    }
}

fn texts(make: impl FnMut(usize) -> String) -> Vec<V> {
    (0..ROWS).map(make).map(|value| text(&value)).collect()
}

/// Bytes of the only chunk, after what is in it was compared.
fn chunk_bytes(path: &Path, rows: &[V], options: &WriteOptions) -> f64 {
    write(path, &[(&[node("t", TEXT)], &[rows.to_vec()])], options);
    assert_eq!(columns_of(&read(path, ScanOptions::default()).unwrap())[0], rows);
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    assert_eq!(reader.num_row_groups(), 1);
    let chunk = reader.metadata().row_group(0).column(0);
    assert!(matches!(chunk.compression(), parquet::basic::Compression::ZSTD(_)));
    chunk.compressed_size() as f64
}

fn with(compression: Codec) -> WriteOptions {
    WriteOptions { compression, ..WriteOptions::default() }
}

/// How many times the bytes of `zstd` those of `auto` are.
fn growth(rows: &[V]) -> f64 {
    let dir = Dir::new();
    let [auto, zstd] = [Codec::Auto, Codec::Zstd]
        .map(|codec| chunk_bytes(&dir.path(&format!("{codec:?}.parquet")), rows, &with(codec)));
    auto / zstd
}

#[test]
fn letters_without_long_repeats_are_not_searched() {
    let mut random = Random(1);
    let growth = growth(&texts(|_| random.letters(600)));
    assert!((growth - 1.0).abs() > f64::EPSILON && growth < 1.125, "{growth}");
}

#[test]
fn prose_is_searched() {
    let mut random = Random(2);
    let growth = growth(&texts(|_| random.prose(150)));
    assert!((growth - 1.0).abs() < f64::EPSILON, "{growth}");
}

/// The sample ends before the first repeat.
#[test]
fn repeats_that_the_sample_misses_are_found() {
    let whole = Random(3).letters(100_000);
    let growth = growth(&texts(|row| {
        let start = row * 607 % 99_400;
        whole[start..start + 600].to_owned()
    }));
    assert!((growth - 1.0).abs() < f64::EPSILON, "{growth}");
}

#[test]
fn small_leaves_are_searched() {
    let mut random = Random(4);
    let growth = growth(&texts(|_| random.letters(150)));
    assert!((growth - 1.0).abs() < f64::EPSILON, "{growth}");
}

#[test]
fn small_searches_all() {
    let mut random = Random(5);
    let rows = texts(|_| random.letters(600));
    let dir = Dir::new();
    let level = WriteOptions { compression_level: Some(9), ..with(Codec::Zstd) };
    let small = chunk_bytes(&dir.path("small.parquet"), &rows, &with(Codec::Small));
    assert!((small - chunk_bytes(&dir.path("zstd.parquet"), &rows, &level)).abs() < f64::EPSILON);
}

/// One context of zstd packs the pages of both columns in turn.
#[test]
fn the_same_rows_give_the_same_file_with_any_threads() {
    let mut random = Random(6);
    let columns = [
        texts(|_| random.letters(600)),
        texts(|row| format!("{} {row}", "a text that repeats ".repeat(40))),
        (0..ROWS).map(|row| V::Bytes(row.to_le_bytes().repeat(100))).collect(),
    ];
    let nodes = [node("t", TEXT), node("repeats", TEXT), node("raw", Kind::Bytes)];
    let dir = Dir::new();
    let files = [1, 4].map(|threads| {
        let path = dir.path(&format!("{threads}.parquet"));
        write(&path, &[(&nodes, &columns)], &WriteOptions { threads: Some(threads), ..with(Codec::Auto) });
        assert_eq!(columns_of(&read(&path, ScanOptions::default()).unwrap()), columns);
        std::fs::read(path).unwrap()
    });
    assert!(files[0] == files[1]);
}
