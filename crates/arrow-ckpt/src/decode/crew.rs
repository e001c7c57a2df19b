//! Threads that open pages ahead of the columns' decoders: the pages of one chunk are inflated side by side.
//!
//! Nobody depends on them. A decoder that needs a page which no thread has begun opens it itself; while another thread has it in hand, the
//! decoder opens others. A page is opened ahead only while the pages that wait to be taken are few (`AHEAD_BYTES`).

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread;

use parquet::column::page::{Page, PageMetadata};

use super::guard::guarded;
use super::page::{PageOpener, Place, RawPage};
use super::pages::PageKind;
use super::stop::StopFlags;
use crate::error::{CkptError, ErrorCode, Result};

/// What the pages that wait may inflate to, in one scan.
const AHEAD_BYTES: usize = 16 << 20;
/// A page that inflates to more is left to its decoder, which has one at a time.
const LARGE_PAGE_BYTES: usize = 8 << 20;
/// After so many pages a thread lets JavaScript's go first, as decoders do (`worker.rs`).
const SHORT_SCAN: usize = 32;

/// A page on its way. Whoever comes first opens it.
pub(super) struct Slot {
    opener: Arc<PageOpener>,
    state: Mutex<State>,
    changed: Condvar,
    /// What it inflates to, about.
    pub bytes: usize,
}

enum State {
    Placed(Place),
    /// A thread has it in hand.
    Busy,
    Open(Result<Page>),
    Taken,
}

impl Slot {
    pub fn new(opener: &Arc<PageOpener>, place: Place, bytes: usize) -> Arc<Self> {
        let state = Mutex::new(State::Placed(place));
        Arc::new(Self { opener: Arc::clone(opener), state, changed: Condvar::new(), bytes })
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn set(&self, state: State) {
        *self.lock() = state;
        self.changed.notify_all();
    }

    /// Opens it unless another thread does, or it is too large to be opened ahead.
    fn open_ahead(&self) {
        let place = {
            let mut state = self.lock();
            if !matches!(*state, State::Placed(_)) {
                return;
            }
            match std::mem::replace(&mut *state, State::Busy) {
                State::Placed(place) => place,
                _ => return,
            }
        };
        // Without this a panic would leave the decoder waiting.
        let state = match guarded(|| self.opener.read(place)) {
            Ok(raw) if raw.found.inflated > LARGE_PAGE_BYTES => State::Placed(Place::Read(raw)),
            raw => State::Open(raw.and_then(|raw| self.opener.open(raw))),
        };
        self.set(state);
    }

    /// The page, for its decoder.
    pub fn take(&self, crew: Option<&Crew>) -> Result<Page> {
        loop {
            let mut state = self.lock();
            match std::mem::replace(&mut *state, State::Taken) {
                State::Open(page) => return page,
                State::Placed(place) => {
                    drop(state);
                    return self.opener.read(place).and_then(|raw| self.opener.open(raw));
                }
                State::Busy => {
                    *state = State::Busy;
                    drop(state);
                    self.wait(crew);
                }
                State::Taken => return Err(CkptError::internal("a page is wanted twice")),
            }
        }
    }

    /// What its header tells.
    pub fn peek(&self, crew: Option<&Crew>) -> Result<PageMetadata> {
        loop {
            let mut state = self.lock();
            let place = match &mut *state {
                State::Open(Ok(page)) => {
                    return Ok(metadata(page.is_dictionary_page(), page.num_values() as usize));
                }
                State::Placed(Place::Read(RawPage { found, .. })) => {
                    return Ok(metadata(found.kind == PageKind::Dictionary, found.values));
                }
                State::Placed(place) => place.clone(),
                State::Busy => {
                    drop(state);
                    self.wait(crew);
                    continue;
                }
                State::Open(Err(_)) => match std::mem::replace(&mut *state, State::Taken) {
                    State::Open(Err(error)) => return Err(error),
                    _ => continue,
                },
                State::Taken => return Err(CkptError::internal("a page is wanted twice")),
            };
            *state = State::Busy;
            drop(state);
            match self.opener.read(place) {
                Ok(raw) => self.set(State::Placed(Place::Read(raw))),
                Err(error) => {
                    self.set(State::Taken);
                    return Err(error);
                }
            }
        }
    }

    /// Until another thread has opened it; meanwhile other pages can be opened here.
    fn wait(&self, crew: Option<&Crew>) {
        if crew.is_some_and(Crew::open_one) {
            return;
        }
        let mut state = self.lock();
        while matches!(*state, State::Busy) {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// Nobody wants it any more.
    pub fn forget(&self) {
        let mut state = self.lock();
        if !matches!(*state, State::Busy) {
            *state = State::Taken;
        }
    }
}

fn metadata(is_dict: bool, values: usize) -> PageMetadata {
    // Some writers put 0 for the rows of a page of version 2. Without them they are counted: as levels where nothing repeats, by the levels
    // of repetition elsewhere.
    PageMetadata { num_rows: None, num_levels: (!is_dict).then_some(values), is_dict }
}

/// The threads of one scan. They end when it is dropped.
pub(super) struct Crew {
    shared: Arc<Shared>,
    pub threads: usize,
}

struct Shared {
    queue: Mutex<Queue>,
    wake: Condvar,
    ahead: AtomicUsize,
    stop: StopFlags,
}

#[derive(Default)]
struct Queue {
    slots: VecDeque<Arc<Slot>>,
    closed: bool,
}

impl Crew {
    pub fn start(threads: usize, stop: &StopFlags) -> Result<Arc<Self>> {
        let (queue, wake) = (Mutex::default(), Condvar::new());
        let shared = Arc::new(Shared { queue, wake, ahead: AtomicUsize::new(0), stop: stop.clone() });
        let crew = Self { shared, threads };
        for _ in 0..threads {
            let shared = Arc::clone(&crew.shared);
            thread::Builder::new()
                .name("arrow-ckpt-pages".to_owned())
                .spawn(move || shared.run())
                .map_err(|error| CkptError::new(ErrorCode::Io, format!("cannot start a thread: {error}")))?;
        }
        Ok(Arc::new(crew))
    }

    /// Has a page opened ahead; false while too much waits. Its bytes count until [`Self::taken`].
    pub fn offer(&self, slot: &Arc<Slot>) -> bool {
        let room = |ahead: usize| ahead.checked_add(slot.bytes).filter(|sum| *sum <= AHEAD_BYTES);
        if self.shared.ahead.fetch_update(Ordering::Relaxed, Ordering::Relaxed, room).is_err() {
            return false;
        }
        self.shared.lock().slots.push_back(Arc::clone(slot));
        self.shared.wake.notify_one();
        true
    }

    /// An offered page waits no longer.
    pub fn taken(&self, slot: &Slot) {
        self.shared.ahead.fetch_sub(slot.bytes, Ordering::Relaxed);
    }

    /// Opens the next page that waits for a thread; false if none does.
    fn open_one(&self) -> bool {
        let slot = self.shared.lock().slots.pop_front();
        slot.as_ref().map(|slot| slot.open_ahead()).is_some()
    }
}

impl Drop for Crew {
    fn drop(&mut self) {
        let mut queue = self.shared.lock();
        queue.closed = true;
        queue.slots.clear();
        self.shared.wake.notify_all();
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn run(&self) {
        for pages in 0usize.. {
            if pages == SHORT_SCAN {
                crate::pool::step_back();
            }
            let mut queue = self.lock();
            let slot = loop {
                if queue.closed || self.stop.is_set() {
                    return;
                }
                match queue.slots.pop_front() {
                    Some(slot) => break slot,
                    None => queue = self.wake.wait(queue).unwrap_or_else(PoisonError::into_inner),
                }
            };
            drop(queue);
            slot.open_ahead();
        }
    }
}
