//! The handle of one save.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{Receiver, Sender, channel};

use arrow_ckpt::decode::describe_footer;
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};
use arrow_ckpt::{CkptError, Result, caught};
use napi::Env;
use napi::bindgen_prelude::{Function, Uint8Array};
use napi_derive::napi;

use crate::events::{DONE, Event, Events, FREE, PINS, no_thread};
use crate::memory::{SharedBytes, give_back};
use crate::parse::parse;
use crate::teardown::{Running, stop_before_teardown};

enum Message {
    Slab { index: u32, bytes: u32 },
    Copy(Vec<u8>),
    Attach(Vec<u8>),
    Finish(Vec<(String, String)>),
    Commit(Option<String>),
    Abort,
}

/// Writes one checkpoint on a thread of its own.
#[napi]
pub struct NativeWriter {
    sender: Sender<Message>,
}

#[napi]
#[expect(clippy::needless_pass_by_value, reason = "napi hands over what it converted")]
impl NativeWriter {
    /// Starts a save to `path`. `slabs` are the facade's until it submits one.
    #[napi(constructor, catch_unwind)]
    pub fn new(
        env: Env,
        path: String,
        options: String,
        slabs: Vec<Uint8Array>,
        #[napi(ts_arg_type = "(kind: number, first: number, second: number, text: string) => void")] on_event: Function<'_, Event, ()>,
    ) -> napi::Result<Self> {
        let options: WriteOptions = parse(&options)?;
        let slabs: Vec<SharedBytes> = slabs.into_iter().map(SharedBytes::new).collect();
        let events = Arc::new(Events::new(&on_event)?);
        let told = events.clone();
        let (sender, messages) = channel();
        let thread = std::thread::Builder::new().name("arrow-ckpt-save".to_owned()).spawn(move || {
            let saved = caught(|| save(&PathBuf::from(path), &options, &slabs, &messages, &events));
            match saved {
                Ok(Some(description)) => events.emit(DONE, 0.0, 0.0, description),
                Ok(None) => events.emit(DONE, -1.0, 0.0, String::new()),
                Err(error) => events.emit_error(&error),
            }
            give_back();
        });
        let stopper = sender.clone();
        let stop = Box::new(move || drop(stopper.send(Message::Abort)));
        match thread {
            Ok(thread) => stop_before_teardown(env, Running { stop, thread })?,
            Err(error) => told.emit_error(&no_thread("save", &error)),
        }
        Ok(Self { sender })
    }

    /// Hands over the first `bytes` bytes of a slab; it is the facade's again with the event FREE.
    #[napi(catch_unwind)]
    pub fn submit(&self, index: u32, bytes: u32) {
        self.send(Message::Slab { index, bytes });
    }

    /// Hands over a copy of records that no slab can hold; taken in with the event FREE of an index beyond the slabs'.
    #[napi(catch_unwind)]
    pub fn submit_copy(&self, records: &[u8]) {
        self.send(Message::Copy(records.to_vec()));
    }

    /// Appends a copy of bytes to the attachment, behind all rows; taken in with the event FREE of an index beyond the slabs'.
    #[napi(catch_unwind)]
    pub fn attach(&self, bytes: &[u8]) {
        self.send(Message::Attach(bytes.to_vec()));
    }

    /// No more rows: write the footer with these key-values (a JSON object of strings) and commit. Answered by DONE or ERROR.
    #[napi(catch_unwind)]
    pub fn finish(&self, key_values: String) -> napi::Result<()> {
        self.send(Message::Finish(pairs(&key_values)?));
        Ok(())
    }

    /// Goes on after PINS: the facade has the lock of the pool, or tells why it cannot be had.
    #[napi(catch_unwind)]
    pub fn commit(&self, unpinned: Option<String>) {
        self.send(Message::Commit(unpinned));
    }

    /// Gives the save up: nothing of it stays. Answered by DONE with -1, or by ERROR if one was under way.
    #[napi(catch_unwind)]
    pub fn abort(&self) {
        self.send(Message::Abort);
    }

    fn send(&self, message: Message) {
        // The thread has ended only after an ERROR event: the facade knows.
        let _ = self.sender.send(message);
    }
}

/// Forgotten by JavaScript: whoever cannot be reached cannot finish.
impl Drop for NativeWriter {
    fn drop(&mut self) {
        self.send(Message::Abort);
    }
}

/// The key-values of a footer from a JSON object of strings.
pub fn pairs(key_values: &str) -> napi::Result<Vec<(String, String)>> {
    let pairs: serde_json::Map<String, serde_json::Value> = parse(key_values)?;
    let text = |value: serde_json::Value| value.as_str().unwrap_or_default().to_owned();
    Ok(pairs.into_iter().map(|(key, value)| (key, text(value))).collect())
}

/// Commits; gives the description of the file.
fn finish(writer: CheckpointWriter, key_values: &[(String, String)]) -> Result<String> {
    let saved = writer.finish(key_values)?;
    let description = describe_footer(&saved.footer, saved.bytes)?;
    // A JSON object.
    Ok(match saved.kept_whole {
        Some(why) => format!("{{\"keptWhole\":{},{}", serde_json::json!(why), &description[1..]),
        None => description,
    })
}

/// The description of the file; none if it was given up.
fn save(
    path: &std::path::Path,
    options: &WriteOptions,
    slabs: &[SharedBytes],
    messages: &Receiver<Message>,
    events: &Events,
) -> Result<Option<String>> {
    let mut writer = CheckpointWriter::create(path, options)?;
    #[cfg(feature = "fault-injection")]
    assert!(!path.ends_with("panic-in-save.parquet"), "a provoked panic");
    loop {
        match messages.recv() {
            Ok(Message::Slab { index, bytes }) => {
                let slab = slabs.get(index as usize).and_then(|slab| slab.bytes().get(..bytes as usize));
                writer.ingest(slab.ok_or_else(|| CkptError::internal("no such slab"))?)?;
                events.emit(FREE, f64::from(index), 0.0, String::new());
            }
            Ok(Message::Copy(records)) => {
                writer.ingest(&records)?;
                events.emit(FREE, slabs.len() as f64, 0.0, String::new());
            }
            Ok(Message::Attach(bytes)) => {
                writer.attach(&bytes)?;
                events.emit(FREE, slabs.len() as f64, 0.0, String::new());
            }
            Ok(Message::Finish(key_values)) => {
                if writer.settle()? {
                    events.emit(PINS, 0.0, 0.0, String::new());
                    let Ok(Message::Commit(unpinned)) = messages.recv() else { return Ok(None) };
                    if let Some(why) = unpinned {
                        writer.keep_whole(why);
                    }
                }
                return finish(writer, &key_values).map(Some);
            }
            Ok(Message::Commit(_)) => return Err(CkptError::internal("a commit before its time")),
            Ok(Message::Abort) | Err(_) => return Ok(None),
        }
    }
}
