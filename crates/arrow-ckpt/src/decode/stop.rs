//! When a scan stops before its end.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// When to stop before the end.
#[derive(Clone)]
pub(super) struct StopFlags {
    /// The caller's.
    pub cancel: Arc<AtomicBool>,
    /// Set when the scan is dropped.
    pub dropped: Arc<AtomicBool>,
}

impl StopFlags {
    pub fn is_set(&self) -> bool {
        self.cancel.load(Ordering::Relaxed) || self.dropped.load(Ordering::Relaxed)
    }
}
