//! What a disk may hold after the power went: any choice of what was not flushed.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use super::model::{File, Inode, NameChange, State, apply, overwrite, parent};

/// Changes of names that no fsync made durable are tried in every combination up to so many; beyond, in order.
const COMBINED: usize = 6;

/// The contents that the file at `path` may have after a crash now (`None`: there may be no such file), and how many states of the disk
/// were looked at for that.
pub fn contents_after_crash(state: &State, path: &Path) -> (BTreeSet<Option<Vec<u8>>>, usize) {
    let mut contents = BTreeSet::new();
    let mut states = 0;
    for names in names_after_crash(state) {
        states += 1;
        match names.get(path) {
            // Without its folder there is no file either.
            Some(_) if !may_exist(state, path) => {
                contents.insert(None);
            }
            Some(inode) => {
                let bytes = bytes_after_crash(&state.files[*inode]);
                states += bytes.len() - 1;
                contents.extend(bytes.into_iter().map(Some));
                if !is_certain(state, path) {
                    contents.insert(None);
                }
            }
            None => {
                contents.insert(None);
            }
        }
    }
    (contents, states)
}

fn may_exist(state: &State, path: &Path) -> bool {
    let folder = parent(path);
    state.durable_folders.contains(&folder) || state.new_folders.contains(&folder)
}

/// Whether all folders on the way are durable.
pub fn is_certain(state: &State, path: &Path) -> bool {
    let mut folder: PathBuf = parent(path);
    loop {
        if !state.durable_folders.contains(&folder) {
            return false;
        }
        match folder.parent() {
            Some(above) => folder = above.to_owned(),
            None => return true,
        }
    }
}

/// The names that may be there after a crash now.
pub fn names_after_crash(state: &State) -> Vec<BTreeMap<PathBuf, Inode>> {
    let changes = &state.changes;
    let with = |chosen: &[&NameChange]| {
        let mut names = state.durable_names.clone();
        for change in chosen {
            apply(&mut names, change);
        }
        names
    };
    if changes.len() > COMBINED {
        return (0..=changes.len()).map(|count| with(&changes[..count].iter().collect::<Vec<_>>())).collect();
    }
    (0..1usize << changes.len())
        .map(|mask| {
            let chosen: Vec<_> = changes
                .iter()
                .enumerate()
                .filter(|(bit, _)| mask >> bit & 1 == 1)
                .map(|(_, change)| change)
                .collect();
            with(&chosen)
        })
        .collect()
}

/// What may be in a file: of what was written since the last fsync nothing, all, the first pieces, all but one, and any of these with a
/// piece that is torn.
fn bytes_after_crash(file: &File) -> BTreeSet<Vec<u8>> {
    let written = &file.written;
    let build = |pieces: &mut dyn Iterator<Item = (usize, Vec<u8>)>| {
        let mut bytes = file.durable.clone();
        for (at, piece) in pieces {
            overwrite(&mut bytes, at, &piece);
        }
        bytes
    };
    let mut contents = BTreeSet::from([file.durable.clone(), file.seen()]);
    for index in 0..written.len() {
        contents.insert(build(&mut written[..index].iter().cloned()));
        contents.insert(build(
            &mut written
                .iter()
                .enumerate()
                .filter(|(other, _)| *other != index)
                .map(|(_, piece)| piece.clone()),
        ));
        for torn in torn(&written[index].1) {
            let at = written[index].0;
            contents.insert(build(&mut written[..index].iter().cloned().chain([(at, torn.clone())])));
            contents.insert(build(
                &mut written
                    .iter()
                    .enumerate()
                    .map(|(other, piece)| if other == index { (at, torn.clone()) } else { piece.clone() }),
            ));
        }
    }
    contents
}

/// A piece of which only a part arrived: its first bytes, or its length with zeros where data should be.
fn torn(piece: &[u8]) -> Vec<Vec<u8>> {
    let mut torn = Vec::new();
    for kept in [0, 1, piece.len() / 3, piece.len() / 2, piece.len().saturating_sub(1)] {
        torn.push(piece[..kept.min(piece.len())].to_vec());
        let mut zeros = piece.to_vec();
        zeros[kept.min(piece.len())..].fill(0);
        torn.push(zeros);
    }
    torn
}
