//! A file as Arrow batches: the arrays that a scan decodes, neither packed nor copied.
//!
//! A stream has one schema from its first batch to its last ([`schema`]); arrays of another type are brought to it ([`conform`]):
//! dictionaries become their texts, the oldest timestamps numbers. All others are handed over as they were decoded.

mod conform;
mod gate;
mod ipc;
mod parts;
mod schema;
#[cfg(test)]
mod tests;
mod unite;

use std::path::PathBuf;
use std::sync::Arc;

use arrow_array::{RecordBatch, RecordBatchOptions, RecordBatchReader};
use arrow_schema::{ArrowError, Schema, SchemaRef};

pub use self::gate::Gate;
pub use self::ipc::IpcStream;
pub use self::parts::{ArrowPart, ArrowParts, Constant, ConstantValue};
pub use self::schema::Label;
use super::file::CheckpointFile;
use super::options::{Large, ScanOptions};
use super::plan::Projection;
use super::scan::Scan;
use crate::caught;
use crate::error::{CkptError, Result};

impl CheckpointFile {
    /// Begins to read rows as Arrow batches. No thread starts before the first batch is asked for.
    ///
    /// `labels`: what the projected columns are called, in file order; `None`: as in the file.
    pub fn arrow(self: &Arc<Self>, options: ScanOptions, labels: Option<&[Label]>) -> Result<ArrowReader> {
        ArrowReader::new(self, options, labels).map_err(|error| error.at(self.source.path()))
    }
}

/// Batches of one schema, one after another.
pub trait Batches: RecordBatchReader + Send {
    /// Where they come from, for errors.
    fn path(&self) -> PathBuf;

    /// The next rows, none after the last. After an error there are no more.
    fn next_batch(&mut self) -> Result<Option<RecordBatch>>;
}

/// The rows of a file as Arrow batches of one schema. It may go to another thread. Dropping it ends its own.
pub struct ArrowReader {
    file: Arc<CheckpointFile>,
    schema: SchemaRef,
    state: State,
}

enum State {
    Fresh(Box<ScanOptions>),
    Running(Box<Scan>),
    Ended,
}

impl ArrowReader {
    fn new(file: &Arc<CheckpointFile>, options: ScanOptions, labels: Option<&[Label]>) -> Result<Self> {
        // Views of texts would have to be copied into arrays of their own.
        let options = ScanOptions { large: Large { text: u64::MAX, ..options.large }, ..options };
        let projection = Projection::new(file, &options)?;
        let fields = schema::fields(file, &projection.columns, labels)?;
        let schema = Arc::new(Schema::new(fields));
        Ok(Self { file: Arc::clone(file), schema, state: State::Fresh(Box::new(options)) })
    }

    fn advance(&mut self) -> Result<Option<RecordBatch>> {
        if let State::Fresh(options) = &self.state {
            self.state = State::Running(Box::new(Scan::new(&self.file, ScanOptions::clone(options))?));
        }
        let State::Running(scan) = &mut self.state else { return Ok(None) };
        let Some((rows, arrays)) = scan.next_arrays()? else { return Ok(None) };
        let longest = self.file.limits.string_bytes;
        let columns = arrays.iter().zip(self.schema.fields()).map(|(array, field)| {
            conform::conform(array, field.data_type(), longest).map_err(|error| error.in_column(field.name()))
        });
        let columns = columns.collect::<Result<Vec<_>>>()?;
        let options = RecordBatchOptions::new().with_row_count(Some(rows));
        let batch = RecordBatch::try_new_with_options(Arc::clone(&self.schema), columns, &options);
        batch.map(Some).map_err(|error| conform::broken(&error))
    }
}

impl Batches for ArrowReader {
    fn path(&self) -> PathBuf {
        self.file.source.path().to_owned()
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let next = caught(|| self.advance()).map_err(|error| error.at(self.file.source.path()));
        if !matches!(next, Ok(Some(_))) {
            self.state = State::Ended;
        }
        next
    }
}

impl Iterator for ArrowReader {
    type Item = std::result::Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().map_err(told).transpose()
    }
}

impl RecordBatchReader for ArrowReader {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

/// An error as a stream tells it: the code first, since nothing but a text crosses. Texts of C end at their first zero.
fn told(error: CkptError) -> ArrowError {
    let CkptError { code, message, column, path } = error;
    let place = column.map(|name| format!(", column '{name}'")).unwrap_or_default();
    let path = path.filter(|path| !message.contains(path.as_str()));
    let path = path.map(|path| format!(" ({path})")).unwrap_or_default();
    let text = format!("{}: {message}{place}{path}", code.as_str()).replace('\0', "\u{fffd}");
    ArrowError::ExternalError(text.into())
}
