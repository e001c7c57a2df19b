//! The columns of a file: what parquet-rs is told to read them as, and the nodes that they become.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::sync::{Arc, OnceLock};

use arrow_schema::{DataType, Field, FieldRef, Fields};
use parquet::arrow::{FieldLevels, ProjectionMask, parquet_to_arrow_field_levels, parquet_to_arrow_schema};
use parquet::basic::{ConvertedType, Encoding, Type as Physical};
use parquet::file::metadata::{ColumnChunkMetaData, ParquetMetaData};
use parquet::schema::types::SchemaDescriptor;
use serde::Serialize;

use super::elements::Decimal;
use super::faults::unsupported;
use super::guard::{guarded, parquet_error};
use super::kinds::Node;
use super::options::TextMode;
use super::plain::plain_schema;
use super::thin::{Shared, SharedPart};
use crate::error::{CkptError, ErrorCode, Result};

/// How the columns of a file are to be read.
#[derive(Default)]
pub(super) struct Reading {
    pub text: TextMode,
    /// Columns of a name that another has get another name.
    pub rename: bool,
    /// Decimals that the metadata do not tell, by leaf.
    pub decimals: HashMap<usize, Decimal>,
    /// Whose texts are to come one by one, also where the file has dictionaries of them.
    pub plain: Plain,
}

/// Top-level columns.
#[derive(Default)]
pub(super) enum Plain {
    #[default]
    None,
    All,
    Of(HashSet<String>),
}

impl Plain {
    fn holds(&self, name: &str) -> bool {
        match self {
            Self::None => false,
            Self::All => true,
            Self::Of(names) => names.contains(name),
        }
    }
}

/// The top-level columns in file order.
pub(super) struct Columns {
    schema: SchemaDescriptor,
    pub hint: Fields,
    pub nodes: Vec<Node>,
    /// Which leaves (Parquet columns) each top-level column has.
    pub leaves: Vec<Range<usize>>,
    /// What parquet-rs needs to read all of a top-level column, once somebody has asked.
    whole: Vec<OnceLock<Arc<FieldLevels>>>,
    /// The nodes as JSON, once somebody has asked.
    tree: OnceLock<String>,
    /// The columns whose values are in other files: [`super::thin`].
    pub shared: HashMap<usize, Shared>,
}

impl Columns {
    pub fn new(metadata: &ParquetMetaData, reading: &Reading) -> Result<Self> {
        guarded(|| Self::resolve(metadata, reading))
    }

    fn resolve(metadata: &ParquetMetaData, reading: &Reading) -> Result<Self> {
        let original = metadata.file_metadata().schema_descr();
        let schema = plain_schema(original, reading.text)?;
        let natural =
            parquet_to_arrow_schema(&schema, None).map_err(|error| unreadable(&parquet_error(&error)))?;
        if !reading.rename {
            check_names(&natural.fields)?;
        }
        let mut leaf = 0;
        let hint: Fields = natural
            .fields
            .iter()
            .map(|field| hint_of(field, &schema, metadata, reading, &mut leaf))
            .collect();
        levels(&schema, ProjectionMask::all(), Some(&hint))?;

        let descriptors = original.columns().iter().cloned().enumerate();
        let descriptors = descriptors.map(|(leaf, column)| (column, reading.decimals.get(&leaf).copied()));
        let mut descriptors = descriptors.collect::<Vec<_>>().into_iter();
        let mut nodes = Vec::with_capacity(hint.len());
        let mut leaves = Vec::with_capacity(hint.len());
        let mut first = 0;
        for field in &hint {
            nodes.push(Node::new(field, reading.text, &mut descriptors)?);
            let next = original.num_columns() - descriptors.len();
            leaves.push(first..next);
            first = next;
        }
        if nodes.len() != original.root_schema().get_fields().len() || first != original.num_columns() {
            return Err(CkptError::internal("the schema lost columns on its way to Arrow"));
        }
        if reading.rename {
            Node::rename_duplicates(&mut nodes);
        }
        let whole = nodes.iter().map(|_| OnceLock::new()).collect();
        let shared = HashMap::new();
        Ok(Self { schema, hint, nodes, leaves, whole, tree: OnceLock::new(), shared })
    }

    /// What parquet-rs needs to read one top-level column, or some of its leaves.
    pub fn levels(&self, projected: &Projected) -> Result<Arc<FieldLevels>> {
        let is_whole =
            self.leaves.get(projected.column).is_some_and(|all| all.len() == projected.leaves.len());
        let whole = self.whole.get(projected.column).filter(|_| is_whole);
        if let Some(levels) = whole.and_then(OnceLock::get) {
            return Ok(Arc::clone(levels));
        }
        let levels = Arc::new(self.levels_as(projected, &self.hint)?);
        Ok(whole.map_or(&levels, |whole| whole.get_or_init(|| Arc::clone(&levels))).clone())
    }

    /// The same with the types of `hint`.
    pub fn levels_as(&self, projected: &Projected, hint: &Fields) -> Result<FieldLevels> {
        let mask = ProjectionMask::leaves(&self.schema, projected.leaves.iter().copied());
        levels(&self.schema, mask, Some(hint))
    }

    /// The physical tree as JSON.
    pub fn tree(&self) -> &str {
        self.tree.get_or_init(|| json(&self.nodes))
    }
}

/// As JSON, which cannot fail.
pub(super) fn json(value: &impl Serialize) -> String {
    serde_json::to_string(value).expect("texts, numbers and lists of them are JSON")
}

/// A top-level column, or a part of it: the leaves that are wanted, and the node that is left with them.
#[derive(Clone)]
pub(super) struct Projected {
    pub column: usize,
    /// Parquet columns, ascending.
    pub leaves: Vec<usize>,
    pub node: Node,
    /// Where the values are, if they are in other files.
    pub shared: Option<Arc<SharedPart>>,
}

impl Projected {
    /// All of a column.
    pub fn whole(columns: &Columns, column: usize) -> Result<Self> {
        Self::part(columns, column, None)
    }

    /// The leaves of a column that are wanted, by their number within it; `None`: all.
    pub fn part(columns: &Columns, column: usize, wanted: Option<&[usize]>) -> Result<Self> {
        let (Some(node), Some(range)) = (columns.nodes.get(column), columns.leaves.get(column)) else {
            let message = format!("there is no column {column}: the file has {}", columns.nodes.len());
            return Err(CkptError::new(ErrorCode::UnknownColumn, message));
        };
        let node = match wanted {
            None => node.clone(),
            Some(wanted) => pruned(node, wanted, &mut 0)
                .ok_or_else(|| CkptError::internal("a part of a column has no leaf"))?,
        };
        if let Some(shared) = columns.shared.get(&column) {
            return shared.projected(columns, column, node);
        }
        let Some(wanted) = wanted else {
            return Ok(Self { column, leaves: range.clone().collect(), node, shared: None });
        };
        let leaves =
            range.clone().enumerate().filter(|(index, _)| wanted.contains(index)).map(|(_, leaf)| leaf);
        Ok(Self { column, leaves: leaves.collect(), node, shared: None })
    }
}

/// The node without the leaves that are not wanted, and without what is empty then.
fn pruned(node: &Node, wanted: &[usize], next: &mut usize) -> Option<Node> {
    if node.children.is_empty() {
        *next += 1;
        return wanted.contains(&(*next - 1)).then(|| node.clone());
    }
    let children: Vec<Node> = node.children.iter().filter_map(|child| pruned(child, wanted, next)).collect();
    (!children.is_empty()).then(|| Node { children, ..node.clone() })
}

/// Two columns, or two fields of a struct, of one name: an object could hold only one of them.
fn check_names(fields: &Fields) -> Result<()> {
    let mut names = HashSet::with_capacity(fields.len());
    for field in fields {
        if !names.insert(field.name()) {
            let name = field.name();
            let advice = format!(
                "two columns named '{name}'; load it with duplicateColumns: 'rename', and the second is '{name}_1'"
            );
            return Err(unsupported(&advice).in_column(name));
        }
        check_names_below(field.data_type())?;
    }
    Ok(())
}

fn check_names_below(data_type: &DataType) -> Result<()> {
    match data_type {
        DataType::Struct(fields) => check_names(fields),
        DataType::List(item) | DataType::LargeList(item) | DataType::FixedSizeList(item, _) => {
            check_names_below(item.data_type())
        }
        // The key and the value of a map's entries may have any names.
        DataType::Map(entries, _) => match entries.data_type() {
            DataType::Struct(fields) => {
                fields.iter().try_for_each(|field| check_names_below(field.data_type()))
            }
            _ => Ok(()),
        },
        _ => Ok(()),
    }
}

/// A schema that stood the test of Thrift and of parquet-rs's types is no damage: a writer meant it.
fn unreadable(error: &CkptError) -> CkptError {
    match error.code {
        ErrorCode::Corrupt => unsupported(error.message.trim_start_matches("the file is corrupt: ")),
        code => CkptError::new(code, error.message.clone()),
    }
}

fn levels(schema: &SchemaDescriptor, mask: ProjectionMask, hint: Option<&Fields>) -> Result<FieldLevels> {
    parquet_to_arrow_field_levels(schema, mask, hint).map_err(|error| parquet_error(&error))
}

/// What to read a top-level field as.
fn hint_of(
    field: &FieldRef,
    schema: &SchemaDescriptor,
    metadata: &ParquetMetaData,
    reading: &Reading,
    leaf: &mut usize,
) -> FieldRef {
    let hinted = hinted(field, schema, metadata, leaf);
    if reading.plain.holds(field.name()) { Arc::clone(field) } else { hinted }
}

/// The field with the types that we want instead of the natural ones: dictionaries where the file has them.
fn hinted(
    field: &FieldRef,
    schema: &SchemaDescriptor,
    metadata: &ParquetMetaData,
    leaf: &mut usize,
) -> FieldRef {
    let mut child = |field: &FieldRef| hinted(field, schema, metadata, leaf);
    let data_type = match field.data_type() {
        DataType::Struct(fields) => DataType::Struct(fields.iter().map(child).collect()),
        DataType::List(item) => DataType::List(child(item)),
        DataType::Map(entries, sorted) => DataType::Map(child(entries), *sorted),
        natural => {
            let column = schema.column(*leaf);
            let index = *leaf;
            *leaf += 1;
            let text = column.physical_type() == Physical::BYTE_ARRAY
                && column.converted_type() == ConvertedType::UTF8
                && *natural == DataType::Utf8;
            if text && is_dictionary(metadata, index) {
                DataType::Dictionary(Box::new(DataType::Int32), Box::new(DataType::Utf8))
            } else {
                natural.clone()
            }
        }
    };
    Arc::new(Field::clone(field).with_data_type(data_type))
}

/// Whether all data pages of a leaf are dictionary-encoded in every row group, and there is a row group.
pub(super) fn is_dictionary(metadata: &ParquetMetaData, leaf: usize) -> bool {
    let mut chunks =
        metadata.row_groups().iter().filter(|group| group.num_rows() > 0).map(|group| group.column(leaf));
    let first = chunks.next();
    first.is_some_and(only_dictionary_pages) && chunks.all(only_dictionary_pages)
}

fn only_dictionary_pages(chunk: &ColumnChunkMetaData) -> bool {
    let dictionary =
        |encoding: Encoding| matches!(encoding, Encoding::PLAIN_DICTIONARY | Encoding::RLE_DICTIONARY);
    if let Some(pages) = chunk.page_encoding_stats_mask() {
        let mut encodings = pages.encodings().peekable();
        return encodings.peek().is_some() && encodings.all(dictionary);
    }
    // Old writers tell no more than all encodings of a chunk. Among them PLAIN would be that of a data page, as they name
    // the dictionary's page PLAIN_DICTIONARY too.
    #[allow(deprecated)] // that is how levels were encoded then
    let levels = |encoding: Encoding| matches!(encoding, Encoding::RLE | Encoding::BIT_PACKED);
    let encodings: Vec<Encoding> = chunk.encodings().collect();
    encodings.contains(&Encoding::PLAIN_DICTIONARY)
        && encodings.iter().all(|encoding| dictionary(*encoding) || levels(*encoding))
}
