//! Dictionaries: each goes over once, with the first block that uses it.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::types::Int32Type;
use arrow_array::{Array, ArrayRef};

use super::numbers::{nulls_of, write_slots};
use super::text::TextWords;
use super::{Block, Packed, mismatch, word};
use crate::layout::FORM_DICT;

/// The dictionary in force for each node. They are kept alive, so that a new one cannot lie where an old one lay.
pub(super) struct Dictionaries {
    in_force: Vec<Option<ArrayRef>>,
    /// Those of the block in the making.
    pending: Vec<(usize, ArrayRef)>,
}

impl Dictionaries {
    pub fn new(nodes: usize) -> Self {
        Self { in_force: vec![None; nodes], pending: Vec::new() }
    }

    pub fn rollback(&mut self) {
        self.pending.clear();
    }

    pub fn commit(&mut self) {
        for (node, values) in self.pending.drain(..) {
            self.in_force[node] = Some(values);
        }
    }

    fn is_in_force(&self, node: usize, values: &ArrayRef) -> bool {
        self.in_force[node].as_ref().is_some_and(|old| same(old, values))
    }
}

/// Whether two dictionaries are one and the same: the decoder shares one among all batches of a row group.
fn same(a: &ArrayRef, b: &ArrayRef) -> bool {
    if Arc::ptr_eq(a, b) {
        return true;
    }
    let (Some(a), Some(b)) = (a.as_string_opt::<i32>(), b.as_string_opt::<i32>()) else {
        return false;
    };
    a.len() == b.len()
        && a.value_offsets().as_ptr() == b.value_offsets().as_ptr()
        && a.value_data().as_ptr() == b.value_data().as_ptr()
}

impl Block<'_> {
    pub(super) fn dictionary(&mut self, index: usize, array: &dyn Array) -> Packed {
        let array = array.as_dictionary_opt::<Int32Type>().ok_or_else(|| mismatch(array))?;
        self.form(index, FORM_DICT);
        self.validity(index, array.nulls())?;
        let slots = array.len();
        let data = self.arena.section(slots * 4)?;
        self.arena.set(index, word::DATA, data);
        write_slots(self.arena.at(data, slots * 4), array.keys(), i32::to_le_bytes);

        let values = array.values();
        let used = nulls_of(array).is_none_or(|nulls| nulls.null_count() < slots) && slots > 0;
        if !used || self.dictionaries.is_in_force(index, values) {
            return Ok(());
        }
        let strings = values.as_string_opt::<i32>().ok_or_else(|| mismatch(array))?;
        self.arena.set(index, word::ENTRIES, strings.len());
        self.text(index, TextWords::DICTIONARY, strings.value_offsets(), strings.value_data(), None)?;
        self.dictionaries.pending.push((index, Arc::clone(values)));
        Ok(())
    }
}
