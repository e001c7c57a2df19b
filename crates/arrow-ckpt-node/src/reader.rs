//! The handle of one open file.

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::sync::{Arc, Mutex};

use arrow_ckpt::decode::filter::Filter;
use arrow_ckpt::decode::{Arrivals, CheckpointFile, ColumnRequest, Fill, OpenOptions, ScanOptions, TextMode};
use arrow_ckpt::limits::Limits;
use arrow_ckpt::{CkptError, Result, caught};
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;
use serde::Deserialize;

use crate::events::{BLOCK, COUNT, END, Event, Events, NEED, OPENED, TREE, no_thread};
use crate::memory::{SharedBytes, give_back};
use crate::parse::parse;
use crate::teardown::{Running, stop_before_teardown};

/// Bytes of column chunks that a file has been read for before what is free goes back: a look at a footer leaves nothing that were worth
/// it.
const LARGE_BYTES: u64 = 4 << 20;

/// Options of a scan, as the facade checked them.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ScanRequest {
    columns: Option<Vec<Column>>,
    filter: Option<Filter>,
    /// First row, row after the last.
    ranges: Option<Vec<(u64, u64)>>,
    threads: Option<usize>,
    block_rows: usize,
    first_rows: Option<usize>,
    block_bytes: usize,
}

#[derive(Deserialize)]
struct Column {
    column: usize,
    leaves: Option<Vec<usize>>,
}

impl ScanRequest {
    fn options(self, cancel: Arc<AtomicBool>) -> ScanOptions {
        let column = |Column { column, leaves }| ColumnRequest { column, leaves };
        let defaults = ScanOptions::default();
        ScanOptions {
            columns: self.columns.map(|columns| columns.into_iter().map(column).collect()),
            filter: self.filter,
            ranges: self.ranges.map(|ranges| ranges.into_iter().map(|(start, end)| start..end).collect()),
            threads: self.threads.unwrap_or(defaults.threads),
            block_rows: self.block_rows,
            first_rows: self.first_rows.unwrap_or(defaults.first_rows),
            block_bytes: self.block_bytes,
            large: defaults.large,
            cancel,
        }
    }
}

/// How to open a file, as the facade checked it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct OpenRequest {
    verify: bool,
    #[serde(default)]
    limits: Limits,
    #[serde(default)]
    text: TextMode,
    #[serde(default)]
    rename_duplicates: bool,
    /// Not all bytes are there yet: `arrived` tells of them.
    #[serde(default)]
    arriving: bool,
}

enum Message {
    Scan(Box<ScanRequest>, Vec<SharedBytes>),
    Count(Filter),
    Release(usize),
    Replace(usize, SharedBytes),
    Close,
}

/// Reads one file on a thread of its own. Answers OPENED or ERROR first.
#[napi]
pub struct NativeReader {
    sender: Sender<Message>,
    cancel: Arc<AtomicBool>,
    /// The file while it is open: what `fork` reads, too.
    file: OpenFile,
    /// Of a file not all of which is there yet.
    arrivals: Option<Arc<Arrivals>>,
    /// Whether it opened the file: then its end is that of the arrivals.
    is_first: bool,
}

type OpenFile = Arc<Mutex<Option<Arc<CheckpointFile>>>>;

#[napi]
#[expect(clippy::needless_pass_by_value, reason = "napi hands over what it converted")]
impl NativeReader {
    /// Opens the file at `path`; `options`: JSON of `{ verify, limits?, text?, renameDuplicates?, arriving? }`.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        env: Env,
        path: String,
        options: String,
        #[napi(ts_arg_type = "(kind: number, first: number, second: number, text: string) => void")] on_event: Function<'_, Event, ()>,
    ) -> napi::Result<Self> {
        let OpenRequest { verify, limits, text, rename_duplicates, arriving } = parse(&options)?;
        let arrivals = arriving.then(Arc::<Arrivals>::default);
        let file = OpenFile::default();
        let (slot, awaited) = (file.clone(), arrivals.clone());
        let open = move || {
            let file = CheckpointFile::open_arriving(
                &PathBuf::from(&path),
                &OpenOptions { verify, limits, text, rename_duplicates },
                awaited.as_ref(),
            )?;
            #[cfg(feature = "fault-injection")]
            assert!(!path.ends_with("panic-in-load.parquet"), "a provoked panic");
            if let Ok(mut slot) = slot.lock() {
                *slot = Some(file.clone());
            }
            Ok((file.describe(), file))
        };
        let mut reader = Self::start(env, file, open, &on_event, arrivals)?;
        reader.is_first = true;
        Ok(reader)
    }

    /// Another reader of the same open file, whatever became of its name: it answers OPENED without a description.
    #[napi(catch_unwind)]
    pub fn fork(
        &self,
        env: Env,
        #[napi(ts_arg_type = "(kind: number, first: number, second: number, text: string) => void")] on_event: Function<'_, Event, ()>,
    ) -> napi::Result<Self> {
        let file = self.opened().ok_or_else(|| napi::Error::from_reason("the file is not open"))?;
        let slot = OpenFile::new(Mutex::new(Some(file.clone())));
        Self::start(env, slot, move || Ok((String::new(), file)), &on_event, self.arrivals.clone())
    }

    fn start(
        env: Env,
        file: OpenFile,
        open: impl FnOnce() -> Result<(String, Arc<CheckpointFile>)> + Send + 'static,
        on_event: &Function<'_, Event, ()>,
        arrivals: Option<Arc<Arrivals>>,
    ) -> napi::Result<Self> {
        let events = Arc::new(Events::new(on_event)?);
        let told = events.clone();
        let (sender, messages) = channel();
        let cancel = Arc::new(AtomicBool::new(false));
        let (flag, slot) = (cancel.clone(), file.clone());
        let thread = std::thread::Builder::new().name("arrow-ckpt-load".to_owned()).spawn(move || {
            let run = || {
                let (description, file) = open()?;
                // Closed meanwhile: the slot was filled too late to be emptied.
                if flag.load(Ordering::Relaxed) {
                    empty(&slot);
                }
                events.emit(OPENED, 0.0, 0.0, description);
                let served = serve(&file, &messages, &events, &flag);
                if file.work().bytes >= LARGE_BYTES {
                    give_back();
                }
                served
            };
            if let Err(error) = caught(run) {
                events.emit_error(&error);
            }
        });
        let (stopper, flag, awaited) = (sender.clone(), cancel.clone(), arrivals.clone());
        let stop = Box::new(move || {
            flag.store(true, Ordering::Relaxed);
            if let Some(arrivals) = &awaited {
                arrivals.end();
            }
            drop(stopper.send(Message::Close));
        });
        match thread {
            Ok(thread) => stop_before_teardown(env, Running { stop, thread })?,
            Err(error) => told.emit_error(&no_thread("load", &error)),
        }
        Ok(Self { sender, cancel, file, arrivals, is_first: false })
    }

    /// The bytes from `start` to before `end` of a file that was opened as `arriving` are there.
    #[napi(catch_unwind)]
    pub fn arrived(&self, start: f64, end: f64) {
        if let Some(arrivals) = &self.arrivals {
            arrivals.add(start as u64..end as u64);
        }
    }

    /// Starts a scan into `arenas`. Answers TREE, then BLOCK and NEED as arenas fill, then END; or ERROR at any time.
    #[napi(catch_unwind)]
    pub fn scan(&self, options: String, arenas: Vec<Uint8Array>) -> napi::Result<()> {
        let request = parse(&options)?;
        self.send(Message::Scan(Box::new(request), arenas.into_iter().map(SharedBytes::new).collect()));
        Ok(())
    }

    /// Counts rows. Answers COUNT, or ERROR.
    #[napi(catch_unwind)]
    pub fn count(&self, filter: String) -> napi::Result<()> {
        let filter = parse(&filter)?;
        self.send(Message::Count(filter));
        Ok(())
    }

    /// Gives an arena back after BLOCK: its rows have been taken out.
    #[napi(catch_unwind)]
    pub fn release(&self, index: u32) {
        self.send(Message::Release(index as usize));
    }

    /// Answers NEED with a larger arena.
    #[napi(catch_unwind)]
    pub fn replace(&self, index: u32, arena: Uint8Array) {
        self.send(Message::Replace(index as usize, SharedBytes::new(arena)));
    }

    /// Ends the thread once it has nothing more to do. The file stays open for `fork`.
    #[napi(catch_unwind)]
    pub fn rest(&self) {
        self.send(Message::Close);
    }

    /// Ends the thread, in the middle of a scan too, and closes the file unless a fork still reads it. No event follows but those on their
    /// way.
    #[napi(catch_unwind)]
    pub fn close(&self) {
        self.cancel.store(true, Ordering::Relaxed);
        self.send(Message::Close);
        if self.is_first
            && let Some(arrivals) = &self.arrivals
        {
            arrivals.end();
        }
        empty(&self.file);
    }

    /// The file, while it is open.
    pub(crate) fn opened(&self) -> Option<Arc<CheckpointFile>> {
        self.file.lock().ok().and_then(|file| file.clone())
    }

    fn send(&self, message: Message) {
        // The thread has ended only after an ERROR event or a close: the facade knows.
        let _ = self.sender.send(message);
    }
}

/// Forgotten by JavaScript, in the middle of a scan perhaps: nobody will ask for more.
impl Drop for NativeReader {
    fn drop(&mut self) {
        self.close();
    }
}

fn empty(slot: &OpenFile) {
    if let Ok(mut file) = slot.lock() {
        *file = None;
    }
}

fn serve(
    file: &Arc<CheckpointFile>,
    messages: &Receiver<Message>,
    events: &Events,
    cancel: &Arc<AtomicBool>,
) -> Result<()> {
    while let Ok(message) = messages.recv() {
        match message {
            Message::Scan(request, arenas) => {
                if !scan(file, *request, arenas, messages, events, cancel)? {
                    break;
                }
            }
            Message::Count(filter) => {
                let (certain, doubtful) = file.count(filter, cancel.clone())?;
                events.emit(COUNT, certain as f64, doubtful as f64, String::new());
            }
            // Arenas of a scan that has ended come back late.
            Message::Release(_) | Message::Replace(..) => {}
            Message::Close => break,
        }
    }
    Ok(())
}

/// False: closed on the way.
fn scan(
    file: &Arc<CheckpointFile>,
    request: ScanRequest,
    mut arenas: Vec<SharedBytes>,
    messages: &Receiver<Message>,
    events: &Events,
    cancel: &Arc<AtomicBool>,
) -> Result<bool> {
    let mut scan = file.scan(request.options(cancel.clone()))?;
    events.emit(TREE, 0.0, 0.0, scan.tree().to_string());
    let mut free: VecDeque<usize> = (0..arenas.len()).collect();
    // The arena that the next block needs larger, until it has come.
    let mut awaited = None;
    loop {
        let index = if awaited.is_none() { free.pop_front() } else { None };
        let Some(index) = index else {
            match messages.recv() {
                Ok(Message::Release(index)) => free.push_back(index),
                Ok(Message::Replace(index, arena)) => {
                    *arenas.get_mut(index).ok_or_else(|| CkptError::internal("no such arena"))? = arena;
                    free.push_front(index);
                    awaited = None;
                }
                Ok(Message::Scan(..) | Message::Count(_)) => {
                    return Err(CkptError::internal("a scan within a scan"));
                }
                Ok(Message::Close) | Err(_) => return Ok(false),
            }
            continue;
        };
        let arena = arenas.get_mut(index).ok_or_else(|| CkptError::internal("no such arena"))?;
        match scan.next_block(arena.bytes_mut())? {
            Fill::Block { certain, bytes, .. } => {
                let bytes_and_certain = bytes as f64 * 2.0 + f64::from(u8::from(certain));
                events.emit(BLOCK, index as f64, bytes_and_certain, String::new());
            }
            Fill::NeedBytes(bytes) => {
                awaited = Some(index);
                events.emit(NEED, index as f64, bytes as f64, String::new());
            }
            Fill::End => {
                events.emit(END, 0.0, 0.0, String::new());
                return Ok(true);
            }
        }
    }
}
