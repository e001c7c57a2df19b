//! A load of the checkpoint X: `crates/arrow-ckpt/src/decode/file.rs`, `decode/holders.rs`.

use super::roles::{Rules, end};
use super::world::{At, FILES, Process, World, X, first, has, without};

pub fn reader(world: &mut World, me: usize, hints: [u8; FILES], rules: Rules) {
    let mut process = world.processes[me];
    let id = first(process.left);
    match process.at {
        // `CheckpointFile::open`.
        At::Start => match world.named(X) {
            None => return end(world, me, At::Done),
            Some(file) => {
                (process.file, process.left) = (file, world.refs(file));
                next(&mut process);
            }
        },
        // `holders::places`.
        At::ListTrash => (process.time, process.at) = (world.trashed(id), At::OpenPool),
        // `holders::find`: the pool,
        At::OpenPool => found(&mut process, has(world.pool, id), At::OpenTrash),
        // the trash,
        At::OpenTrash => {
            let is_there = world.trashed(id) & process.time != 0;
            found(&mut process, is_there, At::Hint);
        }
        // the name where it was,
        At::Hint => found(&mut process, world.named(hints[usize::from(id)]) == Some(id), At::PoolAgain),
        // and the pool again: it may have come there from the trash meanwhile.
        At::PoolAgain => found(&mut process, has(world.pool, id), At::Missing),
        // `CheckpointFile::open`: once more, and again where there is another file now.
        At::Missing => {
            let is_same = world.named(X) == Some(process.file);
            if !rules.reads_again || (is_same && process.turn == 1) {
                return end(world, me, At::Failed);
            }
            process = Process { at: At::Start, turn: u8::from(is_same), ..Process::default() };
        }
        _ => unreachable!("no step of a reader"),
    }
    if process.at == At::Done {
        return end(world, me, At::Done);
    }
    world.processes[me] = process;
}

fn found(process: &mut Process, is_there: bool, otherwise: At) {
    if !is_there {
        process.at = otherwise;
        return;
    }
    process.left = without(process.left, first(process.left));
    next(process);
}

fn next(process: &mut Process) {
    process.time = 0;
    process.at = if process.left == 0 { At::Done } else { At::ListTrash };
}
