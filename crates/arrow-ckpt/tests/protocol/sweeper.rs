//! A sweep of the pool, and `clearAll`: `lib/directory/pool-sweep.ts`, `lib/directory/clear.ts`.

use super::roles::{Grace, Rules, end, release};
use super::world::{At, FILES, FOLDERS, GRACE, NAMES, NONE, Process, World, first, has, with, without};

/// `sweepPool`.
pub fn sweep(world: &mut World, me: usize, rules: Rules) {
    let mut process = world.processes[me];
    match process.at {
        // Is there anything?
        At::Start => {
            let is_empty = world.pool == 0 && world.trash == [0; FILES];
            process.at = if is_empty { At::Done } else { At::Lock };
        }
        At::Begin => (process.time, process.at) = (world.now, At::List(0)),
        // `wantedIn`.
        At::List(_) | At::Read => mark(world, &mut process, At::Trash),
        // The next in the trash that is to go somewhere.
        At::Trash => match next_in_trash(world, &mut process, rules) {
            None => (process.left, process.at) = (world.pool, At::Pool),
            Some(id) if !has(process.ids, id) || has(world.pool, id) => process.at = At::Remove,
            Some(_) => process.at = At::Restore,
        },
        At::Remove => {
            take_from_trash(world, &mut process);
            process.at = At::Trash;
        }
        At::Restore => {
            let file = process.file;
            if take_from_trash(world, &mut process) {
                world.pool = with(world.pool, file);
                process.at = At::Trash;
            } else {
                // No such file: the sweep fails.
                process.at = At::Release;
            }
        }
        At::Pool | At::ToTrash => to_trash(world, &mut process, rules, At::Release),
        At::Release => return release(world, me),
        _ => unreachable!("no step of a sweep"),
    }
    keep(world, me, process);
}

fn keep(world: &mut World, me: usize, process: Process) {
    if process.at == At::Done { end(world, me, At::Done) } else { world.processes[me] = process }
}

/// `parquetBelow`, folder by folder, then `describeFiles`, file by file.
fn mark(world: &World, process: &mut Process, then: At) {
    match process.at {
        At::List(folder) => {
            let there = FOLDERS[usize::from(folder)].iter().filter(|name| world.named(**name).is_some());
            process.left = there.fold(process.left, |left, name| with(left, *name));
            process.at =
                if usize::from(folder) + 1 < FOLDERS.len() { At::List(folder + 1) } else { At::Read };
        }
        _ if process.left != 0 => {
            let name = first(process.left);
            process.ids |= world.named(name).map_or(0, |file| world.refs(file));
            process.left = without(process.left, name);
        }
        _ => {}
    }
    if process.at == At::Read && process.left == 0 {
        (process.turn, process.at) = (process.turn & SECOND_LOOK, then);
    }
}

/// A place in the trash is an id and a time.
const TIMES: u8 = 8;
/// Of `clearAll`.
const SECOND_LOOK: u8 = 128;

/// Goes on to what is to be removed or restored, from its place on.
fn next_in_trash(world: &World, process: &mut Process, rules: Rules) -> Option<u8> {
    let is_clear = process.turn & SECOND_LOOK != 0;
    for place in process.turn & !SECOND_LOOK..FILES as u8 * TIMES {
        let (id, time) = (place / TIMES, place % TIMES);
        let waits = match rules.grace {
            _ if is_clear => true,
            Grace::BeforeTheSweep | Grace::OfBothSweeps => time + GRACE <= process.time,
            Grace::AtDeletion => time + GRACE <= world.now,
        };
        let is_due = if is_clear { !has(process.ids, id) } else { waits || has(process.ids, id) };
        if has(world.trashed(id), time) && is_due {
            process.turn = place | process.turn & SECOND_LOOK;
            process.file = id;
            return Some(id);
        }
    }
    None
}

/// Whether it was still there.
fn take_from_trash(world: &mut World, process: &mut Process) -> bool {
    let time = (process.turn & !SECOND_LOOK) % TIMES;
    let trashed = &mut world.trash[usize::from(process.file)];
    let was_there = has(*trashed, time);
    *trashed = without(*trashed, time);
    process.turn += 1;
    process.file = 0;
    was_there
}

/// What nobody refers to, from the pool to the trash, one by one.
fn to_trash(world: &mut World, process: &mut Process, rules: Rules, then: At) {
    process.left &= !process.ids;
    if process.left == 0 {
        process.at = then;
        return;
    }
    if process.at == At::Pool {
        process.at = At::ToTrash;
        return;
    }
    let id = first(process.left);
    if !has(world.pool, id) {
        // No such file: the sweep fails.
        process.at = At::Release;
        return;
    }
    world.pool = without(world.pool, id);
    let time = if rules.grace == Grace::OfBothSweeps { process.time } else { world.now };
    world.trash[usize::from(id)] = with(world.trashed(id), time);
    process.left = without(process.left, id);
}

/// `clearDirectory`.
pub fn clear(world: &mut World, me: usize, rules: Rules) {
    let mut process = world.processes[me];
    match process.at {
        At::Start => process.at = At::Unlink(0),
        // `removeFiles`.
        At::Unlink(name) => {
            world.names[usize::from(name)] = NONE;
            process.at = if usize::from(name) + 1 < NAMES { At::Unlink(name + 1) } else { At::Early(0) };
        }
        // `clearPool`: is there anything?
        At::Early(_) => {
            let is_empty = world.pool == 0 && world.trash == [0; FILES];
            process.at = if is_empty { At::Done } else { At::Lock };
        }
        At::Begin => process.at = At::List(0),
        At::List(_) | At::Read => {
            let then = match (rules.clears_blindly, process.turn) {
                (true, _) => At::RemovePool,
                (false, SECOND_LOOK) => At::Trash,
                (false, _) => At::Pool,
            };
            mark(world, &mut process, then);
            if process.at == At::Pool {
                process.left = world.pool;
            }
        }
        At::RemovePool => {
            if process.ids == 0 {
                (world.pool, world.trash) = (0, [0; FILES]);
            }
            process.at = At::Release;
        }
        At::Pool | At::ToTrash => to_trash(world, &mut process, rules, At::Temporaries),
        // Whoever saves may have pinned already.
        At::Temporaries => {
            (process.turn, process.ids) = (SECOND_LOOK, 0);
            process.at = if world.temporaries == 0 { At::List(0) } else { At::Release };
        }
        At::Trash => match next_in_trash(world, &mut process, rules) {
            None => process.at = At::Release,
            Some(_) => process.at = At::Remove,
        },
        At::Remove => {
            take_from_trash(world, &mut process);
            process.at = At::Trash;
        }
        At::Release => return release(world, me),
        _ => unreachable!("no step of a clear"),
    }
    keep(world, me, process);
}
