//! The pages of one leaf in order, as parquet-rs asks for them.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use parquet::column::page::{Page, PageIterator, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result as ParquetResult};

use super::crew::{Crew, Slot};
use super::page::{PageOpener, Place, RawPage};
use crate::error::{CkptError, Result};

/// What was wrong with a page, for whoever asked parquet-rs for rows: its own errors are texts.
#[derive(Clone, Default)]
pub(super) struct Fault(Arc<Mutex<Option<CkptError>>>);

impl Fault {
    pub fn take(&self) -> Option<CkptError> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    fn keep<T>(&self, result: Result<T>) -> ParquetResult<T> {
        result.map_err(|error| {
            let message = error.message.clone();
            *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(error);
            ParquetError::General(message)
        })
    }
}

/// The pages of a chunk, before any is opened.
#[derive(Clone)]
pub(super) struct LeafPages {
    pub opener: Arc<PageOpener>,
    pub places: Vec<Place>,
    /// What a compressed byte inflates to, about: of pages whose header was not read yet.
    pub ratio: usize,
}

/// A reader of pages that has the next ones opened ahead.
pub(super) struct PageStream {
    opener: Arc<PageOpener>,
    places: std::vec::IntoIter<Place>,
    ratio: usize,
    /// Those that come next, and whether a thread was told to open them.
    next: VecDeque<(Arc<Slot>, bool)>,
    crew: Option<Arc<Crew>>,
    fault: Fault,
}

impl PageStream {
    pub fn new(pages: LeafPages, crew: Option<Arc<Crew>>, fault: Fault) -> Self {
        let LeafPages { opener, places, ratio } = pages;
        let mut stream =
            Self { opener, places: places.into_iter(), ratio, next: VecDeque::new(), crew, fault };
        stream.look_ahead();
        stream
    }

    /// Has pages opened ahead: one more than there are threads for it.
    fn look_ahead(&mut self) {
        let Some(crew) = self.crew.clone() else { return };
        for (slot, offered) in &mut self.next {
            *offered = *offered || crew.offer(slot);
        }
        while self.next.len() <= crew.threads && self.next.iter().all(|(_, offered)| *offered) {
            let Some(slot) = self.slot() else { return };
            let offered = crew.offer(&slot);
            self.next.push_back((slot, offered));
        }
    }

    fn slot(&mut self) -> Option<Arc<Slot>> {
        let place = self.places.next()?;
        let bytes = match &place {
            Place::At { length, .. } => length.saturating_mul(self.ratio),
            Place::Read(RawPage { found, .. }) => found.inflated,
        };
        Some(Slot::new(&self.opener, place, bytes))
    }

    /// The next page and no longer ahead.
    fn pop(&mut self) -> Option<Arc<Slot>> {
        let Some((slot, offered)) = self.next.pop_front() else { return self.slot() };
        if offered && let Some(crew) = &self.crew {
            crew.taken(&slot);
        }
        Some(slot)
    }

    fn peek(&mut self) -> Result<Option<PageMetadata>> {
        if self.next.is_empty() {
            let Some(slot) = self.slot() else { return Ok(None) };
            self.next.push_back((slot, false));
        }
        let slot = self.next.front().map(|(slot, _)| slot);
        slot.map(|slot| slot.peek(self.crew.as_deref())).transpose()
    }

    fn next_page(&mut self) -> Result<Option<Page>> {
        let Some(slot) = self.pop() else { return Ok(None) };
        self.look_ahead();
        slot.take(self.crew.as_deref()).map(Some)
    }
}

impl Drop for PageStream {
    fn drop(&mut self) {
        while let Some((slot, offered)) = self.next.pop_front() {
            if offered && let Some(crew) = &self.crew {
                crew.taken(&slot);
            }
            slot.forget();
        }
    }
}

impl Iterator for PageStream {
    type Item = ParquetResult<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl PageReader for PageStream {
    fn get_next_page(&mut self) -> ParquetResult<Option<Page>> {
        let page = self.next_page();
        self.fault.keep(page)
    }

    fn peek_next_page(&mut self) -> ParquetResult<Option<PageMetadata>> {
        let page = self.peek();
        self.fault.keep(page)
    }

    fn skip_next_page(&mut self) -> ParquetResult<()> {
        if let Some(slot) = self.pop() {
            slot.forget();
        }
        Ok(())
    }

    fn at_record_boundary(&mut self) -> ParquetResult<bool> {
        // A record may go on in the next page.
        Ok(self.next.is_empty() && self.places.as_slice().is_empty())
    }
}

/// The pages of the one chunk of a leaf.
pub(super) struct OneChunk(pub Option<Box<dyn PageReader>>);

impl Iterator for OneChunk {
    type Item = ParquetResult<Box<dyn PageReader>>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Ok)
    }
}

impl PageIterator for OneChunk {}
