//! Real checkpoints and files of other writers, which are no part of the project: the folder that `ARROW_CKPT_TEST_DATA` names, or
//! `../shared/data` beside it.

use std::io::Write;
use std::path::{Path, PathBuf};

/// The folder; none where it is absent.
pub fn folder() -> Option<PathBuf> {
    let named = std::env::var_os("ARROW_CKPT_TEST_DATA").map(PathBuf::from);
    let folder = named.unwrap_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"));
    folder.join("README.md").is_file().then_some(folder)
}

/// The folder; where it is absent, a line says that a test is left out. cargo's test harness has no skips: `npm test` counts these lines.
pub fn folder_or_skip(test: &str) -> Option<PathBuf> {
    let found = folder();
    if found.is_none() {
        let why = "no test data: neither ../shared/data beside the project nor the folder that ARROW_CKPT_TEST_DATA names";
        // Not eprintln!, which the harness keeps to itself in a test that passes.
        std::io::stderr().write_all(format!("skipped: {test}: {why}\n").as_bytes()).unwrap();
    }
    found
}
