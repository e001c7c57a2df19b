//! A save of a thin file: `crates/arrow-ckpt/src/share/candidate.rs`, `encode/writer.rs`, `commit/pool.rs`; `native-save.ts`.

use super::roles::{Rules, end, release};
use super::world::{At, NONE, Process, World, first, has, with, without};

/// What a saver saves.
#[derive(Debug, Clone, Copy)]
pub struct Saver {
    /// The name of its base.
    pub base: u8,
    pub target: u8,
    /// The file that it makes.
    pub file: u8,
}

/// In the trash no name has this time: the source is the name of the base.
const BY_NAME: u8 = 7;

pub fn saver(world: &mut World, me: usize, Saver { base, target, file }: Saver, rules: Rules) {
    let mut process = world.processes[me];
    match process.at {
        // `TempFile::create`, then `Candidates::open`: the base.
        At::Start => {
            world.temporaries = with(world.temporaries, me as u8);
            process.file = world.named(base).unwrap_or(NONE);
            process.at = if world.named(base).is_some() { At::OpenHolders } else { At::Write };
        }
        // `Candidates::open`: what the base refers to, in the pool.
        At::OpenHolders => {
            process.ids = with(world.refs(process.file) & world.pool, process.file);
            process.at = At::Write;
        }
        // `CheckpointWriter::settle`.
        At::Write => {
            process.left = process.ids;
            if !rules.looks {
                // A saver that takes what it has seen in the pool for pinned.
                process.left &= !world.pool;
            }
            process.at = if process.left == 0 { At::Rename } else { At::Lock };
        }
        // `pool::place`: is it in the pool?
        At::LookInPool => {
            let id = first(process.left);
            if has(world.pool, id) { placed(&mut process) } else { process.at = At::FindSource }
        }
        // `pool::place`: is it under the name where it was opened? Else `pool::trashed`. A save has opened its base by the base's name, and
        // what that refers to in the pool.
        At::FindSource => {
            let id = first(process.left);
            let trashed = world.trashed(id);
            process.at = At::Link;
            if world.named(base) == Some(id) && process.file == id {
                process.turn = BY_NAME;
            } else if trashed != 0 {
                process.turn = first(trashed);
            } else {
                whole(&mut process);
            }
        }
        // `pool::place`: the link, of what is there now.
        At::Link => {
            let id = first(process.left);
            let linked = if process.turn == BY_NAME {
                world.named(base)
            } else {
                Some(id).filter(|id| has(world.trashed(*id), process.turn))
            };
            match linked {
                // `pool::place`: is it the file that was opened?
                Some(linked) if linked == id => process.at = At::Place,
                _ => whole(&mut process),
            }
        }
        // `pool::place`: the rename of the link.
        At::Place => {
            world.pool = with(world.pool, first(process.left));
            placed(&mut process);
        }
        // `TempFile::commit`.
        At::Rename => {
            world.refs[usize::from(file)] = process.ids;
            world.names[usize::from(target)] = file;
            world.temporaries = without(world.temporaries, me as u8);
            let then = if world.lock == me as u8 { At::Release } else { At::Done };
            return end(world, me, then);
        }
        // `NativeSave.#commitThin`.
        At::Release => return release(world, me),
        _ => unreachable!("no step of a saver"),
    }
    world.processes[me] = process;
}

/// The next file.
fn placed(process: &mut Process) {
    process.left = without(process.left, first(process.left));
    process.turn = 0;
    process.at = if process.left == 0 { At::Rename } else { At::LookInPool };
}

/// `CheckpointWriter::finish`: what cannot be pinned is stored again.
fn whole(process: &mut Process) {
    *process = Process { at: At::Rename, time: process.time, ..Process::default() };
}
