//! Memory of pages, used again: new memory costs a page fault for each 4 KiB, which is a tenth of the time of a page.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;

/// Of one scan: what is kept for pages to come.
const MAX_BYTES: usize = 8 << 20;
/// Smaller ones are not worth it.
const MIN_BYTES: usize = 64 << 10;

/// The memory of pages that nobody needs any more.
#[derive(Default)]
pub(super) struct Buffers(Mutex<Vec<Vec<u8>>>);

impl Buffers {
    fn lock(&self) -> MutexGuard<'_, Vec<Vec<u8>>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// One of at least `size` bytes, if there is. It holds what was in it.
    pub fn take(&self, size: usize) -> Option<Vec<u8>> {
        let mut kept = self.lock();
        let fits = kept.iter().position(|buffer| buffer.capacity() >= size)?;
        Some(kept.swap_remove(fits))
    }

    /// The bytes; their memory comes back when the last reference to them goes.
    pub fn lend(self: &Arc<Self>, bytes: Vec<u8>) -> Bytes {
        if bytes.capacity() < MIN_BYTES {
            return Bytes::from(bytes);
        }
        Bytes::from_owner(Lent { bytes, home: Arc::clone(self) })
    }
}

struct Lent {
    bytes: Vec<u8>,
    home: Arc<Buffers>,
}

impl AsRef<[u8]> for Lent {
    fn as_ref(&self) -> &[u8] {
        &self.bytes
    }
}

impl Drop for Lent {
    fn drop(&mut self) {
        let mut kept = self.home.lock();
        let bytes: usize = kept.iter().map(Vec::capacity).sum();
        if bytes + self.bytes.capacity() <= MAX_BYTES {
            kept.push(std::mem::take(&mut self.bytes));
        }
    }
}
