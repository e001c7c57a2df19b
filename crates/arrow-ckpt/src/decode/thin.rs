//! The columns of a thin checkpoint as its plan knows them: where values are in other files, one column stands in place of the stored
//! ones that tell where.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use arrow_schema::DataType;
use parquet::arrow::FieldLevels;
use parquet::file::metadata::ParquetMetaData;

use super::columns::{Columns, Plain, Projected, Reading};
use super::faults::{beyond_limit, corrupt};
use super::file::CheckpointFile;
use super::holders::Holder;
use super::kinds::{Kind, Node, Render};
use super::known_columns::columns_of;
use super::likeness::{can_become, is_written, matching, part_of};
use super::options::OpenOptions;
use super::plan::{compressed, decoded};
use super::references::{Reference, References};
use super::words::node_of;
use crate::error::{CkptError, ErrorCode, Result};
use crate::limits::MAX_HOLDER_GROUP_ROWS;

/// A stored column.
struct Stored {
    leaves: Range<usize>,
    node: Node,
    data_type: DataType,
}

/// A column with values in other files.
pub(super) struct Shared {
    rows: Stored,
    holders: Option<Stored>,
    own: Option<Stored>,
    /// A holder, its number, and the name of its column.
    of: Vec<(Arc<Holder>, usize, String)>,
}

/// What is read of a stored column.
pub(super) struct Read {
    pub projected: Projected,
    pub levels: Arc<FieldLevels>,
}

/// What is read of a holder.
pub(super) struct Base {
    /// The holder's number.
    pub number: i32,
    pub file: Arc<CheckpointFile>,
    pub read: Read,
    /// What the whole column becomes, about.
    pub bytes: u64,
    pub compressed: u64,
}

/// What is read of a column with values in other files.
pub(super) struct SharedPart {
    pub rows: Read,
    pub holders: Option<Read>,
    pub own: Option<Read>,
    pub bases: Vec<Base>,
    /// The type of all its arrays.
    pub target: DataType,
    /// Texts that come several times each: as a dictionary.
    pub dictionary: bool,
}

impl Columns {
    /// The columns of a file of ours as its plan knows them, and the files that have values of some. These are looked for from `path`, the
    /// file's own.
    pub fn logical(
        metadata: &ParquetMetaData,
        reading: Reading,
        path: Option<&Path>,
        options: &OpenOptions,
    ) -> Result<(Arc<Self>, Vec<Arc<Holder>>)> {
        let Some(references) = References::of(metadata)? else {
            return Ok((columns_of(metadata, &reading)?, Vec::new()));
        };
        let stored = Self::new(metadata, &Reading { plain: Plain::Of(references.own()), ..reading })?;
        let holders = Holder::open_all(&references.holders, path, options);
        let columns = stored.with_references(references, &holders, options.limits.bounded().columns)?;
        Ok((Arc::new(columns), holders))
    }

    /// These columns, which are as they are stored, as the plan knows them. `most`: nodes of a schema.
    fn with_references(mut self, references: References, holders: &[Arc<Holder>], most: u64) -> Result<Self> {
        let mut by_first: HashMap<String, (String, Reference)> =
            references.columns.into_iter().map(|(name, of)| (of.r.clone(), (name, of))).collect();
        let (mut nodes, mut leaves, mut shared) = (Vec::new(), Vec::new(), HashMap::new());
        let mut stored = 0;
        while let Some(node) = self.nodes.get(stored) {
            let Some((name, reference)) = by_first.remove(&node.name) else {
                nodes.push(node.clone());
                leaves.push(self.leaves[stored].clone());
                stored += 1;
                continue;
            };
            let first = self.leaves[stored].start;
            let column =
                self.shared(&mut stored, &reference, holders).map_err(|error| error.in_column(&name))?;
            leaves.push(first..self.leaves[stored - 1].end);
            shared.insert(nodes.len(), column);
            nodes.push(shared[&(nodes.len())].node(&name, &reference));
        }
        if let Some((name, reference)) = by_first.into_values().next() {
            let message = format!("a column is said to be stored as '{}', which is not there", reference.r);
            return Err(corrupt(&message).in_column(&name));
        }
        let mut names = HashSet::new();
        if let Some(twice) = nodes.iter().find(|node| !names.insert(node.name.as_str())) {
            return Err(corrupt("a column is stored, and is in other files as well").in_column(&twice.name));
        }
        let count = nodes.iter().map(Node::count).sum::<usize>();
        if count as u64 > most {
            return Err(beyond_limit(&format!("its schema has {count} nodes, more than {most}")));
        }
        (self.nodes, self.leaves, self.shared) = (nodes, leaves, shared);
        Ok(self)
    }

    /// The stored columns of a reference from the column `next` on, which is left behind the last of them.
    fn shared(&self, next: &mut usize, reference: &Reference, holders: &[Arc<Holder>]) -> Result<Shared> {
        let mut take = |name: &str, words: Option<&str>| {
            let index = *next;
            *next += 1;
            let node = self.nodes.get(index).filter(|node| node.name == name);
            let node = node.ok_or_else(|| {
                corrupt(&format!("the stored column '{name}' is not there, or not in its place"))
            })?;
            if let Some(words) = words.filter(|words| node.kind != Kind::Int || node.leaf != *words) {
                return Err(corrupt(&format!("the stored column '{name}' is not of the type {words}")));
            }
            let (leaves, data_type) = (self.leaves[index].clone(), self.hint[index].data_type().clone());
            Ok(Stored { leaves, node: node.clone(), data_type })
        };
        let rows = take(&reference.r, Some("int64"))?;
        let numbers = reference.h.as_ref().map(|name| take(name, Some("int32"))).transpose()?;
        let own = reference.v.as_ref().map(|name| take(name, None)).transpose()?;
        let of = reference.of.iter().map(|(number, column)| {
            let holder = holders.get(*number).ok_or_else(|| CkptError::internal("a holder is missing"))?;
            Ok((Arc::clone(holder), *number, column.clone()))
        });
        Ok(Shared { rows, holders: numbers, own, of: of.collect::<Result<_>>()? })
    }
}

impl Shared {
    /// The column as the plan knows it: of the type of its own values, else of those in the first holder that is there.
    fn node(&self, name: &str, reference: &Reference) -> Node {
        let stored = self.own.as_ref().map(|own| own.node.clone());
        let held = || {
            self.of.iter().find_map(|(holder, _, column)| {
                let columns = &holder.file.as_ref().ok()?.columns;
                columns.nodes.iter().find(|node| node.name == *column).cloned()
            })
        };
        let node = stored.or_else(held).unwrap_or_else(|| node_of(name, &reference.words));
        let kind = match node.kind {
            Kind::Text(Render::Utf8) if reference.repeats => Kind::Dict,
            kind => kind,
        };
        Node { name: name.to_owned(), kind, nullable: true, ..node }
    }

    /// What is read of it for `node`, the column as the plan knows it or a part of that.
    pub fn projected(&self, columns: &Columns, column: usize, node: Node) -> Result<Projected> {
        let name = node.name.clone();
        let part = self.part(columns, column, &node).map_err(|error| error.in_column(&name))?;
        let stored = [Some(&part.rows), part.holders.as_ref(), part.own.as_ref()].into_iter().flatten();
        let leaves = stored.flat_map(|read| read.projected.leaves.iter().copied()).collect();
        Ok(Projected { column, leaves, node, shared: Some(Arc::new(part)) })
    }

    fn part(&self, columns: &Columns, column: usize, node: &Node) -> Result<SharedPart> {
        let read = |stored: &Stored, wanted: &Node| stored.read(columns, column, wanted);
        let rows = read(&self.rows, &self.rows.node)?;
        let holders = self.holders.as_ref().map(|stored| read(stored, &stored.node)).transpose()?;
        let own = self.own.as_ref().map(|stored| read(stored, node)).transpose()?;
        let mut target = self.own.as_ref().map(|stored| part_of(&stored.data_type, node));
        let mut bases = Vec::with_capacity(self.of.len());
        for (holder, number, stored) in &self.of {
            let file = holder.file(&node.name)?;
            let (base, found) = Base::new(file, *number as i32, stored, node).map_err(|error| {
                let (path, name, message) = (file.source.path().display(), &node.name, &error.message);
                let message = format!("column '{name}' cannot be had from {path}: {message}");
                CkptError { message, ..error }
            })?;
            let wanted = target.get_or_insert_with(|| found.clone());
            if !can_become(&found, wanted) || (self.own.is_none() && found != *wanted) {
                let path = file.source.path().display();
                let message = format!("a column of {wanted} is said to be in {path}, where it is of {found}");
                return Err(corrupt(&message));
            }
            bases.push(base);
        }
        let target = target.ok_or_else(|| CkptError::internal("a column is nowhere"))?;
        if !is_written(&target) {
            return Err(corrupt(&format!("values of the type {target} cannot be in other files")));
        }
        Ok(SharedPart { rows, holders, own, bases, target, dictionary: node.kind == Kind::Dict })
    }
}

impl Stored {
    fn read(&self, columns: &Columns, column: usize, wanted: &Node) -> Result<Read> {
        let (mut leaves, mut next) = (Vec::new(), self.leaves.start);
        let node = matching(wanted, &self.node, &mut next, &mut leaves);
        let projected = Projected { column, leaves, node, shared: None };
        Ok(Read { levels: columns.levels(&projected)?, projected })
    }
}

impl Base {
    /// The part `wanted` of a holder's column, and its type.
    fn new(file: &Arc<CheckpointFile>, number: i32, name: &str, wanted: &Node) -> Result<(Self, DataType)> {
        let columns = &file.columns;
        let column = columns.nodes.iter().position(|node| node.name == name);
        let column = column.ok_or_else(|| corrupt(&format!("there is no column '{name}'")))?;
        let groups = file.metadata.row_groups();
        if groups.iter().any(|group| group.num_rows() > MAX_HOLDER_GROUP_ROWS as i64) {
            let message = format!("a row group has more than {MAX_HOLDER_GROUP_ROWS} rows");
            return Err(CkptError::new(ErrorCode::Limit, message));
        }
        let (node, data_type) = (columns.nodes[column].clone(), columns.hint[column].data_type().clone());
        let stored = Stored { leaves: columns.leaves[column].clone(), node, data_type };
        let read = stored.read(columns, column, wanted)?;
        let bytes = groups.iter().map(|group| decoded(group, &read.projected)).sum();
        let compressed = compressed(file, &read.projected.leaves);
        let found = part_of(&stored.data_type, &read.projected.node);
        Ok((Self { number, file: Arc::clone(file), read, bytes, compressed }, found))
    }
}

impl SharedPart {
    /// Rows and bytes of all holders.
    fn held(&self) -> (u64, u64) {
        self.bases.iter().fold((0, 0), |(rows, bytes), base| {
            (rows + base.file.rows(), u64::saturating_add(bytes, base.bytes))
        })
    }

    /// What a value in a holder becomes on average.
    pub fn value_bytes(&self) -> u64 {
        let (rows, bytes) = self.held();
        bytes.div_ceil(rows.max(1))
    }

    /// What becomes of the values in holders for `rows` of the file's `all` rows, about.
    pub fn held_bytes(&self, rows: u64, all: u64) -> u64 {
        let (held, _) = self.held();
        let distinct = if self.dictionary && all > held { held as f64 / all as f64 } else { 1.0 };
        (self.value_bytes() as f64 * rows as f64 * distinct) as u64
    }

    pub fn compressed(&self) -> u64 {
        self.bases.iter().map(|base| base.compressed).sum()
    }
}
