//! Every operation of a save on the file system, times everything that can go wrong at it: afterwards the old checkpoint or the new one is
//! there and loads, whatever a crash at that moment or later takes of what was not flushed.
#![allow(clippy::unwrap_used, clippy::print_stdout)] // tests, and the counts are for people

mod crash;
mod model;
mod pins;
mod saves;
#[path = "../encode/slab.rs"]
#[allow(dead_code)] // the tests of the writing half use the rest
mod slab;
#[path = "../decode/support.rs"]
#[allow(dead_code)] // the tests of the reading half use the rest
mod support;

use std::collections::{BTreeMap, BTreeSet};
use std::io::ErrorKind;
use std::path::Path;

use arrow_ckpt::{CkptError, ErrorCode};

use crash::contents_after_crash;
use model::{Fault, Lie, Model, Operation};
use saves::{FOLDER, Save, load, old_file, saves};

const FAULTS: [(Fault, Option<ErrorCode>); 9] = [
    (Fault::Crash, None),
    (Fault::Fails(ErrorKind::StorageFull), Some(ErrorCode::NoSpace)),
    (Fault::Fails(ErrorKind::QuotaExceeded), Some(ErrorCode::NoSpace)),
    (Fault::Fails(ErrorKind::ReadOnlyFilesystem), Some(ErrorCode::ReadOnly)),
    (Fault::Fails(ErrorKind::PermissionDenied), Some(ErrorCode::Permission)),
    // EIO has no kind of its own that is stable.
    (Fault::Fails(ErrorKind::Other), Some(ErrorCode::Io)),
    (Fault::Fails(ErrorKind::Interrupted), Some(ErrorCode::Io)),
    (Fault::Short, None),
    (Fault::ShortThenFails(ErrorKind::StorageFull), Some(ErrorCode::NoSpace)),
];

#[derive(Default)]
struct Counts {
    operations: usize,
    runs: usize,
    states: usize,
    by_operation: BTreeMap<Operation, usize>,
}

/// The files that a save may leave, by their bytes.
struct Expected<'a> {
    save: &'a Save,
    old: Option<Vec<u8>>,
    new: Vec<u8>,
}

impl Expected<'_> {
    fn fresh(&self) -> Model {
        match &self.old {
            Some(bytes) => Model::new(FOLDER, &[("x.parquet", bytes)]),
            None => Model::new(FOLDER, &[]),
        }
    }

    /// What is wrong with what a crash now may leave; `durable`: the save has said that it is done.
    fn violation(&self, model: &Model, durable: bool, counts: &mut Counts) -> Option<String> {
        let (contents, states) = contents_after_crash(&model.state(), Path::new(self.save.path));
        counts.states += states;
        let allowed: BTreeSet<Option<&[u8]>> = if durable {
            BTreeSet::from([Some(&*self.new)])
        } else {
            BTreeSet::from([self.old.as_deref(), Some(&*self.new)])
        };
        let other = contents.into_iter().find(|bytes| !allowed.contains(&bytes.as_deref()));
        other.map(|bytes| match bytes {
            None => "no file".to_owned(),
            Some(bytes) if self.old.as_ref() == Some(&bytes) => "the old file after success".to_owned(),
            Some(bytes) => format!("{} bytes that are neither", bytes.len()),
        })
    }
}

/// Runs a save with these faults. Its result is checked against what it left, without a crash and with one.
fn attempt(
    expected: &Expected,
    faults: &[(usize, Fault)],
    counts: &mut Counts,
) -> (Model, Result<(), CkptError>) {
    let model = expected.fresh().with_faults(faults);
    let saved = expected.save.run(&model);
    counts.runs += 1;
    let what = format!("{}, {faults:?}", expected.save.name);
    if let Some(violation) = expected.violation(&model, saved.is_ok(), counts) {
        panic!("{what}: {violation}, after {saved:?}");
    }
    (model, saved)
}

/// What a reader finds of a save that failed: the old file (or the new one, if only the folder's own fsync failed), and no temporary.
fn assert_tidy(expected: &Expected, model: &Model, fault: Fault, at: Operation, error: &CkptError) {
    let state = model.state();
    let what = format!("{}, {fault:?} at {at:?}: {error:?}", expected.save.name);
    assert_eq!(error.path.as_deref(), Some(expected.save.path), "{what}");
    let names = state.names();
    let left: Vec<_> = names.keys().filter(|name| *name != Path::new(expected.save.path)).collect();
    assert!(left.is_empty(), "{what}: {left:?}");
    let bytes = names.get(Path::new(expected.save.path)).map(|inode| state.files[*inode].seen());
    let renamed = at == Operation::SyncFolder && bytes.as_ref() == Some(&expected.new);
    assert!(renamed || bytes == expected.old, "{what}: another file is there");
}

/// Expects of each save: as a replacement of an old file, and where there is none.
fn each_case(body: &mut dyn FnMut(&Expected)) {
    let old = old_file();
    for save in &saves() {
        let model = Model::new(FOLDER, &[]);
        save.run(&model).unwrap();
        let state = model.state();
        let new = state.files[state.names()[Path::new(save.path)]].seen();
        assert_eq!(load(&new).len(), save.chunks.iter().map(Vec::len).sum::<usize>());
        body(&Expected { save, old: None, new: new.clone() });
        if save.path == "/data/x.parquet" {
            body(&Expected { save, old: Some(old.clone()), new });
        }
    }
}

#[test]
fn every_operation_times_every_fault() {
    let mut counts = Counts::default();
    each_case(&mut |expected| {
        let (model, saved) = attempt(expected, &[], &mut counts);
        saved.unwrap();
        let operations = model.state().operations.clone();
        counts.operations += operations.len();
        for (index, operation) in operations.iter().enumerate() {
            for (fault, code) in FAULTS {
                *counts.by_operation.entry(*operation).or_default() += 1;
                let (model, saved) = attempt(expected, &[(index, fault)], &mut counts);
                let reached = model.state().operations.get(index) == Some(operation);
                assert!(reached, "the same operations in each run");
                match (saved, code) {
                    // A look that fails tells nothing: what follows does.
                    (Ok(()), _) if *operation == Operation::Look => {}
                    (Ok(()), Some(_)) => {
                        let retried = matches!(fault, Fault::Fails(ErrorKind::Interrupted))
                            && *operation == Operation::Write;
                        let only_short =
                            matches!(fault, Fault::ShortThenFails(_)) && *operation != Operation::Write;
                        assert!(retried || only_short, "{fault:?} at {operation:?} was not noticed");
                    }
                    (Err(error), _) if fault != Fault::Crash => {
                        assert_eq!(Some(error.code), code, "{fault:?} at {operation:?}: {error}");
                        assert_tidy(expected, &model, fault, *operation, &error);
                    }
                    (Ok(()), None) | (Err(_), _) => {}
                }
            }
        }
    });
    println!(
        "faults of the core: {} operations of {} saves x {} faults = {} runs, {} states after a crash, all old or new",
        counts.operations,
        saves().len() * 2 - 1,
        FAULTS.len(),
        counts.runs,
        counts.states
    );
    for operation in [
        Operation::Look,
        Operation::CreateFolder,
        Operation::CreateFile,
        Operation::Write,
        Operation::ReadBack,
        Operation::SyncFile,
        Operation::Rename,
        Operation::SyncFolder,
    ] {
        assert!(counts.by_operation.contains_key(&operation), "no save comes by {operation:?}");
    }
}

/// A failure, and then the power goes while it is dealt with: also where the temporary cannot be removed.
#[test]
fn every_pair_of_a_failure_and_a_later_fault() {
    let mut counts = Counts::default();
    each_case(&mut |expected| {
        let (model, _) = attempt(expected, &[], &mut counts);
        let operations = model.state().operations.len();
        for first in 0..operations {
            for (fault, _) in FAULTS.into_iter().skip(1) {
                for second in first + 1..first + 6 {
                    for later in [Fault::Crash, Fault::Fails(ErrorKind::Other)] {
                        let _ = attempt(expected, &[(first, fault), (second, later)], &mut counts);
                    }
                }
            }
        }
    });
    println!(
        "pairs of faults of the core: {} runs, {} states after a crash, all old or new",
        counts.runs, counts.states
    );
    assert!(counts.runs > 4_000);
}

/// File systems that break what the protocol builds on are found out: the checks above can fail.
#[test]
fn the_checks_find_a_protocol_that_does_not_flush() {
    for (lie, symptom) in [
        (Lie::SyncFile, "that are neither"),
        (Lie::SyncFolder, "the old file after success"),
        (Lie::RenameByCopy, "that are neither"),
    ] {
        let old = old_file();
        let save = &saves()[0];
        let model = Model::new(FOLDER, &[]);
        save.run(&model).unwrap();
        let new = { model.state().files.iter().map(model::File::seen).max_by_key(Vec::len).unwrap() };
        let expected = Expected { save, old: Some(old), new };
        let model = expected.fresh().with_lie(lie);
        let saved = save.run(&model);
        let violation = expected.violation(&model, saved.is_ok(), &mut Counts::default());
        assert!(violation.as_ref().is_some_and(|found| found.contains(symptom)), "{lie:?}: {violation:?}");
    }
}
