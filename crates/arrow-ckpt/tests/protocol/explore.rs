//! All states that a case can come to, breadth first, so that what is found is shortest.

use std::collections::HashMap;
use std::hash::{BuildHasherDefault, Hasher};

use super::roles::Case;
use super::world::{At, World};

/// What was found.
pub struct Outcome {
    pub states: usize,
    /// What is wrong, and the states that led there.
    pub violation: Option<(String, Vec<World>)>,
}

/// Quick also where nothing is optimised: states are small, and few.
#[derive(Default)]
struct Mixing(u64);

impl Hasher for Mixing {
    fn write(&mut self, bytes: &[u8]) {
        for piece in bytes.chunks(8) {
            let mut word = [0; 8];
            word[..piece.len()].copy_from_slice(piece);
            self.write_u64(u64::from_le_bytes(word));
        }
    }

    fn write_u8(&mut self, value: u8) {
        self.write_u64(u64::from(value));
    }

    fn write_usize(&mut self, _: usize) {
        // Lengths of arrays, always the same.
    }

    fn write_isize(&mut self, value: isize) {
        self.write_u64(value as u64);
    }

    fn write_u64(&mut self, value: u64) {
        self.0 = (self.0.rotate_left(5) ^ value).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    }

    fn finish(&self) -> u64 {
        self.0 ^ self.0 >> 29
    }
}

pub fn explore(case: &Case) -> Outcome {
    let hints = case.hints();
    let mut known: HashMap<World, usize, BuildHasherDefault<Mixing>> = HashMap::default();
    // Each state with the one that it came from.
    let mut states = vec![(case.world, 0)];
    known.insert(case.world, 0);
    let mut next = Vec::new();
    let mut at = 0;
    while let Some((world, _)) = states.get(at).copied() {
        if let Some(wrong) = wrong(case, &world, hints) {
            return Outcome { states: states.len(), violation: Some((wrong, trace(&states, at))) };
        }
        case.next(&world, hints, &mut next);
        for new in next.drain(..) {
            known.entry(new).or_insert_with(|| {
                states.push((new, at));
                states.len() - 1
            });
        }
        at += 1;
    }
    Outcome { states: states.len(), violation: None }
}

fn wrong(case: &Case, world: &World, hints: [u8; super::world::FILES]) -> Option<String> {
    if let Some((name, file)) = world.lost(hints) {
        return Some(format!("the file under name {name} refers to file {file}, which is nowhere"));
    }
    let failed = (0..case.roles.len()).find(|me| world.processes[*me].at == At::Failed);
    failed.map(|me| format!("process {me} has failed twice to read a checkpoint that is there"))
}

fn trace(states: &[(World, usize)], mut at: usize) -> Vec<World> {
    let mut all = vec![states[at].0];
    while at != 0 {
        at = states[at].1;
        all.push(states[at].0);
    }
    all.reverse();
    all
}
