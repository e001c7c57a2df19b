//! The pool: hard links that keep the files alive that others refer to, whatever happens to their names. `.ckpt/pool/<id>.holder`.
//!
//! Whoever pins has the lock of the pool (`.ckpt/lock`), so that no sweep takes away what is just being pinned. Step 4a of
//! docs/RELIABILITY.md: after the temporary's bytes and before its rename, so that no name is ever durable without what it needs.

use std::io::{Error, ErrorKind, Result};
use std::path::{Path, PathBuf};

use super::file_system::{Entry, FileId, FileSystem};
use super::temporary_name::temporary_name;
use super::{create_folder, sync_folder};

/// What is removed waits here for a while: `<id>.<time>`.
const TRASH: &str = "trash";

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
    let pool = root.join(".ckpt").join("pool");
    create_folder(files, &pool)?;
    for pin in pins {
        place(files, &pool, pin)?;
    }
    sync_folder(files, &pool)
}

fn place(files: &dyn FileSystem, pool: &Path, pin: &Pin) -> Result<()> {
    let name = format!("{}.holder", pin.id);
    let target = pool.join(&name);
    let is_it = |path: &Path| files.file_id(path).is_ok_and(|id| id == pin.file);
    if is_it(&target) {
        return Ok(());
    }
    let source = if is_it(&pin.path) { pin.path.clone() } else { trashed(files, pool, pin, &is_it)? };
    // Whoever writes in place would change what others refer to.
    files.forbid_writing(&source)?;
    let temporary = pool.join(temporary_name(&name));
    files.link(&source, &temporary)?;
    let placed = if is_it(&temporary) { files.rename(&temporary, &target) } else { Err(replaced(pin)) };
    if placed.is_err() {
        // Nothing can be done about a failure here.
        let _ = files.remove_file(&temporary);
    }
    placed
}

/// Where a sweep has just put it.
fn trashed(files: &dyn FileSystem, pool: &Path, pin: &Pin, is_it: &dyn Fn(&Path) -> bool) -> Result<PathBuf> {
    let trash = pool.with_file_name(TRASH);
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
