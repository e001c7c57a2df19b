//! Arrow arrays to an arena: the layout that [`crate::layout`] describes.

mod arena;
mod dict;
mod list;
mod mixed;
mod numbers;
mod render;
mod shape;
#[cfg(test)]
mod tests;
mod text;
mod time;
mod transcode;
mod views;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef};
use arrow_buffer::NullBuffer;

use self::arena::Arena;
use self::dict::Dictionaries;
pub(super) use self::time::int96_parts;
use super::kinds::{Kind, Node, Render};
use crate::error::CkptError;
use crate::layout::{FORM_BOOL, FORM_LIST, FORM_NULL, FORM_STRUCT};

/// Words of a node's directory entry.
mod word {
    pub const SLOTS: usize = 0;
    pub const FORM: usize = 1;
    pub const VALIDITY: usize = 2;
    pub const DATA: usize = 3;
    pub const TEXT: usize = 4;
    pub const TEXT_BYTES: usize = 5;
    pub const WIDE: usize = 6;
    pub const ENTRIES: usize = 7;
    pub const EXTRA: usize = 8;
}

/// Why a block was not packed.
#[derive(Debug)]
pub(super) enum Unpacked {
    /// The arena is too small.
    Full,
    /// The rows themselves are at fault.
    Failed(CkptError),
}

impl From<CkptError> for Unpacked {
    fn from(error: CkptError) -> Self {
        Self::Failed(error)
    }
}

/// The result of packing something.
type Packed<T = ()> = Result<T, Unpacked>;

/// Packs the blocks of one scan, in order: it knows which dictionaries the other side has.
pub(super) struct Packer {
    dictionaries: Dictionaries,
    nodes: usize,
    /// Bytes of one text or bytes value.
    longest: u64,
}

impl Packer {
    /// `longest`: bytes that one text or bytes value may have.
    pub fn new(nodes: &[Node], longest: u64) -> Self {
        let nodes = nodes.iter().map(Node::count).sum();
        Self { dictionaries: Dictionaries::new(nodes), nodes, longest }
    }

    /// Packs `rows` rows and returns the bytes taken. What is in the arena counts only once [`Self::commit`] is called.
    pub fn pack(
        &mut self,
        rows: usize,
        nodes: &[Node],
        arrays: &[ArrayRef],
        arena: &mut [u8],
    ) -> Packed<usize> {
        self.dictionaries.rollback();
        let arena = Arena::new(arena, rows, self.nodes)?;
        let mut block = Block { arena, dictionaries: &mut self.dictionaries, next: 0, longest: self.longest };
        for (node, array) in nodes.iter().zip(arrays) {
            block.node(node, array.as_ref()).map_err(|error| match error {
                Unpacked::Failed(error) => Unpacked::Failed(error.in_column(&node.name)),
                Unpacked::Full => Unpacked::Full,
            })?;
        }
        Ok(block.arena.used())
    }

    /// The block packed last is on its way: its dictionaries are in force.
    pub fn commit(&mut self) {
        self.dictionaries.commit();
    }
}

/// A block in the making.
struct Block<'a> {
    arena: Arena<'a>,
    dictionaries: &'a mut Dictionaries,
    /// The next node in pre-order.
    next: usize,
    longest: u64,
}

impl Block<'_> {
    fn node(&mut self, node: &Node, array: &dyn Array) -> Packed {
        let index = self.next;
        self.next += 1;
        self.arena.set(index, word::SLOTS, array.len());
        match node.kind {
            Kind::Struct => self.structure(index, node, array),
            Kind::List | Kind::Map => match array.as_struct_opt() {
                // The map of a list that knows no maps: see `plain.rs`.
                Some(wrapped) => {
                    let entries = wrapped.columns().first().ok_or_else(|| unexpected(node, array))?;
                    self.list(index, node, entries.as_ref())
                }
                None => self.list(index, node, array),
            },
            Kind::Null => {
                self.form(index, FORM_NULL);
                Ok(())
            }
            Kind::F64 | Kind::F32 => self.floats(index, array),
            Kind::Int => self.integers(index, array),
            Kind::Bool => self.bools(index, array),
            Kind::Text(Render::Utf8) => self.strings(index, array),
            Kind::Text(render) => self.rendered(index, render, array),
            Kind::Dict => self.dictionary(index, array),
            Kind::Bytes => self.binary(index, array),
            Kind::Date => self.dates(index, array),
            Kind::Timestamp => self.timestamps(index, array),
        }
    }

    fn form(&mut self, index: usize, form: u32) {
        self.arena.set(index, word::FORM, form as usize);
    }

    /// Writes a validity section if there are nulls.
    fn validity(&mut self, index: usize, nulls: Option<&NullBuffer>) -> Packed {
        let Some(nulls) = nulls.filter(|nulls| nulls.null_count() > 0) else {
            return Ok(());
        };
        let offset = self.arena.section(nulls.len())?;
        self.arena.set(index, word::VALIDITY, offset);
        numbers::spread_bits(nulls.inner(), self.arena.at(offset, nulls.len()));
        Ok(())
    }

    fn structure(&mut self, index: usize, node: &Node, array: &dyn Array) -> Packed {
        let array = array.as_struct_opt().ok_or_else(|| unexpected(node, array))?;
        if array.num_columns() != node.children.len() {
            return Err(unexpected(node, array).into());
        }
        self.form(index, FORM_STRUCT);
        self.validity(index, array.nulls())?;
        for (child, column) in node.children.iter().zip(array.columns()) {
            self.node(child, column.as_ref())?;
        }
        Ok(())
    }

    fn list(&mut self, index: usize, node: &Node, array: &dyn Array) -> Packed {
        self.form(index, FORM_LIST);
        self.validity(index, array.nulls())?;
        let slots = array.len();
        let data = self.arena.section(slots * 4)?;
        self.arena.set(index, word::DATA, data);
        let child = list::pack_ends(array, self.arena.at(data, slots * 4))?;
        let item = node.children.first().ok_or_else(|| unexpected(node, array))?;
        self.node(item, child.as_ref())
    }

    fn bools(&mut self, index: usize, array: &dyn Array) -> Packed {
        let array = array.as_boolean_opt().ok_or_else(|| mismatch(array))?;
        self.form(index, FORM_BOOL);
        self.validity(index, array.nulls())?;
        let data = self.arena.section(array.len())?;
        self.arena.set(index, word::DATA, data);
        let bits = match array.nulls() {
            Some(nulls) => array.values() & nulls.inner(),
            None => array.values().clone(),
        };
        numbers::spread_bits(&bits, self.arena.at(data, array.len()));
        Ok(())
    }
}

fn unexpected(node: &Node, array: &dyn Array) -> CkptError {
    CkptError::internal(format!("a {:?} node got an array of {}", node.kind, array.data_type()))
}

fn mismatch(array: &dyn Array) -> CkptError {
    CkptError::internal(format!("an array of {} cannot be packed", array.data_type()))
}
