//! The one schema of a stream: for each projected column a field with a type that Arrow has, and the names that the caller gives.

use std::collections::HashMap;
use std::sync::Arc;

use arrow_schema::extension::{EXTENSION_TYPE_METADATA_KEY, EXTENSION_TYPE_NAME_KEY};
use arrow_schema::{DataType, Field, FieldRef, TimeUnit};
use serde::Deserialize;

use crate::decode::columns::Projected;
use crate::decode::faults::unsupported;
use crate::decode::file::CheckpointFile;
use crate::decode::kinds::{Kind, Node, Render};
use crate::error::{CkptError, Result};

/// What a column or a part of it is called, and whether its texts are JSON.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Label {
    /// The name.
    pub name: String,
    /// Each text is JSON.
    pub json: bool,
    /// No value was ever there: of the type of nothing, whatever it is stored as.
    pub nothing: bool,
    /// The children of the node, in order; none: they keep their names.
    pub children: Vec<Self>,
}

/// The fields of the projected columns.
pub(super) fn fields(
    file: &CheckpointFile,
    columns: &[Arc<Projected>],
    labels: Option<&[Label]>,
) -> Result<Vec<FieldRef>> {
    if labels.is_some_and(|labels| labels.len() != columns.len()) {
        return Err(CkptError::internal("there are not as many names as columns"));
    }
    let field = |(index, projected): (usize, &Arc<Projected>)| {
        let label = labels.and_then(|labels| labels.get(index));
        let (data_type, nullable) = stored(file, projected)?;
        field_of(&projected.node, &data_type, nullable, label)
            .map_err(|error| error.in_column(&projected.node.name))
    };
    columns.iter().enumerate().map(field).collect()
}

/// The type that a column is decoded to, all of it, and whether it may be null.
fn stored(file: &CheckpointFile, projected: &Projected) -> Result<(DataType, bool)> {
    if let Some(shared) = &projected.shared {
        return Ok((shared.target.clone(), true));
    }
    let hint = &file.columns.hint;
    // Of a thin file the columns are fewer than those stored; ours have names of their own.
    let field = if file.columns.shared.is_empty() {
        hint.get(projected.column)
    } else {
        hint.iter().find(|field| *field.name() == projected.node.name)
    };
    let field = field.ok_or_else(|| CkptError::internal("a column has no type"))?;
    Ok((field.data_type().clone(), field.is_nullable()))
}

fn field_of(node: &Node, data_type: &DataType, nullable: bool, label: Option<&Label>) -> Result<FieldRef> {
    let children = label.map_or(&[][..], |label| &label.children);
    let child = |index: usize, node: &Node, field: &Field| {
        field_of(node, field.data_type(), field.is_nullable(), children.get(index))
    };
    let only = || node.children.first().ok_or_else(|| unexpected(data_type));
    let natural = match (node.kind, data_type) {
        (Kind::Struct, DataType::Struct(fields)) => {
            let is_whole = fields.len() == node.children.len();
            let part = |(index, one): (usize, &Node)| {
                let named = || fields.iter().find(|field| *field.name() == one.name);
                let field = if is_whole { fields.get(index) } else { named() };
                child(index, one, field.ok_or_else(|| unexpected(data_type))?)
            };
            DataType::Struct(node.children.iter().enumerate().map(part).collect::<Result<_>>()?)
        }
        (Kind::List, DataType::List(item)) => DataType::List(child(0, only()?, item)?),
        (Kind::Map, DataType::Map(entries, sorted)) => DataType::Map(child(0, only()?, entries)?, *sorted),
        // The map of a list that knows no maps: see `plain.rs`.
        (Kind::Map, DataType::Struct(wrapped)) => match wrapped.first().map(|field| field.data_type()) {
            Some(DataType::List(entries)) => DataType::List(child(0, only()?, entries)?),
            _ => return Err(unexpected(data_type)),
        },
        _ if label.is_some_and(|label| label.nothing) => DataType::Null,
        (_, leaf) => natural_leaf(node, leaf)?,
    };
    let name = label.map_or(&node.name, |label| &label.name);
    let extension = match node.kind {
        Kind::Text(Render::Uuid) => Some("arrow.uuid"),
        Kind::Text(_) | Kind::Dict if node.leaf == "json" || label.is_some_and(|label| label.json) => {
            Some("arrow.json")
        }
        _ => None,
    };
    let metadata = extension.map(|extension| {
        let entry = |key: &str, value: &str| (key.to_owned(), value.to_owned());
        HashMap::from([entry(EXTENSION_TYPE_NAME_KEY, extension), entry(EXTENSION_TYPE_METADATA_KEY, "")])
    });
    Ok(Arc::new(Field::new(name, natural, nullable).with_metadata(metadata.unwrap_or_default())))
}

fn natural_leaf(node: &Node, leaf: &DataType) -> Result<DataType> {
    Ok(match (node.kind, leaf) {
        (Kind::Text(Render::Stored(_)), _) => {
            return Err(unsupported(&format!("Arrow has no type for a {}; leave the column out", node.leaf)));
        }
        (Kind::Text(Render::Lossy), _) => DataType::Utf8,
        (Kind::Timestamp, DataType::FixedSizeBinary(12)) => DataType::Timestamp(TimeUnit::Nanosecond, None),
        (_, DataType::Dictionary(_, values)) => (**values).clone(),
        _ => leaf.clone(),
    })
}

fn unexpected(data_type: &DataType) -> CkptError {
    CkptError::internal(format!("a column is not laid out as {data_type}"))
}
