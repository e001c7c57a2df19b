//! The first look at a footer. parquet-rs 60 builds the schema by recursion, without a bound on depth, and takes memory for as
//! many children and row groups as the bytes claim: both would abort the process. So the claims are checked here first. What parquet-rs
//! would misread or refuse, and engines read, is found on the way.

use std::collections::HashMap;
use std::ops::Range;

use super::elements::{Decimal, Element};
use super::faults::{beyond_limit, corrupt, unsupported};
use super::thrift::{Compact, Shape, wire};
use crate::error::Result;
use crate::format::KEY_PREFIX;
use crate::limits::{Limits, MAX_CHUNKS, MAX_SCHEMA_NODES};

const EMPTY: Shape = Shape(&[]);
const TIME_UNIT: Shape = Shape(&[
    (1, wire::STRUCT, Some(&EMPTY)),
    (2, wire::STRUCT, Some(&EMPTY)),
    (3, wire::STRUCT, Some(&EMPTY)),
]);
const TIME: Shape = Shape(&[(1, wire::TRUE, None), (2, wire::STRUCT, Some(&TIME_UNIT))]);
const LOGICAL_TYPE: Shape = Shape(&[
    (1, wire::STRUCT, Some(&EMPTY)),
    (2, wire::STRUCT, Some(&EMPTY)),
    (3, wire::STRUCT, Some(&EMPTY)),
    (4, wire::STRUCT, Some(&EMPTY)),
    (5, wire::STRUCT, Some(&Shape(&[(1, wire::I32, None), (2, wire::I32, None)]))),
    (6, wire::STRUCT, Some(&EMPTY)),
    (7, wire::STRUCT, Some(&TIME)),
    (8, wire::STRUCT, Some(&TIME)),
    (10, wire::STRUCT, Some(&Shape(&[(1, wire::BYTE, None), (2, wire::TRUE, None)]))),
    (11, wire::STRUCT, Some(&EMPTY)),
    (12, wire::STRUCT, Some(&EMPTY)),
    (13, wire::STRUCT, Some(&EMPTY)),
    (14, wire::STRUCT, Some(&EMPTY)),
    (15, wire::STRUCT, Some(&EMPTY)),
    (16, wire::STRUCT, Some(&Shape(&[(1, wire::BYTE, None)]))),
    (17, wire::STRUCT, Some(&Shape(&[(1, wire::BINARY, None)]))),
    (18, wire::STRUCT, Some(&Shape(&[(1, wire::BINARY, None), (2, wire::I32, None)]))),
    (19, wire::STRUCT, Some(&EMPTY)),
]);
const SCHEMA_ELEMENT: Shape = Shape(&[
    (1, wire::I32, None),
    (2, wire::I32, None),
    (3, wire::I32, None),
    (4, wire::BINARY, None),
    (6, wire::I32, None),
    (7, wire::I32, None),
    (8, wire::I32, None),
    (9, wire::I32, None),
    (10, wire::STRUCT, Some(&LOGICAL_TYPE)),
]);
const FILE: Shape = Shape(&[(1, wire::I32, None), (3, wire::I64, None), (6, wire::BINARY, None)]);
const KEY_VALUE: Shape = Shape(&[(2, wire::BINARY, None)]);

/// What the first look found.
#[derive(Default)]
pub(super) struct FirstLook<'a> {
    /// Whether a key-value is of ours.
    pub has_our_keys: bool,
    /// The program that wrote the file last.
    pub created_by: Option<&'a [u8]>,
    /// Decimals that parquet-rs is not to know of, by leaf.
    pub decimals: HashMap<usize, Decimal>,
    /// Pieces of the footer, ascending, and what parquet-rs is to see in their places.
    patches: Vec<(Range<usize>, Vec<u8>)>,
}

impl FirstLook<'_> {
    /// The footer as parquet-rs is to see it; `None`: as it is.
    pub fn patched(&self, footer: &[u8]) -> Option<Vec<u8>> {
        if self.patches.is_empty() {
            return None;
        }
        let mut patched = Vec::with_capacity(footer.len() + 64);
        let mut at = 0;
        for (place, bytes) in &self.patches {
            patched.extend_from_slice(&footer[at..place.start]);
            patched.extend_from_slice(bytes);
            at = place.end;
        }
        patched.extend_from_slice(&footer[at..]);
        Some(patched)
    }
}

/// Refuses a footer whose structure is broken or whose claims are beyond the caps of [`crate::limits`].
pub(super) fn check_footer<'a>(footer: &'a [u8], limits: &Limits) -> Result<FirstLook<'a>> {
    let mut look = FirstLook::default();
    let mut counts = Counts::default();
    let mut leaves = 0;
    let mut reader = Compact::new(footer);
    let whole = reader.fields(|reader, id, kind| match (id, kind) {
        (2, wire::LIST) => {
            let (children, look) = (&mut counts.children, &mut look);
            children.clear();
            look.patches.clear();
            look.decimals.clear();
            leaves = 0;
            reader.structs(|reader| {
                let element = Element::read(reader, &SCHEMA_ELEMENT, &LOGICAL_TYPE)?;
                children.push(element.children);
                look.patches.extend(element.replacement(footer));
                if let Some(decimal) = element.hidden_decimal() {
                    look.decimals.insert(leaves, decimal);
                }
                leaves += usize::from(element.is_leaf());
                Some(())
            })?;
            Some(true)
        }
        (4, wire::LIST) => {
            let found = &mut counts.columns;
            counts.row_groups = reader.structs(|reader| row_group(reader, found))?;
            Some(true)
        }
        (5, wire::LIST) => {
            let ours = &mut look.has_our_keys;
            counts.key_values = reader.structs(|reader| key_value(reader, ours))?;
            Some(true)
        }
        (6, wire::BINARY) => {
            look.created_by = Some(reader.binary()?);
            Some(true)
        }
        (7, wire::LIST) => {
            counts.column_orders = reader.structs(|reader| reader.shaped(&EMPTY))?;
            Some(true)
        }
        (8, _) => {
            counts.encrypted = true;
            Some(false)
        }
        (2 | 4 | 5 | 7, _) => None,
        _ => reader.shaped_field(&FILE, id, kind),
    });
    whole.ok_or_else(|| corrupt("its footer is not Parquet metadata"))?;
    counts.check(limits)?;
    let lists = reader.mistyped.iter().map(|(at, kind)| (*at..*at + 1, vec![*kind]));
    // Dremio once wrote fields of its own after the 13th of a column's metadata; later the format gave their numbers to fields of other
    // types. They get numbers that nobody knows: the highest that fits the header's byte.
    let fields = counts.columns.foreign.iter().map(|at| (*at..*at + 1, vec![footer[*at] | 0xf0]));
    look.patches.extend(lists.chain(fields));
    look.patches.sort_by_key(|(place, _)| place.start);
    Ok(look)
}

fn key_value(reader: &mut Compact<'_>, ours: &mut bool) -> Option<()> {
    reader.fields(|reader, id, kind| match (id, kind) {
        (1, wire::BINARY) => {
            *ours |= reader.binary()?.starts_with(KEY_PREFIX.as_bytes());
            Some(true)
        }
        (1, _) => None,
        _ => reader.shaped_field(&KEY_VALUE, id, kind),
    })
}

#[derive(Default)]
struct Counts {
    /// The number of children that each schema element claims, in pre-order.
    children: Vec<i32>,
    row_groups: usize,
    key_values: usize,
    column_orders: usize,
    encrypted: bool,
    columns: Columns,
}

/// What was found in the columns of all row groups.
#[derive(Default)]
struct Columns {
    encrypted: bool,
    /// Where the headers of fields of a column's metadata begin that have a known number and another type.
    foreign: Vec<usize>,
}

fn row_group(reader: &mut Compact<'_>, found: &mut Columns) -> Option<()> {
    reader.fields(|reader, id, kind| match (id, kind) {
        (1, wire::LIST) => reader.structs(|reader| column_chunk(reader, found)).map(|_| true),
        (4, wire::LIST) => reader.skip_list(wire::STRUCT).map(|()| true),
        (1, _) => None,
        _ => Some(false),
    })
}

fn column_chunk(reader: &mut Compact<'_>, found: &mut Columns) -> Option<()> {
    reader.fields(|reader, id, kind| match (id, kind) {
        (3, wire::STRUCT) => column_metadata(reader, &mut found.foreign).map(|()| true),
        // How it is encrypted, and its encrypted metadata.
        (8, wire::STRUCT) | (9, wire::BINARY) => {
            found.encrypted = true;
            Some(false)
        }
        (3 | 8 | 9, _) => None,
        _ => Some(false),
    })
}

fn column_metadata(reader: &mut Compact<'_>, foreign: &mut Vec<usize>) -> Option<()> {
    let mut hidden = false;
    reader.fields(|reader, id, kind| {
        match (id, kind) {
            (2, wire::LIST) => return reader.skip_list(wire::I32).map(|()| true),
            (3, wire::LIST) => return reader.skip_list(wire::BINARY).map(|()| true),
            (8 | 13, wire::LIST) => return reader.skip_list(wire::STRUCT).map(|()| true),
            (14, wire::I64) | (15, wire::I32) | (16 | 17, wire::STRUCT) => {}
            // Once one has a high number, so have those that follow.
            (14..=17, _) => {
                let position = reader.field_position()?;
                if !hidden {
                    foreign.push(position);
                }
                hidden = true;
            }
            _ => {}
        }
        Some(false)
    })
}

impl Counts {
    fn check(&self, limits: &Limits) -> Result<()> {
        if self.encrypted || self.columns.encrypted {
            return Err(unsupported("encryption"));
        }
        let (nodes, most) = (self.children.len().saturating_sub(1), limits.columns);
        if nodes as u64 > most {
            return Err(beyond_limit(&format!("its schema has {nodes} nodes, more than {most}")));
        }
        let (groups, most) = (self.row_groups, limits.row_groups);
        if groups as u64 > most {
            return Err(beyond_limit(&format!("it has {groups} row groups, more than {most}")));
        }
        if self.key_values.max(self.column_orders) > MAX_SCHEMA_NODES {
            return Err(beyond_limit(&format!(
                "its footer has lists of more than {MAX_SCHEMA_NODES} entries"
            )));
        }
        let leaves = self.children.iter().skip(1).filter(|children| **children == 0).count();
        if leaves.saturating_mul(self.row_groups) > MAX_CHUNKS {
            let chunks = leaves.saturating_mul(self.row_groups);
            return Err(beyond_limit(&format!("it has {chunks} column chunks, more than {MAX_CHUNKS}")));
        }
        self.check_tree(limits.depth)
    }

    /// Pre-order with child counts: walks it with a stack of the children still to come.
    fn check_tree(&self, depth: u64) -> Result<()> {
        let mut open: Vec<i32> = Vec::new();
        for (index, &children) in self.children.iter().enumerate() {
            if index > 0 {
                while open.last() == Some(&0) {
                    open.pop();
                }
                *open.last_mut().ok_or_else(|| corrupt("its schema has nodes outside the root"))? -= 1;
            }
            if children < 0 {
                return Err(corrupt("its schema has a node with fewer than no children"));
            }
            if children > 0 {
                open.push(children);
            }
            if open.len() as u64 > depth {
                return Err(beyond_limit(&format!("its schema is nested more than {depth} deep")));
            }
        }
        if open.iter().any(|left| *left != 0) {
            return Err(corrupt("its schema ends before its last node"));
        }
        Ok(())
    }
}
