//! What a stream waits for: bytes of its file that are still on their way.

use std::sync::{Condvar, Mutex, PoisonError};

use crate::error::{CkptError, ErrorCode, Result};

/// Closed at first. Whoever opens it has brought what its readers need, whoever fails it could not.
#[derive(Debug, Default)]
pub struct Gate {
    outcome: Mutex<Option<std::result::Result<(), String>>>,
    changed: Condvar,
}

impl Gate {
    /// Lets all readers through.
    pub fn open(&self) {
        self.settle(Ok(()));
    }

    /// All readers get this error. No effect once the gate is open.
    pub fn fail(&self, message: String) {
        self.settle(Err(message));
    }

    fn settle(&self, outcome: std::result::Result<(), String>) {
        let mut known = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        known.get_or_insert(outcome);
        self.changed.notify_all();
    }

    /// Returns when the gate is open.
    pub fn wait(&self) -> Result<()> {
        let mut known = self.outcome.lock().unwrap_or_else(PoisonError::into_inner);
        loop {
            match &*known {
                Some(Ok(())) => return Ok(()),
                Some(Err(message)) => return Err(CkptError::new(ErrorCode::Arrow, message.clone())),
                None => known = self.changed.wait(known).unwrap_or_else(PoisonError::into_inner),
            }
        }
    }
}
