//! A column of the row group that fills: its segments are encoded on the pool one after the other, those of several columns at a time.

use std::sync::mpsc::Sender;
use std::sync::{Arc, Mutex, PoisonError};

use arrow_array::Array;

use super::builder::Builder;
use super::chunk::{ColumnEncoder, EncodedColumn, Encoding, Segment};
use super::leaf_pages::Workers;
use super::looking::Looking;
use super::plan::{ColumnType, PlanNode};
use crate::error::{CkptError, Result};
use crate::panics::caught;
use crate::pool::{Lane, cores};

/// A column hands out a segment when it holds this many bytes of texts and bytes.
pub const SEGMENT_BYTES: usize = 512 << 10;
/// For each core, segments and pages may hold this many bytes while they wait for a thread, or a segment more: enough that no thread runs
/// out of work. What waits longer is fresh memory, which takes 2% of a save's time to get, and leaves the caches.
const WAITING_BYTES_PER_CORE: usize = 3 << 19;
const MAX_WAITING_BYTES: usize = 12 << 20;

/// What a finished column answers: its place in the row group, and itself.
pub type Answer = (usize, Result<EncodedColumn>);

/// What has become of an encoder: it fails once, whatever comes after.
type State = Result<Progress>;

/// What is encoded so far.
struct Progress {
    encoder: ColumnEncoder,
    /// Where values may be shared.
    looking: Option<Looking>,
}

impl Progress {
    fn add(&mut self, node: &PlanNode, segment: Segment) -> Result<()> {
        match &mut self.looking {
            Some(looking) => looking.add(&mut self.encoder, node, segment),
            None => self.encoder.add(node, &segment),
        }
    }

    fn finish(
        mut self,
        node: &PlanNode,
        mut rest: Builder,
        column_type: ColumnType,
        most: Option<u64>,
    ) -> Result<EncodedColumn> {
        let Some(mut looking) = self.looking.take() else {
            return self.encoder.finish(node, rest, column_type);
        };
        if let Some(segment) = rest.take_segment()? {
            looking.add(&mut self.encoder, node, segment)?;
        }
        looking.finish(self.encoder, node, column_type, most)
    }
}

fn waiting_bytes() -> usize {
    MAX_WAITING_BYTES.min(cores().max(2) * WAITING_BYTES_PER_CORE)
}

/// A column that has begun to be encoded.
pub struct EarlyColumn {
    lane: Lane,
    workers: Workers,
    state: Arc<Mutex<State>>,
    /// Bytes that were handed out.
    pub bytes: usize,
}

impl EarlyColumn {
    /// Nothing is encoded yet.
    pub fn new(encoding: Encoding, workers: &Workers, looking: Option<Looking>) -> Self {
        let encoder = ColumnEncoder::new(encoding, Some(workers));
        let state = Arc::new(Mutex::new(Ok(Progress { encoder, looking })));
        Self { lane: workers.lane.serial(), workers: workers.clone(), state, bytes: 0 }
    }

    /// Hands out what the builder holds for early leaves. Waits while too much waits to be encoded.
    pub fn advance(&mut self, node: &PlanNode, builder: &mut Builder) -> Result<()> {
        let bytes = builder.ripe_bytes();
        self.workers.budget.wait_until(waiting_bytes());
        let Some(segment) = builder.take_segment()? else { return Ok(()) };
        self.bytes += bytes;
        let held = self.workers.budget.hold(segment.array.get_array_memory_size());
        let (state, node) = (self.state.clone(), node.clone());
        self.lane.spawn(move || {
            let mut state = state.lock().unwrap_or_else(PoisonError::into_inner);
            if let Ok(progress) = &mut *state
                && let Err(error) = caught(|| progress.add(&node, segment))
            {
                *state = Err(error);
            }
            drop(held);
        })
    }

    /// Hands out the rest. `most`: see [`crate::share::Matching::find`]; none if the column does not refer to other files, nor others to
    /// it.
    pub fn finish(
        self,
        node: PlanNode,
        rest: Builder,
        column_type: ColumnType,
        most: Option<u64>,
        to: Sender<Answer>,
        index: usize,
    ) -> Result<()> {
        let state = self.state;
        self.lane.spawn(move || {
            let given_up = Err(CkptError::internal("a column was closed twice"));
            let state =
                std::mem::replace(&mut *state.lock().unwrap_or_else(PoisonError::into_inner), given_up);
            let column =
                state.and_then(|progress| caught(|| progress.finish(&node, rest, column_type, most)));
            // A closed channel means the save was given up: nobody waits for the result.
            drop(to.send((index, column)));
        })
    }
}
