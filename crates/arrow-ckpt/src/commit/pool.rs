//! The pool: hard links that keep the files alive that others refer to, whatever happens to their names. `.ckpt/pool/<id>.holder`.
//!
//! Whoever pins has the lock of the pool (`.ckpt/lock`), so that no sweep takes away what is just being pinned. Step 4a of
//! docs/RELIABILITY.md: after the temporary's bytes and before its rename, so that no name is ever durable without what it needs.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

use super::file_system::{Entry, FileId, FileSystem};
use super::temporary_name::temporary_name;
use super::{create_folder, sync_folder};

/// The folder of a directory of checkpoints that is arrow-ckpt's own.
pub(crate) const OWN_FOLDER: &str = ".ckpt";

fn pool_of(root: &Path) -> PathBuf {
    root.join(OWN_FOLDER).join("pool")
}

/// Where a file is kept for those that refer to it.
#[must_use]
pub fn holder_path(root: &Path, id: &str) -> PathBuf {
    pool_of(root).join(holder_name(id))
}

fn holder_name(id: &str) -> String {
    format!("{id}.holder")
}

/// What is removed from the pool waits here for a while: `<id>.<time>`.
pub(crate) fn trash_of(root: &Path) -> PathBuf {
    root.join(OWN_FOLDER).join("trash")
}

/// A file that must stay.
#[derive(Debug, Clone)]
pub struct Pin {
    /// Its `arrow-ckpt.id`.
    pub id: String,
    /// Where it was opened.
    pub path: PathBuf,
    /// Which file was opened there.
    pub file: FileId,
}

/// Makes each file durable under its name in the pool of `root`. An error leaves pins that nobody needs, which a sweep removes.
pub fn pin_all(files: &dyn FileSystem, root: &Path, pins: &[Pin]) -> Result<()> {
    if pins.is_empty() {
        return Ok(());
    }
    let pool = pool_of(root);
    create_folder(files, &pool)?;
    for pin in pins {
        place(files, root, pin)?;
    }
    sync_folder(files, &pool)
}

fn place(files: &dyn FileSystem, root: &Path, pin: &Pin) -> Result<()> {
    let target = holder_path(root, &pin.id);
    let is_it = |path: &Path| files.file_id(path).is_ok_and(|id| id == pin.file);
    if is_it(&target) {
        return Ok(());
    }
    let source = if is_it(&pin.path) { pin.path.clone() } else { trashed(files, root, pin, &is_it)? };
    // Whoever writes in place would change what others refer to.
    files.forbid_writing(&source)?;
    let temporary = target.with_file_name(temporary_name(&holder_name(&pin.id)));
    files.link(&source, &temporary)?;
    let placed = if is_it(&temporary) { files.rename(&temporary, &target) } else { Err(replaced(pin)) };
    if placed.is_err() {
        // Nothing can be done about a failure here.
        let _ = files.remove_file(&temporary);
    }
    placed
}

/// Where a sweep has just put it.
fn trashed(files: &dyn FileSystem, root: &Path, pin: &Pin, is_it: &dyn Fn(&Path) -> bool) -> Result<PathBuf> {
    let trash = trash_of(root);
    let names = match files.entry(&trash) {
        Ok(Entry::Folder) => files.names(&trash)?,
        _ => Vec::new(),
    };
    let of_pin = names.into_iter().filter(|name| name.starts_with(&format!("{}.", pin.id)));
    of_pin.map(|name| trash.join(name)).find(|path| is_it(path)).ok_or_else(|| replaced(pin))
}

fn replaced(pin: &Pin) -> Error {
    let message = format!("the file that was {} has been replaced or removed", pin.path.display());
    Error::new(ErrorKind::NotFound, message)
}
