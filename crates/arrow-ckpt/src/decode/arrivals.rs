//! Bytes of a file that are still on their way, as from a bucket: who reads them waits.

use std::ops::Range;
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError};

use crate::error::{CkptError, ErrorCode, Result};

/// Which bytes of a file are there. Shared by who brings them and who reads them.
#[derive(Debug, Default)]
pub struct Arrivals {
    state: Mutex<State>,
    changed: Condvar,
}

#[derive(Debug, Default)]
struct State {
    /// Ascending; they neither touch nor overlap.
    there: Vec<Range<u64>>,
    ended: bool,
}

impl Arrivals {
    /// These bytes are there from now on.
    pub fn add(&self, range: Range<u64>) {
        if range.is_empty() {
            return;
        }
        self.lock().add(range);
        self.changed.notify_all();
    }

    /// Nothing more comes: who waits, or reads what is not there, gets an error.
    pub fn end(&self) {
        self.lock().ended = true;
        self.changed.notify_all();
    }

    /// Returns when all bytes of the range are there.
    pub(super) fn wait(&self, range: &Range<u64>) -> Result<()> {
        let mut state = self.lock();
        while !state.has(range) {
            if state.ended {
                return Err(CkptError::new(ErrorCode::InvalidOption, "the bytes of the file came no more"));
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
        Ok(())
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl State {
    fn add(&mut self, range: Range<u64>) {
        let first = self.there.partition_point(|known| known.end < range.start);
        let after = self.there.partition_point(|known| known.start <= range.end);
        let start = self.there.get(first).map_or(range.start, |known| known.start.min(range.start));
        let last = self.there[..after].last().map_or(range.end, |known| known.end.max(range.end));
        let joined = start.min(range.start)..last.max(range.end);
        self.there.splice(first..after.max(first), std::iter::once(joined));
    }

    fn has(&self, range: &Range<u64>) -> bool {
        let at = self.there.partition_point(|known| known.end < range.end);
        range.is_empty() || self.there.get(at).is_some_and(|known| known.start <= range.start)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;
    use std::thread;

    use super::*;

    #[test]
    fn ranges_are_joined() {
        let bytes = 64;
        // All orders of what covers some of the bytes, by a generator of numbers.
        let mut random = 1u64;
        for _ in 0..2000 {
            let mut state = State::default();
            let mut there = vec![false; bytes];
            for _ in 0..8 {
                random = random.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
                let start = (random >> 33) as usize % (bytes - 1);
                let end = start + 1 + (random >> 50) as usize % (bytes - start - 1).max(1);
                state.add(start as u64..end as u64);
                there[start..end].fill(true);
                for (from, to) in
                    (0..bytes).flat_map(|from| [(from, from + 1), (from, (from + 5).min(bytes))])
                {
                    let has = state.has(&(from as u64..to as u64));
                    assert_eq!(
                        has,
                        there[from..to].iter().all(|known| *known),
                        "{from}..{to} of {:?}",
                        state.there
                    );
                }
                let apart = state.there.windows(2).all(|pair| pair[0].end < pair[1].start);
                assert!(apart, "{:?}", state.there);
            }
        }
    }

    #[test]
    fn readers_wait() {
        let arrivals = Arc::new(Arrivals::default());
        let reader = {
            let arrivals = Arc::clone(&arrivals);
            thread::spawn(move || (arrivals.wait(&(10..20)), arrivals.wait(&(20..30)).is_err()))
        };
        arrivals.add(0..15);
        arrivals.add(15..20);
        arrivals.end();
        let (first, second) = reader.join().unwrap();
        assert!(second);
        // What is there may be read after the end, too.
        assert!(first.is_ok() && arrivals.wait(&(0..20)).is_ok());
    }
}
