//! The pages of the leaves of a column on their way from parquet-rs's writers: each is packed on the pool as soon as it is full, while the
//! next one fills.

use std::fmt::{Debug, Formatter};
use std::mem::take;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use parquet::arrow::arrow_writer::{PageKey, PageStore, PageStoreArgs, PageStoreFactory};
use parquet::basic::Compression;
use parquet::errors::ParquetError;

use super::pack::{PackedPage, Packing, pack, packs};
use crate::error::{CkptError, Result};
use crate::panics::caught;
use crate::pool::{Budget, Lane};

/// A page of fewer bytes is packed where it is: waking another thread would take longer.
const INLINE_BYTES: usize = 64 << 10;

/// The threads of a save, and what may wait for them.
#[derive(Clone)]
pub struct Workers {
    /// Where jobs go.
    pub lane: Lane,
    /// Bytes that wait for jobs.
    pub budget: Budget,
}

/// A page, or the promise of one.
pub enum PendingPage {
    /// It is there.
    Ready(PackedPage),
    /// It is being packed.
    Coming(Receiver<Result<PackedPage>>),
}

impl PendingPage {
    /// Waits for it.
    pub fn wait(self) -> Result<PackedPage> {
        match self {
            Self::Ready(page) => Ok(page),
            Self::Coming(page) => {
                page.recv().map_err(|_| CkptError::internal("a thread that packs pages died"))?
            }
        }
    }
}

/// The pages of one leaf, in the order in which they were made.
#[derive(Clone)]
pub struct LeafPages {
    packing: Packing,
    workers: Option<Workers>,
    pages: Arc<Mutex<Vec<PendingPage>>>,
}

impl LeafPages {
    /// None yet. `workers`: none if all is to be done on this thread.
    pub fn new(packing: Packing, workers: Option<&Workers>) -> Self {
        Self { packing, workers: workers.cloned(), pages: Arc::default() }
    }

    /// The codec of the pages.
    pub fn codec(&self) -> Compression {
        self.packing.codec
    }

    /// All of them: the writer of the leaf is closed.
    pub fn take(&self) -> Vec<PendingPage> {
        take(&mut self.pages.lock().unwrap_or_else(PoisonError::into_inner))
    }

    fn add(&self, header: Bytes, body: Bytes) -> Result<()> {
        let packing = self.packing;
        let page = match &self.workers {
            Some(workers) if packs(packing.codec) && body.len() >= INLINE_BYTES => {
                let (sender, page) = channel();
                let held = workers.budget.hold(body.len());
                // A closed channel means the save was given up: nobody waits for the page.
                let job = move || {
                    let packed = caught(|| pack(&header, body, packing));
                    drop(held);
                    drop(sender.send(packed));
                };
                workers.lane.spawn(job)?;
                PendingPage::Coming(page)
            }
            _ => PendingPage::Ready(pack(&header, body, packing)?),
        };
        self.pages.lock().unwrap_or_else(PoisonError::into_inner).push(page);
        Ok(())
    }
}

/// Makes the stores of the leaves of one column.
pub struct LeafStores {
    pages: Vec<LeafPages>,
    /// Bytes that went to all of them.
    pub bytes: Arc<AtomicU64>,
}

impl LeafStores {
    /// Pages of each leaf go to its place.
    pub fn new(pages: Vec<LeafPages>) -> Self {
        Self { pages, bytes: Arc::default() }
    }
}

impl Debug for LeafStores {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("LeafStores").finish_non_exhaustive()
    }
}

impl PageStoreFactory for LeafStores {
    fn create(&self, args: &PageStoreArgs<'_>) -> parquet::errors::Result<Box<dyn PageStore>> {
        let pages = self.pages.get(args.column_index()).cloned();
        let pages =
            pages.ok_or_else(|| ParquetError::General("a leaf has no place for its pages".to_owned()))?;
        Ok(Box::new(LeafStore { pages, header: None, lengths: Vec::new(), bytes: self.bytes.clone() }))
    }
}

/// Where a writer of parquet-rs puts pages: for each its header, then its body. One that asks for them again writes them to nowhere: it
/// gets as many zeros.
struct LeafStore {
    pages: LeafPages,
    header: Option<Bytes>,
    lengths: Vec<usize>,
    bytes: Arc<AtomicU64>,
}

impl PageStore for LeafStore {
    fn put(&mut self, blob: Bytes) -> parquet::errors::Result<PageKey> {
        self.lengths.push(blob.len());
        self.bytes.fetch_add(blob.len() as u64, Ordering::Relaxed);
        match self.header.take() {
            None => self.header = Some(blob),
            Some(header) => {
                self.pages.add(header, blob).map_err(|error| ParquetError::External(Box::new(error)))?;
            }
        }
        Ok(PageKey::new(self.lengths.len() as u64 - 1))
    }

    fn take(&mut self, key: PageKey) -> parquet::errors::Result<Bytes> {
        let length = self.lengths.get(key.get() as usize);
        let length = length.ok_or_else(|| ParquetError::General("no such page".to_owned()))?;
        Ok(vec![0; *length].into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn workers() -> Workers {
        Workers { lane: Lane::new(2), budget: Budget::default() }
    }

    /// What is no header of a page makes one error on the page, and gives its bytes back to the budget.
    #[test]
    fn a_page_that_fails_on_a_thread_is_an_error_to_whoever_waits() {
        let workers = workers();
        let pages = LeafPages::new(Compression::LZ4_RAW.into(), Some(&workers));
        pages.add(Bytes::from_static(b"no header"), vec![7; INLINE_BYTES].into()).unwrap();
        let [page] = <[PendingPage; 1]>::try_from(pages.take()).ok().unwrap();
        assert!(matches!(page, PendingPage::Coming(_)));
        assert_eq!(page.wait().unwrap_err().code, crate::ErrorCode::Internal);
        workers.budget.wait_until(0);
    }

    #[test]
    fn a_page_whose_thread_is_gone_is_an_error_too() {
        let (sender, page) = channel();
        drop(sender);
        assert_eq!(PendingPage::Coming(page).wait().unwrap_err().code, crate::ErrorCode::Internal);
    }
}
