//! The first look at a footer. parquet-rs 60 builds the schema by recursion, without a bound on depth, and takes memory for as
//! many children and row groups as the bytes claim: both would abort the process. So the claims are checked here first.

use super::faults::{beyond_limit, corrupt, unsupported};
use super::thrift::{Compact, Shape, wire};
use crate::error::Result;
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
const CHILDREN: i16 = 5;
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
const KEY_VALUE: Shape = Shape(&[(1, wire::BINARY, None), (2, wire::BINARY, None)]);

/// Refuses a footer whose structure is broken or whose claims are beyond the caps of [`crate::limits`].
///
/// Returns positions of fields that parquet-rs would misread: see [`hide_foreign_fields`].
pub(super) fn check_footer(footer: &[u8], limits: &Limits) -> Result<Vec<usize>> {
    let mut counts = Counts::default();
    let whole = Compact::new(footer).fields(|reader, id, kind| match (id, kind) {
        (2, wire::LIST) => {
            let children = &mut counts.children;
            children.clear();
            reader.structs(|reader| schema_element(reader, children)).map(|_| true)
        }
        (4, wire::LIST) => {
            let foreign = &mut counts.foreign;
            counts.row_groups = reader.structs(|reader| row_group(reader, foreign))?;
            Some(true)
        }
        (5, wire::LIST) => {
            counts.key_values = reader.structs(|reader| reader.shaped(&KEY_VALUE))?;
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
    Ok(counts.foreign)
}

/// Dremio once wrote fields of its own after the 13th of a column's metadata; later the format gave their numbers to fields of
/// other types. They get numbers that nobody knows: the highest that fits the header's byte.
pub(super) fn hide_foreign_fields(footer: &mut [u8], positions: &[usize]) {
    for position in positions {
        footer[*position] |= 0xf0;
    }
}

#[derive(Default)]
struct Counts {
    /// The number of children that each schema element claims, in pre-order.
    children: Vec<i32>,
    row_groups: usize,
    key_values: usize,
    column_orders: usize,
    encrypted: bool,
    /// Where the headers of fields begin that have a known number and another type.
    foreign: Vec<usize>,
}

fn schema_element(reader: &mut Compact<'_>, children: &mut Vec<i32>) -> Option<()> {
    let mut claimed = 0;
    reader.fields(|reader, id, kind| match (id, kind) {
        (CHILDREN, wire::I32) => {
            claimed = reader.i32()?;
            Some(true)
        }
        (CHILDREN, _) => None,
        _ => reader.shaped_field(&SCHEMA_ELEMENT, id, kind),
    })?;
    children.push(claimed);
    Some(())
}

fn row_group(reader: &mut Compact<'_>, foreign: &mut Vec<usize>) -> Option<()> {
    reader.fields(|reader, id, kind| match (id, kind) {
        (1, wire::LIST) => reader.structs(|reader| column_chunk(reader, foreign)).map(|_| true),
        (1, _) => None,
        _ => Some(false),
    })
}

fn column_chunk(reader: &mut Compact<'_>, foreign: &mut Vec<usize>) -> Option<()> {
    reader.fields(|reader, id, kind| match (id, kind) {
        (3, wire::STRUCT) => column_metadata(reader, foreign).map(|()| true),
        (3, _) => None,
        _ => Some(false),
    })
}

fn column_metadata(reader: &mut Compact<'_>, foreign: &mut Vec<usize>) -> Option<()> {
    let mut hidden = false;
    reader.fields(|reader, id, kind| {
        match (id, kind) {
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
        if self.encrypted {
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
