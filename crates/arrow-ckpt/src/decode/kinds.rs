//! What each Parquet type becomes in JavaScript.
//!
//! | Parquet | kind | in JavaScript |
//! |---|---|---|
//! | boolean | `bool` | boolean |
//! | int8 to int64, uint8 to uint64 | `int` | number; bigint for the values that are not safe integers |
//! | float16, float, double | `f64` | number |
//! | string, enum, JSON | `text`, or `dict` if every data page is dictionary-encoded | string; bytes if they are asked for |
//! | uuid | `text` | string, `"xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx"` in lowercase |
//! | decimal on any physical type | `text` | string, exact, with all digits of its scale: `"1.10"` |
//! | time in ms, us, ns | `text` | string, `"HH:MM:SS.fff"` with 3, 6 or 9 digits; a time outside the day keeps its sign and hours |
//! | interval | `text` | string, `"1 months 2 days 3 ms"`: its three unsigned numbers |
//! | binary, fixed-length binary, BSON, geometry, geography, unknown annotations on binary | `bytes` | `Uint8Array` |
//! | date | `date` | `Date` at midnight UTC |
//! | timestamp in ms, us, ns, with or without zone | `timestamp` | `Date`, and the nanoseconds within its millisecond |
//! | INT96 | `timestamp` | as a timestamp, its microseconds taken as 64 bits, which every year that Spark writes fits in, and its
//! nanoseconds |
//! | list, also without annotation (`repeated`) | `list` | array |
//! | struct (group) | `struct` | object |
//! | map | `map` | laid out as a list of structs of key and value |
//! | map without values | `list` | array of the keys |
//! | null (annotation UNKNOWN) | `null` | null |
//! | VARIANT | `variant`, laid out as a struct of its parts | the value that it holds: lib/columnar/variant |
//!
//! A group without fields holds no data in Parquet and cannot be told from null: such a file is refused.
//! A schema embedded by Arrow is ignored: the Parquet types rule, so that a duration, say, is an `int`.

use std::collections::{HashMap, HashSet};
use std::vec::IntoIter;

use arrow_schema::{DataType, Field, TimeUnit};
use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::ColumnDescPtr;
use serde::ser::{Serialize, SerializeStruct, Serializer};

use super::elements::Decimal;
use super::faults::unsupported;
use super::options::TextMode;
use super::plain::{IN_VARIANT, INNER_MAP};
use crate::error::{CkptError, Result};

/// How the values of a text node become text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Render {
    Utf8,
    /// What is not UTF-8 becomes U+FFFD.
    Lossy,
    Uuid,
    Decimal,
    /// A decimal of this scale as it is stored: an integer, or big-endian bytes in two's complement.
    Stored(i32),
    Time,
    Interval,
}

/// What a node of the physical tree holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Struct,
    List,
    Map,
    Null,
    F64,
    /// What a float holds: numbers too, in half the memory.
    F32,
    Bool,
    Text(Render),
    Dict,
    Int,
    Bytes,
    Date,
    Timestamp,
}

impl Kind {
    fn name(self) -> &'static str {
        match self {
            Self::Struct => "struct",
            Self::List => "list",
            Self::Map => "map",
            Self::Null => "null",
            Self::F64 | Self::F32 => "f64",
            Self::Bool => "bool",
            Self::Text(_) => "text",
            Self::Dict => "dict",
            Self::Int => "int",
            Self::Bytes => "bytes",
            Self::Date => "date",
            Self::Timestamp => "timestamp",
        }
    }

    /// Bytes that a slot takes in an arena, without text and validity.
    pub fn width(self) -> usize {
        match self {
            Self::Struct | Self::Null => 0,
            Self::Bool => 1,
            Self::F32 | Self::List | Self::Map | Self::Text(_) | Self::Dict | Self::Bytes => 4,
            Self::F64 | Self::Int | Self::Date | Self::Timestamp => 8,
        }
    }
}

/// A node of the physical tree. Its pre-order is the order of nodes in a block.
#[derive(Debug, Clone)]
pub(super) struct Node {
    pub name: String,
    pub kind: Kind,
    pub nullable: bool,
    pub children: Vec<Self>,
    /// A leaf's type in words.
    pub leaf: String,
    /// Of a struct that holds the parts of a VARIANT: how its texts are to be read.
    pub variant: Option<TextMode>,
}

/// The Parquet columns that are still to come, with what the metadata do not tell of them.
pub(super) type Leaves = IntoIter<(ColumnDescPtr, Option<Decimal>)>;

impl Node {
    /// The node of an Arrow field as parquet-rs will read it; `leaves` are the Parquet columns from the field's first on.
    pub fn new(field: &Field, text: TextMode, leaves: &mut Leaves) -> Result<Self> {
        let mut child = |field: &Field| Self::new(field, text, leaves);
        let mut variant = None;
        let (kind, leaf, children) = match field.data_type() {
            DataType::Struct(fields) => {
                let mut children = fields.iter().map(|field| child(field)).collect::<Result<Vec<_>>>()?;
                for child in &mut children {
                    if let Some(name) = child.name.strip_prefix(IN_VARIANT) {
                        child.name = name.to_owned();
                        variant = Some(text);
                    }
                }
                match &mut children[..] {
                    [map] if map.name == INNER_MAP => {
                        (Kind::Map, String::new(), std::mem::take(&mut map.children))
                    }
                    _ => (Kind::Struct, String::new(), children),
                }
            }
            DataType::List(item) => (Kind::List, String::new(), vec![child(item)?]),
            DataType::Map(entries, _) => (Kind::Map, String::new(), vec![child(entries)?]),
            leaf => {
                let next = leaves.next().ok_or_else(|| CkptError::internal("a leaf has no column"))?;
                let (kind, words) = match next {
                    (_, Some(Decimal { precision, scale })) => {
                        (Kind::Text(Render::Stored(scale)), format!("decimal({precision},{scale})"))
                    }
                    (column, None) => leaf_kind(leaf, &column, text)?,
                };
                (kind, words, Vec::new())
            }
        };
        let name = field.name().clone();
        Ok(Self { name, kind, nullable: field.is_nullable(), children, leaf, variant })
    }

    /// Gives the second and later nodes of one name among these, and below them, the name with `_1`, `_2`, ... behind it, whichever is
    /// free.
    pub fn rename_duplicates(nodes: &mut [Self]) {
        let mut taken: HashSet<String> = nodes.iter().map(|node| node.name.clone()).collect();
        let mut seen = HashSet::with_capacity(nodes.len());
        let mut counts: HashMap<String, usize> = HashMap::new();
        for node in nodes {
            if !seen.insert(node.name.clone()) {
                let count = counts.entry(node.name.clone()).or_default();
                node.name = loop {
                    *count += 1;
                    let name = format!("{}_{count}", node.name);
                    if taken.insert(name.clone()) {
                        break name;
                    }
                };
            }
            match node.kind {
                Kind::Struct => Self::rename_duplicates(&mut node.children),
                // The key and the value of a map's entries may have any names.
                Kind::Map => {
                    let fields = node.children.iter_mut().flat_map(|entries| &mut entries.children);
                    fields.for_each(|field| Self::rename_duplicates(std::slice::from_mut(field)));
                }
                _ => node
                    .children
                    .iter_mut()
                    .for_each(|child| Self::rename_duplicates(std::slice::from_mut(child))),
            }
        }
    }

    /// The type in words, for people: `list<struct<a: int64>>`.
    pub fn words(&self) -> String {
        let mut words = String::new();
        self.write_words(&mut words);
        words
    }

    fn write_words(&self, words: &mut String) {
        if self.variant.is_some() {
            return words.push_str("variant");
        }
        let (open, children) = match self.kind {
            Kind::Struct => ("struct<", self.children.as_slice()),
            Kind::List => ("list<", self.children.as_slice()),
            Kind::Map => ("map<", self.children.first().map_or(&[][..], |entries| &entries.children)),
            _ => return words.push_str(&self.leaf),
        };
        words.push_str(open);
        for (index, child) in children.iter().enumerate() {
            if index > 0 {
                words.push_str(", ");
            }
            if self.kind == Kind::Struct {
                words.push_str(&child.name);
                words.push_str(": ");
            }
            child.write_words(words);
        }
        words.push('>');
    }

    /// The kinds of its leaves in order, each the kind of a Parquet column.
    pub fn leaf_kinds(&self, kinds: &mut Vec<Kind>) {
        if self.children.is_empty() {
            kinds.push(self.kind);
        }
        for child in &self.children {
            child.leaf_kinds(kinds);
        }
    }

    /// Leaves of this subtree.
    pub fn leaf_count(&self) -> usize {
        if self.children.is_empty() { 1 } else { self.children.iter().map(Self::leaf_count).sum() }
    }

    /// Nodes of this subtree.
    pub fn count(&self) -> usize {
        1 + self.children.iter().map(Self::count).sum::<usize>()
    }
}

/// The node as the facade sees it.
impl Serialize for Node {
    fn serialize<S: Serializer>(&self, serializer: S) -> std::result::Result<S::Ok, S::Error> {
        let mut node = serializer.serialize_struct("Node", 5)?;
        node.serialize_field("name", &self.name)?;
        node.serialize_field("kind", self.variant.map_or_else(|| self.kind.name(), |_| "variant"))?;
        match self.variant {
            Some(text) => node.serialize_field("text", &text)?,
            None => node.skip_field("text")?,
        }
        node.serialize_field("nullable", &self.nullable)?;
        node.serialize_field("children", &self.children)?;
        node.end()
    }
}

fn leaf_kind(leaf: &DataType, column: &ColumnDescPtr, mode: TextMode) -> Result<(Kind, String)> {
    let logical = column.logical_type_ref();
    let converted = column.converted_type();
    let is_text = match logical {
        Some(logical) => matches!(logical, LogicalType::String | LogicalType::Json | LogicalType::Enum),
        None => matches!(converted, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM),
    };
    let text = || match (logical, converted) {
        (Some(LogicalType::Json), _) | (None, ConvertedType::JSON) => "json",
        (Some(LogicalType::Enum), _) | (None, ConvertedType::ENUM) => "enum",
        _ => "string",
    };
    let (kind, words) = match leaf {
        DataType::Null => (Kind::Null, "null".to_owned()),
        DataType::Boolean => (Kind::Bool, "bool".to_owned()),
        DataType::Float16 => (Kind::F64, "float16".to_owned()),
        DataType::Float32 => (Kind::F32, "float".to_owned()),
        DataType::Float64 => (Kind::F64, "double".to_owned()),
        integer if integer.is_integer() => (Kind::Int, integer.to_string().to_lowercase()),
        DataType::Utf8 => (Kind::Text(Render::Utf8), text().to_owned()),
        DataType::Dictionary(_, _) => (Kind::Dict, text().to_owned()),
        DataType::Binary if is_text && mode == TextMode::Lossy => {
            (Kind::Text(Render::Lossy), text().to_owned())
        }
        DataType::Binary => (Kind::Bytes, "binary".to_owned()),
        DataType::FixedSizeBinary(_) if column.physical_type() == Physical::INT96 => {
            (Kind::Timestamp, "timestamp[ns]".to_owned())
        }
        DataType::FixedSizeBinary(_) if logical == Some(&LogicalType::Uuid) => {
            (Kind::Text(Render::Uuid), "uuid".to_owned())
        }
        DataType::FixedSizeBinary(12) if converted == ConvertedType::INTERVAL => {
            (Kind::Text(Render::Interval), "interval".to_owned())
        }
        DataType::FixedSizeBinary(size) => (Kind::Bytes, format!("binary({size})")),
        DataType::Decimal128(precision, scale) | DataType::Decimal256(precision, scale) => {
            (Kind::Text(Render::Decimal), format!("decimal({precision},{scale})"))
        }
        DataType::Time32(unit) | DataType::Time64(unit) => {
            (Kind::Text(Render::Time), format!("time[{}]", unit_name(*unit)))
        }
        DataType::Date32 => (Kind::Date, "date".to_owned()),
        DataType::Timestamp(unit, None) => (Kind::Timestamp, format!("timestamp[{}]", unit_name(*unit))),
        DataType::Timestamp(unit, Some(zone)) => {
            (Kind::Timestamp, format!("timestamp[{}, {zone}]", unit_name(*unit)))
        }
        other => {
            return Err(unsupported(&format!("the type {other}")).in_column(&column.path().string()));
        }
    };
    Ok((kind, words))
}

fn unit_name(unit: TimeUnit) -> &'static str {
    match unit {
        TimeUnit::Second => "s",
        TimeUnit::Millisecond => "ms",
        TimeUnit::Microsecond => "us",
        TimeUnit::Nanosecond => "ns",
    }
}
