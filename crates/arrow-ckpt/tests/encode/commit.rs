//! The commit protocol on a real folder: what is there before, during and after.

use std::fs;
use std::path::Path;

use arrow_ckpt::ErrorCode;
use arrow_ckpt::commit::TempFile;

use super::support::Dir;

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    names
}

#[test]
fn the_old_file_stands_until_the_commit() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let folder = path.parent().unwrap();
    fs::write(&path, "old").unwrap();
    let mut temp = TempFile::create(&path).unwrap();
    temp.write_all(b"ne").unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"old");
    let during = names(folder);
    assert_eq!(during.len(), 2);
    assert!(during[0].starts_with(".x.parquet."), "{during:?}");
    temp.write_all(b"w").unwrap();
    temp.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
    assert_eq!(names(folder), ["x.parquet"]);
}

#[test]
fn given_up_it_leaves_nothing() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    fs::write(&path, "old").unwrap();
    let mut temp = TempFile::create(&path).unwrap();
    temp.write_all(b"new").unwrap();
    drop(temp);
    assert_eq!(names(path.parent().unwrap()), ["x.parquet"]);
    assert_eq!(fs::read(&path).unwrap(), b"old");
}

#[test]
fn two_writers_of_one_name_do_not_meet() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let mut one = TempFile::create(&path).unwrap();
    let mut two = TempFile::create(&path).unwrap();
    one.write_all(b"one").unwrap();
    two.write_all(b"two").unwrap();
    two.commit().unwrap();
    one.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"one");
    assert_eq!(names(path.parent().unwrap()), ["x.parquet"]);
}

#[test]
fn missing_folders_are_made() {
    let dir = Dir::new();
    let path = dir.path("a/b/x.parquet");
    let mut temp = TempFile::create(&path).unwrap();
    temp.write_all(b"new").unwrap();
    temp.commit().unwrap();
    assert_eq!(fs::read(&path).unwrap(), b"new");
}

#[test]
fn names_as_long_as_a_file_system_allows() {
    let dir = Dir::new();
    for name in ["x".repeat(255), "ü".repeat(127)] {
        let path = dir.path(&name);
        let temp = TempFile::create(&path).unwrap();
        temp.commit().unwrap();
        assert!(path.exists());
    }
}

#[test]
fn where_no_file_can_be() {
    let dir = Dir::new();
    fs::create_dir(dir.path("folder")).unwrap();
    fs::write(dir.path("file"), "").unwrap();
    let code = |path: &Path| {
        let error = TempFile::create(path).unwrap_err();
        assert_eq!(error.path.as_deref(), path.to_str());
        error.code
    };
    assert_eq!(code(&dir.path("folder")), ErrorCode::NotAFile);
    assert_eq!(code(&dir.path("file/x")), ErrorCode::NotAFile);
    assert_eq!(code(&dir.path("folder/..")), ErrorCode::NotAFile);
    assert_eq!(names(dir.path("x").parent().unwrap()), ["file", "folder"]);
}

/// The folder goes away, or its name is taken by a folder, between the start and the commit: an error, and no temporary left.
#[test]
fn a_commit_that_fails_leaves_nothing() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let temp = TempFile::create(&path).unwrap();
    fs::create_dir(&path).unwrap();
    assert!(temp.commit().is_err());
    assert_eq!(names(path.parent().unwrap()), ["x.parquet"]);

    let path = dir.path("folder/x.parquet");
    let temp = TempFile::create(&path).unwrap();
    fs::remove_dir_all(dir.path("folder")).unwrap();
    assert_eq!(temp.commit().unwrap_err().code, ErrorCode::NotFound);
}

/// No path can be so long that it takes the process with it.
#[test]
fn a_path_without_end() {
    let dir = Dir::new();
    for path in [
        dir.path(&"a/".repeat(100_000)),
        dir.path(&"../".repeat(100_000)),
        Path::new("/").join("x/".repeat(100_000)),
    ] {
        let error = TempFile::create(&path.join("x.parquet")).unwrap_err();
        assert_eq!(error.code, ErrorCode::Io, "{}", error.message.len());
    }
    assert_eq!(names(dir.path("x").parent().unwrap()).len(), 0);
}
