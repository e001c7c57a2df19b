//! Where the files that a thin checkpoint refers to are found, and what becomes of it where they are not.

use std::fs;
use std::path::Path;

use arrow_ckpt::decode::{CheckpointFile, OpenOptions, ScanOptions};
use arrow_ckpt::{CkptError, ErrorCode};

use super::slab::{Kind, TEXT, node};
use super::support::{Dir, V, columns_of, described, only, open, read, read_open, text};
use super::thin_files::{Held, Thin, rows};

const ROWS: i64 = 20;

fn columns(word: &str) -> Vec<(super::slab::Node, Vec<V>)> {
    let texts = (0..ROWS).map(|row| text(&format!("{word} {row}"))).collect();
    vec![
        (node("id", Kind::Num), (0..ROWS).map(|row| V::Number(row as f64)).collect()),
        (node("text", TEXT), texts),
    ]
}

/// A thin checkpoint of a file that is linked into the pool, or is not.
fn made(dir: &Dir, linked: bool) -> (Held, Thin) {
    let make = if linked { Held::new } else { Held::unlinked };
    let held = make(dir, 'a', &columns("word"), 8, 3);
    let mut thin = Thin::of(&[&held]);
    thin.own(node("id", Kind::Num), held.values[0].clone());
    thin.refer("text", &rows(0..ROWS), &[(0, "text")]);
    (held, thin)
}

fn assert_reads(path: &Path, held: &Held) {
    assert_eq!(columns_of(&read(path, ScanOptions::default()).unwrap()), held.values);
}

/// The text cannot be read, and all else can.
fn missing(path: &Path) -> CkptError {
    let file = open(path).unwrap();
    let told = described(&file);
    assert_eq!(
        (&told["columns"][1]["name"], &told["columns"][1]["type"]),
        (&"text".into(), &"string".into())
    );
    assert_eq!(told["tree"][1]["kind"], "text");
    let columns = |column: usize| ScanOptions { columns: Some(only(&[column])), ..ScanOptions::default() };
    assert_eq!(read_open(&file, columns(0)).unwrap().len(), ROWS as usize);
    assert_eq!(
        read_open(&file, ScanOptions { columns: Some(Vec::new()), ..ScanOptions::default() }).unwrap().len(),
        ROWS as usize
    );
    let alone = read_open(&file, columns(1)).unwrap_err();
    let error = read_open(&file, ScanOptions::default()).unwrap_err();
    assert_eq!((alone.code, &alone.message), (error.code, &error.message));
    assert_eq!(error.column.as_deref(), Some("text"));
    error
}

fn assert_base(path: &Path) {
    let error = missing(path);
    assert_eq!(error.code, ErrorCode::Base, "{error}");
    assert_eq!(error.path.as_deref(), path.to_str());
    for part in [&"a".repeat(32), "step/a.parquet", "'text'", "`columns`", "materialize"] {
        assert!(error.message.contains(part), "{part}: {error}");
    }
}

#[test]
fn in_the_pool_whatever_became_of_the_name() {
    let dir = Dir::new();
    let (held, thin) = made(&dir, true);
    let path = thin.write(&dir, 6);
    fs::remove_file(&held.path).unwrap();
    assert_reads(&path, &held);
    super::thin_files::write(&held.path, &columns("other"), 8, 3, &[("arrow-ckpt.version", "1".to_owned())]);
    assert_reads(&path, &held);
}

#[test]
fn in_the_trash() {
    let dir = Dir::new();
    let (held, thin) = made(&dir, true);
    let path = thin.write(&dir, 6);
    fs::create_dir(dir.path(".ckpt/trash")).unwrap();
    fs::remove_file(&held.path).unwrap();
    fs::rename(held.pool(&dir), dir.path(&format!(".ckpt/trash/{}.17", held.id))).unwrap();
    fs::write(dir.path(&format!(".ckpt/trash/{}.16", held.id)), "no checkpoint").unwrap();
    assert_reads(&path, &held);
}

#[test]
fn where_it_was_with_the_own_folder_and_without() {
    let dir = Dir::new();
    let (held, thin) = made(&dir, false);
    let path = thin.write(&dir, 6);
    assert_reads(&path, &held);
    fs::create_dir(dir.path(".ckpt")).unwrap();
    assert_reads(&path, &held);
    // A nearer one is looked through first, and hides no other.
    fs::create_dir(dir.path("step/.ckpt")).unwrap();
    assert_reads(&path, &held);
    fs::remove_dir(dir.path("step/.ckpt")).unwrap();
    fs::rename(&held.path, dir.path("step/b.parquet")).unwrap();
    assert_base(&path);
}

#[test]
fn from_folders_below_up_to_eight() {
    let dir = Dir::new();
    let (held, thin) = made(&dir, true);
    fs::remove_file(&held.path).unwrap();
    let deep = thin.write_at(&dir.path("1/2/3/4/5/6/7/x.parquet"), 100);
    assert_reads(&deep, &held);
    assert_reads(&dir.path("1/2/../2/3/4/5/6/7/x.parquet"), &held);
    assert_base(&thin.write_at(&dir.path("1/2/3/4/5/6/7/8/x.parquet"), 100));
}

#[cfg(unix)]
#[test]
fn through_links_to_the_file_and_to_its_folder() {
    let (dir, elsewhere) = (Dir::new(), Dir::new());
    let (held, thin) = made(&dir, true);
    fs::remove_file(&held.path).unwrap();
    let path = thin.write(&dir, 6);
    std::os::unix::fs::symlink(&path, elsewhere.path("latest.parquet")).unwrap();
    std::os::unix::fs::symlink(path.parent().unwrap(), elsewhere.path("step")).unwrap();
    assert_reads(&elsewhere.path("latest.parquet"), &held);
    assert_reads(&elsewhere.path("step").join(path.file_name().unwrap()), &held);
}

#[test]
fn only_the_file_that_is_meant() {
    let changes: [(&str, serde_json::Value); 3] =
        [("id", "b".repeat(32).into()), ("bytes", 7.into()), ("footer", "00000000".into())];
    for (key, other) in changes {
        let dir = Dir::new();
        let (held, mut thin) = made(&dir, true);
        thin.holders[0][key] = other;
        let error = missing(&thin.write(&dir, 6));
        assert_eq!(error.code, ErrorCode::Base, "{key}: {error}");
        // Under another id nothing lies in the pool, but where it was.
        assert!(error.message.contains("is another file"), "{key}: {error}");
        drop(held);
    }
    let dir = Dir::new();
    let (held, thin) = made(&dir, true);
    let path = thin.write(&dir, 6);
    // The next place is tried.
    fs::remove_file(held.pool(&dir)).unwrap();
    for other in [&b"PAR1"[..], b"", &fs::read(&path).unwrap()] {
        fs::write(held.pool(&dir), other).unwrap();
        assert_reads(&path, &held);
    }
    fs::remove_file(held.pool(&dir)).unwrap();
    fs::create_dir(held.pool(&dir)).unwrap();
    assert_reads(&path, &held);
    fs::remove_file(&held.path).unwrap();
    assert_base(&path);
}

#[test]
fn none_is_looked_for_of_a_file_in_memory() {
    let dir = Dir::new();
    let (_, thin) = made(&dir, true);
    let path = thin.write(&dir, 6);
    let bytes = fs::read(&path).unwrap().into();
    let file = CheckpointFile::open_bytes(&path, bytes, &OpenOptions::default()).unwrap();
    assert!(file.is_thin());
    assert_eq!(read_open(&file, ScanOptions::default()).unwrap_err().code, ErrorCode::Base);
}

#[test]
fn a_file_that_is_open_keeps_all_that_it_refers_to() {
    let dir = Dir::new();
    let (held, thin) = made(&dir, true);
    let file = open(&thin.write(&dir, 6)).unwrap();
    fs::remove_file(&held.path).unwrap();
    fs::remove_dir_all(dir.path(".ckpt")).unwrap();
    assert_eq!(columns_of(&read_open(&file, ScanOptions::default()).unwrap()), held.values);
    assert!(file.work().bytes > 0);
}

/// The file that has the values has its own rows, and says so of itself.
#[test]
fn damage_of_the_other_file_names_it() {
    let dir = Dir::new();
    let (held, thin) = made(&dir, true);
    let path = thin.write(&dir, 6);
    let mut bytes = fs::read(&held.path).unwrap();
    let at = bytes.windows(7).position(|window| window == b"word 17").unwrap_or(300);
    bytes[at] ^= 1;
    fs::write(&held.path, bytes).unwrap();
    let error = missing(&path);
    assert_eq!(error.code, ErrorCode::Corrupt);
    assert_eq!(error.path.as_deref(), held.pool(&dir).to_str());
    assert!(error.message.contains(path.to_str().unwrap()), "{error}");
}
