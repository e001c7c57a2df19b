//! The files that have values of a thin checkpoint: where they are found, and whether they are those that were meant.
//!
//! From the checkpoint's folder upwards, in each that has `.ckpt`: `.ckpt/pool/<id>.holder`, `.ckpt/trash/<id>.*`, then the place where
//! the file was when it was referred to. Where there is no `.ckpt` any more, that place is looked for from each of these folders. What lies
//! there must have the id, the length, and the footer's checksum that the checkpoint tells.

use std::collections::BTreeSet;
use std::path::{Component, Path, PathBuf};
use std::sync::Arc;

use super::faults::corrupt;
use super::file::CheckpointFile;
use super::options::OpenOptions;
use super::references::Named;
use crate::commit::{OWN_FOLDER, holder_path, trash_of};
use crate::error::{CkptError, ErrorCode, Result};
use crate::format::{KEY_FOOTER_CRC, KEY_ID};

/// So many folders, the checkpoint's own first, may be the one that has it.
const MAX_FOLDERS: usize = 8;
/// Files of one id in the trash that are looked at.
const MAX_TRASHED: usize = 16;

/// One of these files, or why it cannot be read.
pub(super) struct Holder {
    pub named: Named,
    pub file: Result<Arc<CheckpointFile>>,
}

impl Holder {
    /// Looks for the holders of the checkpoint at `path`; none are looked for where it is in memory.
    pub fn open_all(named: &[Named], path: Option<&Path>, options: &OpenOptions) -> Vec<Arc<Self>> {
        let folders = path.map(folders).unwrap_or_default();
        let open = |named: &Named| {
            let file = find(named, &folders, options);
            Arc::new(Self { named: named.clone(), file })
        };
        named.iter().map(open).collect()
    }

    pub fn is_missing(&self) -> bool {
        self.file.as_ref().is_err_and(|error| error.code == ErrorCode::Base)
    }

    /// The open file, or what to tell who wants a column of it.
    pub fn file(&self, column: &str) -> Result<&Arc<CheckpointFile>> {
        self.file.as_ref().map_err(|error| {
            let Named { id, hint, .. } = &self.named;
            let was = if hint.is_empty() { String::new() } else { format!(", last seen as {hint}") };
            let what = &error.message;
            let what = match error.code {
                ErrorCode::Base => format!(
                    "{what}; read the other columns with `columns`, or copy the whole directory with its .ckpt, or materialize the checkpoint where its directory is"
                ),
                _ => what.clone(),
            };
            let message = format!("column '{column}' has values in another file (id {id}{was}): {what}");
            CkptError { message, ..error.clone() }.in_column(column)
        })
    }
}

/// The file's folder and those above it, by their names and then where links lead: those that have `.ckpt`, or all if none has.
fn folders(path: &Path) -> Vec<PathBuf> {
    let mut all = above(path);
    for folder in std::fs::canonicalize(path).map(|real| above(&real)).unwrap_or_default() {
        if !all.contains(&folder) {
            all.push(folder);
        }
    }
    let own: Vec<PathBuf> = all.iter().filter(|folder| folder.join(OWN_FOLDER).is_dir()).cloned().collect();
    if own.is_empty() { all } else { own }
}

fn above(path: &Path) -> Vec<PathBuf> {
    let Ok(absolute) = std::path::absolute(path) else { return Vec::new() };
    let mut plain = PathBuf::new();
    for part in absolute.components() {
        match part {
            Component::ParentDir => drop(plain.pop()),
            Component::CurDir => {}
            part => plain.push(part),
        }
    }
    plain.ancestors().skip(1).take(MAX_FOLDERS).map(Path::to_owned).collect()
}

fn find(named: &Named, folders: &[PathBuf], options: &OpenOptions) -> Result<Arc<CheckpointFile>> {
    let mut others = BTreeSet::new();
    let mut trouble = None;
    for place in folders.iter().flat_map(|folder| places(folder, named)) {
        match CheckpointFile::open_stored(&place, options) {
            Ok(file) => match difference(&file, named) {
                None => return check_rows(&file, named).map(|()| file).map_err(|error| error.at(&place)),
                Some(other) => drop(others.replace(format!("{} has another {other}", place.display()))),
            },
            Err(error) => match error.code {
                ErrorCode::NotFound => {}
                // It may well be the right one: who may read it, or has memory or files left, has it.
                ErrorCode::Permission | ErrorCode::Io | ErrorCode::Limit => {
                    trouble.get_or_insert(error);
                }
                _ => drop(others.replace(format!("{}: {}", place.display(), error.message))),
            },
        }
    }
    if let Some(error) = trouble {
        return Err(error);
    }
    let others: Vec<String> = others.into_iter().collect();
    let message = match &others[..] {
        [] => "it is missing".to_owned(),
        others => format!("it is missing; what is there is another file ({})", others.join("; ")),
    };
    Err(CkptError::new(ErrorCode::Base, message))
}

fn places(folder: &Path, named: &Named) -> Vec<PathBuf> {
    let Named { id, hint, .. } = named;
    let mut places = vec![holder_path(folder, id)];
    let trashed = std::fs::read_dir(trash_of(folder)).into_iter().flatten().flatten();
    let prefix = format!("{id}.");
    let of_id = trashed.filter(|entry| entry.file_name().to_string_lossy().starts_with(&prefix));
    let mut of_id: Vec<PathBuf> = of_id.take(MAX_TRASHED).map(|entry| entry.path()).collect();
    of_id.sort();
    places.append(&mut of_id);
    if !hint.is_empty() {
        places.push(folder.join(hint));
    }
    // It may have come there from the trash meanwhile.
    places.push(places[0].clone());
    places
}

/// In what a file is not the one that is meant.
fn difference(file: &CheckpointFile, named: &Named) -> Option<&'static str> {
    if !file.ours || file.key_value(KEY_ID) != Some(&named.id) {
        return Some("id");
    }
    if file.bytes() != named.bytes {
        return Some("length");
    }
    (file.key_value(KEY_FOOTER_CRC) != Some(&named.footer)).then_some("footer")
}

fn check_rows(file: &CheckpointFile, named: &Named) -> Result<()> {
    if file.rows() == named.rows {
        return Ok(());
    }
    let message =
        format!("it has {} rows, and a checkpoint that refers to it says {}", file.rows(), named.rows);
    Err(corrupt(&message))
}
