//! Columns of the schemas that were read last. Making them takes a quarter of the time of a small file, and small files of one schema come
//! again and again: the steps of a pipeline, batches, parts.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex, PoisonError};

use parquet::file::metadata::ParquetMetaData;
use parquet::schema::types::TypePtr;

use super::columns::{Columns, Plain, Reading, is_dictionary};
use super::options::TextMode;
use crate::error::Result;

/// Schemas that are remembered.
const MAX_KNOWN: usize = 16;
/// Leaves of the largest schema that is remembered: comparing one takes time, and keeping one memory.
const MAX_LEAVES: usize = 64;
/// Row groups of the largest file whose columns are looked for: all of its chunks say how they are encoded.
const MAX_GROUPS: usize = 4;

/// All that columns depend on.
struct Key {
    schema: TypePtr,
    text: TextMode,
    /// Whether a leaf is read as a dictionary.
    dictionaries: Vec<bool>,
}

impl Key {
    /// `None` for columns that are not remembered.
    fn of(metadata: &ParquetMetaData, reading: &Reading) -> Option<Self> {
        let schema = metadata.file_metadata().schema_descr();
        let leaves = schema.num_columns();
        let is_plain = !reading.rename && reading.decimals.is_empty();
        if !is_plain || leaves > MAX_LEAVES || metadata.num_row_groups() > MAX_GROUPS {
            return None;
        }
        let dictionary = |leaf| match reading.plain {
            Plain::None => Some(is_dictionary(metadata, leaf)),
            Plain::All => Some(false),
            Plain::Of(_) => None,
        };
        let dictionaries = (0..leaves).map(dictionary).collect::<Option<_>>()?;
        Some(Self { schema: schema.root_schema_ptr(), text: reading.text, dictionaries })
    }

    fn is(&self, other: &Self) -> bool {
        self.text == other.text && self.dictionaries == other.dictionaries && self.schema == other.schema
    }
}

/// The last that was asked for comes first.
static KNOWN: Mutex<VecDeque<(Key, Arc<Columns>)>> = Mutex::new(VecDeque::new());

/// The columns of a file, those of an earlier one of the same schema if there was one. What cannot be read is not remembered.
pub(super) fn columns_of(metadata: &ParquetMetaData, reading: &Reading) -> Result<Arc<Columns>> {
    let Some(key) = Key::of(metadata, reading) else { return Ok(Arc::new(Columns::new(metadata, reading)?)) };
    let lock = || KNOWN.lock().unwrap_or_else(PoisonError::into_inner);
    {
        let mut known = lock();
        let found = known.iter().position(|(other, _)| other.is(&key));
        if let Some(entry) = found.and_then(|at| known.remove(at)) {
            let columns = Arc::clone(&entry.1);
            known.push_front(entry);
            return Ok(columns);
        }
    }
    let columns = Arc::new(Columns::new(metadata, reading)?);
    let mut known = lock();
    known.truncate(MAX_KNOWN - 1);
    known.push_front((key, Arc::clone(&columns)));
    Ok(columns)
}
