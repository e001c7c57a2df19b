//! One column in several files: which leaves of each are a part of it, what type that part is of, and whether one type can become another.

use std::sync::Arc;

use arrow_schema::{DataType, Field, TimeUnit};

use super::kinds::{Kind, Node};

/// Of the node `full` what `wanted` has, fields by name, and its leaves. All of a node of which nothing is wanted: whether it is null is
/// wanted all the same.
pub(super) fn matching(wanted: &Node, full: &Node, next: &mut usize, leaves: &mut Vec<usize>) -> Node {
    let first = *next;
    *next += full.leaf_count();
    let before = leaves.len();
    let mut at = first;
    let mut children = Vec::new();
    for (index, child) in full.children.iter().enumerate() {
        let same = match full.kind {
            Kind::Struct => wanted.children.iter().find(|other| other.name == child.name),
            _ => wanted.children.get(index),
        };
        match same {
            Some(same) => children.push(matching(same, child, &mut at, leaves)),
            None => at += child.leaf_count(),
        }
    }
    if children.is_empty() || wanted.kind != full.kind {
        leaves.truncate(before);
        leaves.extend(first..*next);
        return full.clone();
    }
    Node { children, ..full.clone() }
}

/// The type of what is left of a column in `node`. Anything in it may be null: a row that has no value is.
pub(super) fn part_of(data_type: &DataType, node: &Node) -> DataType {
    let part = |field: &Field, node: &Node| {
        Arc::new(field.clone().with_data_type(part_of(field.data_type(), node)).with_nullable(true))
    };
    match data_type {
        DataType::Struct(fields) if node.kind == Kind::Struct => {
            let kept = fields.iter().filter_map(|field| {
                let child = node.children.iter().find(|child| child.name == *field.name())?;
                Some(part(field, child))
            });
            DataType::Struct(kept.collect())
        }
        DataType::List(item) => match &node.children[..] {
            [child] => DataType::List(part(item, child)),
            _ => data_type.clone(),
        },
        other => other.clone(),
    }
}

/// Whether we write columns of a type. Another one has no business in a checkpoint that refers to others, and one value of it may take any
/// amount of memory.
pub(super) fn is_written(data_type: &DataType) -> bool {
    match data_type {
        DataType::Utf8
        | DataType::Binary
        | DataType::Boolean
        | DataType::Int32
        | DataType::Int64
        | DataType::Float32
        | DataType::Float64
        | DataType::Timestamp(TimeUnit::Millisecond, Some(_)) => true,
        DataType::List(item) => is_written(item.data_type()),
        DataType::Struct(fields) => fields.iter().all(|field| is_written(field.data_type())),
        _ => false,
    }
}

/// Whether [`crate::encode::conform`] can make the one type the other. Texts may be all null, which stands for any type.
pub(super) fn can_become(from: &DataType, to: &DataType) -> bool {
    match (from, to) {
        (DataType::Utf8, _) | (DataType::Int64 | DataType::Float32, DataType::Float64) => true,
        (DataType::List(from), DataType::List(to)) => can_become(from.data_type(), to.data_type()),
        (DataType::Struct(from), DataType::Struct(to)) => to.iter().all(|field| {
            let same = from.iter().find(|other| other.name() == field.name());
            same.is_none_or(|same| can_become(same.data_type(), field.data_type()))
        }),
        (from, to) => from == to,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn list(item: DataType) -> DataType {
        DataType::List(Arc::new(Field::new("element", item, true)))
    }

    fn fields(fields: &[(&str, DataType)]) -> DataType {
        DataType::Struct(fields.iter().map(|(name, of)| Field::new(*name, of.clone(), true)).collect())
    }

    #[test]
    fn only_types_that_we_write() {
        assert!(is_written(&list(fields(&[("a", DataType::Utf8), ("b", list(DataType::Float32))]))));
        for other in [DataType::FixedSizeBinary(i32::MAX), DataType::Null, DataType::UInt64, DataType::Date32]
        {
            assert!(!is_written(&fields(&[("a", DataType::Utf8), ("b", list(other))])));
        }
    }

    #[test]
    fn narrower_types_become_wider_ones() {
        let (int, double, text) = (DataType::Int64, DataType::Float64, DataType::Utf8);
        let small = fields(&[("b", int.clone())]);
        let large = fields(&[("a", text.clone()), ("b", double.clone())]);
        assert!(can_become(&int, &double) && can_become(&small, &large) && can_become(&text, &large));
        assert!(can_become(&list(small.clone()), &list(large.clone())));
        assert!(
            !can_become(&double, &int) && !can_become(&large, &int) && !can_become(&int, &list(int.clone()))
        );
        assert!(!can_become(&fields(&[("b", DataType::Boolean)]), &large));
    }
}
