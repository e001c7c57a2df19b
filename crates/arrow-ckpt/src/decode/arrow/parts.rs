//! Several files as one stream of Arrow batches, one file after another.

use std::collections::VecDeque;
use std::iter::repeat_n;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::UNIX_EPOCH;

use arrow_array::{
    ArrayRef, Int64Array, RecordBatch, RecordBatchOptions, RecordBatchReader, StringArray, new_null_array,
};
use arrow_schema::{ArrowError, DataType, Field, FieldRef, Schema, SchemaRef};
use serde::Deserialize;

use super::conform::broken;
use super::gate::Gate;
use super::schema::Label;
use super::unite::{brought, unite_fields, valued};
use super::{ArrowReader, Batches, told};
use crate::caught;
use crate::decode::file::CheckpointFile;
use crate::decode::options::{OpenOptions, ScanOptions};
use crate::error::{CkptError, ErrorCode, Result};

/// One file of several, as it was when they were listed.
#[derive(Debug)]
pub struct ArrowPart {
    /// Where it is.
    pub path: PathBuf,
    /// Its size and its time of change in nanoseconds since 1970: of another file with its name nothing is read. `None`: not compared.
    pub stamp: Option<(u64, u128)>,
    /// Which rows and columns are wanted of it.
    pub options: ScanOptions,
    /// What these columns are called.
    pub labels: Vec<Label>,
    /// Whether one before it has the same columns, so that its schema is known without a look at it.
    pub is_known: bool,
    /// Columns that have one value in all its rows.
    pub constants: Vec<Constant>,
}

/// A column of one value.
#[derive(Debug, Clone, Deserialize)]
pub struct Constant {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: ConstantValue,
}

/// The value of a column that has one.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ConstantValue {
    /// An integer.
    Int64(Option<i64>),
    /// A text.
    Text(Option<String>),
}

impl ConstantValue {
    fn data_type(&self) -> DataType {
        match self {
            Self::Int64(_) => DataType::Int64,
            Self::Text(_) => DataType::Utf8,
        }
    }

    fn array(&self, rows: usize) -> ArrayRef {
        match self {
            Self::Int64(value) => Arc::new(repeat_n(*value, rows).collect::<Int64Array>()),
            Self::Text(value) => Arc::new(repeat_n(value.as_deref(), rows).collect::<StringArray>()),
        }
    }
}

/// The rows of several files as batches of one schema. Each is opened when its turn comes.
pub struct ArrowParts {
    schema: SchemaRef,
    path: PathBuf,
    open: OpenOptions,
    left: VecDeque<ArrowPart>,
    current: Option<(ArrowReader, Vec<Constant>)>,
    gate: Option<Arc<Gate>>,
}

impl ArrowParts {
    /// `path`: of all of them, for errors. `order`: names of columns; those that are not in it come behind them. `gate`: what the first
    /// batch waits for. Opens the files whose columns no other has.
    pub fn new(
        path: PathBuf,
        order: &[String],
        open: OpenOptions,
        parts: Vec<ArrowPart>,
        gate: Option<Arc<Gate>>,
    ) -> Result<Self> {
        let is_alone = parts.len() == 1;
        let mut alone = None;
        let mut united = || {
            let mut fields: Vec<FieldRef> = Vec::new();
            for part in &parts {
                if !part.is_known {
                    let reader = opened(part, open)?;
                    unite_fields(&mut fields, reader.schema().fields())
                        .map_err(|error| error.at(&part.path))?;
                    // Its name may be gone when its turn comes. Of many not all stay open.
                    alone = is_alone.then_some(reader);
                }
                for Constant { name, value } in &part.constants {
                    let field = Field::new(name, value.data_type(), true);
                    unite_fields(&mut fields, &[Arc::new(field)].into_iter().collect())
                        .map_err(|error| error.at(&part.path))?;
                }
            }
            let place = |field: &FieldRef| order.iter().position(|name| name == field.name());
            fields.sort_by_key(|field| place(field).unwrap_or(order.len()));
            Ok(Arc::new(Schema::new(fields.iter().map(valued).collect::<Vec<_>>())))
        };
        let schema = caught(&mut united)?;
        let mut left = VecDeque::from(parts);
        let current = alone.and_then(|reader| left.pop_front().map(|part| (reader, part.constants)));
        Ok(Self { schema, path, open, left, current, gate })
    }

    fn advance(&mut self) -> Result<Option<RecordBatch>> {
        if let Some(gate) = self.gate.take() {
            gate.wait()?;
        }
        loop {
            if self.current.is_none() {
                let Some(part) = self.left.pop_front() else { return Ok(None) };
                self.current = Some((opened(&part, self.open)?, part.constants));
            }
            let Some((reader, constants)) = &mut self.current else { return Ok(None) };
            if let Some(batch) = reader.next_batch()? {
                return adapted(&batch, constants, &self.schema)
                    .map(Some)
                    .map_err(|error| error.at(&reader.path()));
            }
            self.current = None;
        }
    }
}

impl Batches for ArrowParts {
    fn path(&self) -> PathBuf {
        self.path.clone()
    }

    fn next_batch(&mut self) -> Result<Option<RecordBatch>> {
        let next = caught(|| self.advance()).map_err(|error| error.at(&self.path));
        if !matches!(next, Ok(Some(_))) {
            self.left.clear();
            self.current = None;
        }
        next
    }
}

impl Iterator for ArrowParts {
    type Item = std::result::Result<RecordBatch, ArrowError>;

    fn next(&mut self) -> Option<Self::Item> {
        self.next_batch().map_err(told).transpose()
    }
}

impl RecordBatchReader for ArrowParts {
    fn schema(&self) -> SchemaRef {
        Arc::clone(&self.schema)
    }
}

fn opened(part: &ArrowPart, open: OpenOptions) -> Result<ArrowReader> {
    let file = CheckpointFile::open(&part.path, &open)?;
    if let Some(stamp) = part.stamp {
        let found =
            std::fs::metadata(&part.path).map_err(|error| CkptError::io("read", &part.path, &error))?;
        let modified = found.modified().map_err(|error| CkptError::io("read", &part.path, &error))?;
        let since = modified.duration_since(UNIX_EPOCH).unwrap_or_default().as_nanos();
        if stamp != (found.len(), since) {
            let message = "the part was changed or replaced while its folder was read; read the folder again";
            return Err(CkptError::new(ErrorCode::Arrow, message).at(&part.path));
        }
    }
    file.arrow(part.options.clone(), Some(&part.labels))
}

fn adapted(batch: &RecordBatch, constants: &[Constant], target: &SchemaRef) -> Result<RecordBatch> {
    let rows = batch.num_rows();
    let column = |field: &FieldRef| {
        let constant = constants.iter().find(|constant| constant.name == *field.name());
        let own = batch.column_by_name(field.name()).cloned();
        let array = own.or_else(|| constant.map(|constant| constant.value.array(rows)));
        let Some(array) = array else { return Ok(new_null_array(field.data_type(), rows)) };
        brought(&array, field.data_type()).map_err(|error| error.in_column(field.name()))
    };
    let columns = target.fields().iter().map(column).collect::<Result<Vec<_>>>()?;
    let options = RecordBatchOptions::new().with_row_count(Some(rows));
    RecordBatch::try_new_with_options(Arc::clone(target), columns, &options).map_err(|error| broken(&error))
}
