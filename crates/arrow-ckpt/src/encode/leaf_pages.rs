//! The pages of the leaves of a column on their way from parquet-rs's writers: each is packed on the pool as soon as it is full, while the
//! next one fills.

use std::fmt::{Debug, Formatter};
use std::mem::take;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use parquet::arrow::arrow_writer::{PageKey, PageStore, PageStoreArgs, PageStoreFactory};
use parquet::basic::Compression;
use parquet::errors::ParquetError;

use super::pack::{PackedPage, Packing, pack, packs};
use super::sample::{SMALL_BYTES, shrinks};
use crate::error::{CkptError, Result};
use crate::panics::caught;
use crate::pool::{Budget, Lane};

/// A page of fewer bytes is packed where it is: waking another thread would take longer.
const INLINE_BYTES: usize = 64 << 10;

/// A codec is tried on the first pages of this many bytes, if there are so many.
const TRIAL_BYTES: usize = 256 << 10;

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
    workers: Option<Workers>,
    pages: Arc<Mutex<Made>>,
}

struct Made {
    packing: Packing,
    pages: Vec<PendingPage>,
    /// Those that the codec is to be tried on: header and body.
    tried: Vec<(Bytes, Bytes)>,
    /// Bytes of their bodies.
    tried_bytes: usize,
}

impl LeafPages {
    /// None yet. `workers`: none if all is to be done on this thread.
    pub fn new(packing: Packing, workers: Option<&Workers>) -> Self {
        let made = Made { packing, pages: Vec::new(), tried: Vec::new(), tried_bytes: 0 };
        Self { workers: workers.cloned(), pages: Arc::new(Mutex::new(made)) }
    }

    /// All of them, and their codec: the writer of the leaf is closed.
    pub fn take(&self) -> Result<(Compression, Vec<PendingPage>)> {
        let mut made = self.lock();
        self.settle(&mut made)?;
        Ok((made.packing.codec, take(&mut made.pages)))
    }

    fn lock(&self) -> MutexGuard<'_, Made> {
        self.pages.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn add(&self, header: Bytes, body: Bytes) -> Result<()> {
        let mut made = self.lock();
        if !made.packing.trial {
            let page = self.page(header, body, made.packing)?;
            made.pages.push(page);
            return Ok(());
        }
        made.tried_bytes += body.len();
        made.tried.push((header, body));
        if made.tried_bytes < TRIAL_BYTES { Ok(()) } else { self.settle(&mut made) }
    }

    /// Ends the trial: the codec stays if it is worth its time on the pages so far.
    fn settle(&self, made: &mut Made) -> Result<()> {
        if !take(&mut made.packing.trial) {
            return Ok(());
        }
        let mut packed = Vec::with_capacity(made.tried.len());
        let mut length = 0;
        if made.tried_bytes >= SMALL_BYTES {
            for (header, body) in &made.tried {
                let page = pack(header, body.clone(), made.packing)?;
                length += page.body;
                packed.push(PendingPage::Ready(page));
            }
        }
        if packed.is_empty() || !shrinks(made.tried_bytes, length) {
            made.packing = Compression::UNCOMPRESSED.into();
            packed.clear();
            for (header, body) in take(&mut made.tried) {
                packed.push(self.page(header, body, made.packing)?);
            }
        }
        made.tried.clear();
        made.pages = packed;
        Ok(())
    }

    fn page(&self, header: Bytes, body: Bytes, packing: Packing) -> Result<PendingPage> {
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
        Ok(page)
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

    const PACKING: Packing = Packing { codec: Compression::LZ4_RAW, literals: false, trial: true };

    /// Type, sizes, and a byte for the rest: what comes of it is not read.
    fn header(length: usize) -> Bytes {
        let size = [(length << 1) as u8 | 0x80, (length >> 6) as u8 | 0x80, (length >> 13) as u8];
        [&[0x15, 0, 0x15][..], &size, &[0x15], &size, &[0]].concat().into()
    }

    fn noise(bytes: usize) -> Vec<u8> {
        let next = |seed: &u32| Some(seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223));
        std::iter::successors(Some(7), next).map(|seed| (seed >> 24) as u8).take(bytes).collect()
    }

    fn tried(bodies: &[Vec<u8>]) -> (Compression, Vec<usize>) {
        let pages = LeafPages::new(PACKING, None);
        for body in bodies {
            pages.add(header(body.len()), body.clone().into()).unwrap();
        }
        let (codec, pages) = pages.take().unwrap();
        (codec, pages.into_iter().map(|page| page.wait().unwrap().body).collect())
    }

    /// All pages of a chunk have one codec, whichever of them shrink.
    #[test]
    fn a_codec_that_is_tried_stays_where_all_pages_together_shrink() {
        let (codec, lengths) = tried(&[vec![7; 20_000], noise(20_000)]);
        assert_eq!((codec, lengths.len()), (Compression::LZ4_RAW, 2));
        assert!(lengths[0] < 200 && lengths[1] >= 20_000, "{lengths:?}");
        let none = Compression::UNCOMPRESSED;
        assert_eq!(tried(&[vec![7; 1000], noise(20_000)]), (none, vec![1000, 20_000]));
        assert_eq!(tried(&[vec![7; SMALL_BYTES - 1]]), (none, vec![SMALL_BYTES - 1]));
        assert_eq!(tried(&[]), (none, Vec::new()));
        // The first pages decide for those that follow.
        let (codec, lengths) = tried(&[vec![7; TRIAL_BYTES], noise(TRIAL_BYTES)]);
        assert!(codec == Compression::LZ4_RAW && lengths[0] < TRIAL_BYTES / 100, "{lengths:?}");
        assert_eq!(tried(&[noise(TRIAL_BYTES), vec![7; 5000]]), (none, vec![TRIAL_BYTES, 5000]));
    }

    /// What is no header of a page makes one error on the page, and gives its bytes back to the budget.
    #[test]
    fn a_page_that_fails_on_a_thread_is_an_error_to_whoever_waits() {
        let workers = workers();
        let pages = LeafPages::new(Compression::LZ4_RAW.into(), Some(&workers));
        pages.add(Bytes::from_static(b"no header"), vec![7; INLINE_BYTES].into()).unwrap();
        let [page] = <[PendingPage; 1]>::try_from(pages.take().unwrap().1).ok().unwrap();
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
