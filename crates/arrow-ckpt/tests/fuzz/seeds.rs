//! What is damaged: small checkpoints of every kind, and the small files of apache/parquet-testing where they lie beside the project.

use std::path::Path;

use super::samples::{samples, thin};
use super::test_data;

/// Larger files make each try slow and no truer.
const MAX_BYTES: u64 = 8 << 10;

/// Whole checkpoints of ours.
pub fn ours() -> Vec<Vec<u8>> {
    samples().into_iter().chain([thin()]).map(|sample| sample.bytes).collect()
}

/// Ours and others', and how many there are of each.
pub fn all() -> (Vec<Vec<u8>>, usize, usize) {
    let mut seeds = ours();
    let own = seeds.len();
    if let Some(folder) = test_data::folder() {
        collect(&folder.join("parquet-testing"), &mut seeds);
    }
    let others = seeds.len() - own;
    (seeds, own, others)
}

fn collect(folder: &Path, seeds: &mut Vec<Vec<u8>>) {
    let Ok(entries) = std::fs::read_dir(folder) else { return };
    let mut paths: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    paths.sort();
    for path in paths {
        if path.is_dir() {
            collect(&path, seeds);
        } else if path.extension().is_some_and(|extension| extension == "parquet")
            && path.metadata().is_ok_and(|file| (16..=MAX_BYTES).contains(&file.len()))
        {
            seeds.push(std::fs::read(path).unwrap());
        }
    }
}
