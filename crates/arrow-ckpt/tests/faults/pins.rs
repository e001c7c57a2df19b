//! A thin file and what it needs: at every moment, whatever a crash takes, a name that leads to the new file has its holder in the pool.

use std::io::{ErrorKind, Result};
use std::path::{Path, PathBuf};

use arrow_ckpt::commit::{FileId, Pin, TempFile, pin_all};

use super::crash::{is_certain, names_after_crash};
use super::model::{Fault, Inode, Lie, Model, Operation};

const ID: &str = "00112233445566778899aabbccddeeff";
const THIN: &str = "/data/x.parquet";
const HOLDER: &str = "/data/.ckpt/pool/00112233445566778899aabbccddeeff.holder";
const NEW: &[u8] = b"the thin file";

/// Where the base is when the save begins, and what else is there.
const CASES: [(&str, &[&str]); 5] = [
    ("beside it", &["base.parquet", "x.parquet"]),
    ("the file that is replaced", &["x.parquet"]),
    ("in the pool already", &["base.parquet", ".ckpt/pool/00112233445566778899aabbccddeeff.holder"]),
    ("in the pool, and another file has its name", &[".ckpt/pool/00112233445566778899aabbccddeeff.holder"]),
    ("in the trash", &[".ckpt/trash/00112233445566778899aabbccddeeff.17"]),
];

/// All names of a case lead to one file, but for the old version of the thin file where the base lies beside it.
fn model_of(names: &[&str]) -> (Model, Inode) {
    let model = Model::new("/data", &[("first", b"the base"), ("second", b"the old file")]);
    let mut state = model.state();
    state.durable_names.clear();
    for name in names {
        let inode = usize::from(*name == "x.parquet" && names.len() > 1);
        let path = Path::new("/data").join(name);
        let mut folder = path.parent().unwrap().to_owned();
        state.durable_names.insert(path, inode);
        while state.durable_folders.insert(folder.clone()) {
            folder = folder.parent().unwrap().to_owned();
        }
    }
    drop(state);
    (model, 0)
}

fn save(model: &Model, base: Inode, names: &[&str]) -> Result<()> {
    let opened = PathBuf::from("/data").join(names[0]);
    let path = if names[0].starts_with(".ckpt") { PathBuf::from("/data/gone.parquet") } else { opened };
    let pins = [Pin { id: ID.to_owned(), path, file: FileId(0, base as u64) }];
    let mut temp = TempFile::create_in(std::sync::Arc::new(model.clone()), Path::new(THIN))
        .map_err(|error| other(&error))?;
    temp.write_all(NEW).map_err(|error| other(&error))?;
    pin_all(model, Path::new("/data"), &pins)?;
    temp.commit().map_err(|error| other(&error))
}

fn other(error: &arrow_ckpt::CkptError) -> std::io::Error {
    std::io::Error::other(error.to_string())
}

/// What is wrong with what a crash now may leave, and how many states were looked at.
fn violation(model: &Model, base: Inode) -> (Option<String>, usize) {
    let state = model.state();
    let all = names_after_crash(&state);
    let count = all.len();
    let lost = all.into_iter().find(|names| {
        let thin = names.get(Path::new(THIN)).is_some_and(|inode| state.files[*inode].seen() == NEW);
        thin && (names.get(Path::new(HOLDER)) != Some(&base) || !is_certain(&state, Path::new(HOLDER)))
    });
    (lost.map(|names| format!("a thin file without its holder: {names:?}")), count)
}

#[test]
fn every_operation_times_every_fault_keeps_the_holders_of_what_is_there() {
    let (mut runs, mut states, mut seen) = (0, 0, std::collections::BTreeSet::new());
    for (name, names) in CASES {
        let (model, base) = model_of(names);
        save(&model, base, names).unwrap();
        let operations = model.state().operations.clone();
        seen.extend(operations.iter().copied());
        for (index, operation) in operations.iter().enumerate() {
            for fault in [
                Fault::Crash,
                Fault::Fails(ErrorKind::StorageFull),
                Fault::Fails(ErrorKind::PermissionDenied),
                Fault::Fails(ErrorKind::TooManyLinks),
                Fault::Fails(ErrorKind::CrossesDevices),
                Fault::Fails(ErrorKind::Other),
            ] {
                for second in [None, Some(index + 1), Some(index + 2), Some(index + 3)] {
                    let faults: Vec<_> =
                        [(index, fault)].into_iter().chain(second.map(|at| (at, Fault::Crash))).collect();
                    let (model, base) = model_of(names);
                    let model = model.with_faults(&faults);
                    let saved = save(&model, base, names);
                    let (violation, count) = violation(&model, base);
                    (runs, states) = (runs + 1, states + count);
                    assert!(
                        violation.is_none(),
                        "{name}, {faults:?} at {operation:?}: {violation:?}, {saved:?}"
                    );
                }
            }
        }
    }
    println!("faults of pins: {runs} runs, {states} states after a crash, none without its holder");
    for operation in [Operation::Link, Operation::ForbidWriting, Operation::List, Operation::SyncFolder] {
        assert!(seen.contains(&operation), "no save comes by {operation:?}");
    }
}

/// A pool whose names are not flushed is found out: the check above can fail.
#[test]
fn the_check_finds_a_pool_that_is_not_flushed() {
    let (model, base) = model_of(CASES[0].1);
    let model = model.with_lie(Lie::SyncFolder);
    save(&model, base, CASES[0].1).unwrap();
    assert!(violation(&model, base).0.is_some());
}

/// What lies under the base's name is another file now: nothing is pinned, and the save is told.
#[test]
fn another_file_under_the_name_is_not_pinned() {
    let (model, base) = model_of(&["base.parquet", "x.parquet"]);
    let pins = [Pin { id: ID.to_owned(), path: THIN.into(), file: FileId(0, base as u64) }];
    assert_eq!(pin_all(&model, Path::new("/data"), &pins).unwrap_err().kind(), ErrorKind::NotFound);
    assert!(!model.state().names().contains_key(Path::new(HOLDER)));
}
