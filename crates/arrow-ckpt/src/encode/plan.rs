//! The physical plan: what types of columns a slab's records carry, and how types of row groups merge into those of the file.

use std::sync::Arc;

use arrow_schema::{DataType, Field, Fields, TimeUnit};
use serde::Deserialize;

use crate::error::{CkptError, Result};
use crate::limits::{MAX_SCHEMA_DEPTH, MAX_SCHEMA_NODES};

/// A node of the physical plan as it crosses in a plan record.
#[derive(Debug, Clone, Deserialize, PartialEq, Eq)]
pub struct PlanNode {
    /// The field's name in the file.
    #[serde(rename = "n")]
    pub name: String,
    /// What its slots hold.
    #[serde(rename = "t")]
    pub kind: PlanKind,
    /// The fields of a struct, the one element of a list.
    #[serde(rename = "c", default)]
    pub children: Vec<PlanNode>,
    /// Whether a leaf gets bloom filters, if it is of a type that can have them.
    #[serde(rename = "b", default)]
    pub bloom: bool,
}

impl PlanNode {
    /// Whether the leaf at the end of a path, which begins with this node's name, is to have a bloom filter.
    #[must_use]
    pub fn wants_bloom(&self, path: &[String]) -> bool {
        match path {
            [name, rest @ ..] if *name == self.name => {
                if rest.is_empty() {
                    self.bloom
                } else {
                    self.children.iter().any(|child| child.wants_bloom(rest))
                }
            }
            _ => false,
        }
    }
}

/// What the slots of a node hold.
#[derive(Debug, Clone, Copy, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "lowercase")]
pub enum PlanKind {
    /// Nothing so far: every slot is null.
    Null,
    /// Numbers as doubles: int64 in the file while all are safe integers and none is -0.
    Num,
    /// Bools.
    Bool,
    /// Text.
    Text,
    /// Small integers of our own, such as shape numbers.
    I32,
    /// Big integers that fit int64.
    Big,
    /// Valid dates as doubles: whole milliseconds since 1970 UTC.
    Date,
    /// Bytes.
    Bytes,
    /// Doubles whatever they are: elements of a `Float64Array`.
    F64,
    /// Floats: elements of a `Float32Array`.
    F32,
    /// Lists of the one child.
    List,
    /// Structs of the children.
    Struct,
}

/// Reads the JSON of a plan record: the top-level columns.
pub fn parse_plan(json: &[u8]) -> Result<Vec<PlanNode>> {
    let nodes: Vec<PlanNode> =
        serde_json::from_slice(json).map_err(|error| CkptError::internal(format!("plan record: {error}")))?;
    let mut count = 0;
    for node in &nodes {
        check(node, 1, &mut count)?;
    }
    Ok(nodes)
}

fn check(node: &PlanNode, depth: usize, count: &mut usize) -> Result<()> {
    *count += 1;
    if depth > MAX_SCHEMA_DEPTH || *count > MAX_SCHEMA_NODES {
        return Err(CkptError::internal("the plan exceeds the schema caps"));
    }
    let fits = match node.kind {
        PlanKind::List => node.children.len() == 1,
        PlanKind::Struct => !node.children.is_empty(),
        _ => node.children.is_empty(),
    };
    if !fits {
        return Err(CkptError::internal(format!(
            "plan node {} has {} children",
            node.name,
            node.children.len()
        )));
    }
    node.children.iter().try_for_each(|child| check(child, depth + 1, count))
}

/// The type of a column, or of a part of it, in one row group or in the file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ColumnType {
    /// All null; stored as text, which every engine opens.
    Null,
    /// int64.
    Int,
    /// double.
    Double,
    /// bool.
    Bool,
    /// UTF-8.
    Text,
    /// int32.
    I32,
    /// int64, apart from [`Self::Int`]: it never widens to a double.
    Big,
    /// Timestamp in milliseconds, UTC.
    Date,
    /// Binary.
    Bytes,
    /// float.
    Float,
    /// A list.
    List(Box<ColumnType>),
    /// A struct of named fields.
    Struct(Vec<(String, ColumnType)>),
}

impl ColumnType {
    /// The type that holds the values of both. The facade never changes a node's kind but from null, so only numbers really widen.
    pub fn merge(&self, other: &Self) -> Result<Self> {
        Ok(match (self, other) {
            (a, b) if a == b => a.clone(),
            (Self::Null, b) => b.clone(),
            (a, Self::Null) => a.clone(),
            // Not every integer is a float.
            (Self::Int | Self::Double | Self::Float, Self::Int | Self::Double | Self::Float) => Self::Double,
            (Self::List(a), Self::List(b)) => Self::List(Box::new(a.merge(b)?)),
            (Self::Struct(a), Self::Struct(b)) => {
                let mut fields = a.clone();
                for (name, theirs) in b {
                    match fields.iter_mut().find(|(mine, _)| mine == name) {
                        Some((_, mine)) => *mine = mine.merge(theirs)?,
                        None => fields.push((name.clone(), theirs.clone())),
                    }
                }
                Self::Struct(fields)
            }
            (a, b) => return Err(CkptError::internal(format!("a column was {a:?} and is {b:?}"))),
        })
    }

    /// The stored type in words: two columns have the same words if their values are stored alike.
    #[must_use]
    pub fn words(&self) -> String {
        match self {
            Self::Null => "null".to_owned(),
            Self::Int | Self::Big => "int64".to_owned(),
            Self::Double => "float64".to_owned(),
            Self::Bool => "bool".to_owned(),
            Self::Text => "string".to_owned(),
            Self::I32 => "int32".to_owned(),
            Self::Date => "timestamp".to_owned(),
            Self::Bytes => "binary".to_owned(),
            Self::Float => "float32".to_owned(),
            Self::List(element) => format!("list<{}>", element.words()),
            Self::Struct(fields) => {
                let words = fields
                    .iter()
                    .map(|(name, ty)| format!("{}: {}", serde_json::Value::from(name.as_str()), ty.words()));
                format!("struct<{}>", words.collect::<Vec<_>>().join(", "))
            }
        }
    }

    /// The Arrow type. Every field is nullable: a missing key, a null and an exception all are nulls to other engines.
    #[must_use]
    pub fn to_arrow(&self) -> DataType {
        self.with_text(&DataType::Utf8)
    }

    /// The Arrow type of the arrays that are encoded: their texts are bytes, which are UTF-8 as they were made so, and which Arrow would
    /// look at once more.
    #[must_use]
    pub fn to_stored(&self) -> DataType {
        self.with_text(&DataType::Binary)
    }

    fn with_text(&self, text: &DataType) -> DataType {
        match self {
            Self::Null | Self::Text => text.clone(),
            Self::Int | Self::Big => DataType::Int64,
            Self::Date => DataType::Timestamp(TimeUnit::Millisecond, Some("UTC".into())),
            Self::Bytes => DataType::Binary,
            Self::Float => DataType::Float32,
            Self::Double => DataType::Float64,
            Self::Bool => DataType::Boolean,
            Self::I32 => DataType::Int32,
            Self::List(element) => {
                DataType::List(Arc::new(Field::new("element", element.with_text(text), true)))
            }
            Self::Struct(fields) => DataType::Struct(
                fields
                    .iter()
                    .map(|(name, ty)| Field::new(name, ty.with_text(text), true))
                    .collect::<Fields>(),
            ),
        }
    }
}
