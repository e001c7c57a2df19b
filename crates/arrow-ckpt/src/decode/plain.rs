//! The schema as parquet-rs is to read it: the file's own, with those annotations removed that it would read wrongly.
//!
//! - JSON and enum become string: parquet-rs checks UTF-8 and keeps dictionaries for strings only.
//! - Texts that need not be UTF-8 become bytes.
//! - Interval and INT96 become 12 plain bytes: parquet-rs would drop the months, and the last digits of what does not fit 64 bits of
//!   nanoseconds.
//! - Annotations that parquet-rs does not know go: what remains is the physical type.
//! - A repeated group that is a map, which parquet-rs refuses, becomes a list of structs of one field, which has the name [`INNER_MAP`].
//! - A VARIANT becomes a struct of which one field's name begins with [`IN_VARIANT`], so that it is known.

use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Repetition, Type as Physical};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use super::faults::unsupported;
use super::guard::parquet_error;
use super::options::TextMode;
use crate::error::Result;

/// Stands for the entries of a map in a list that knows no maps. No writer gives such a name.
pub(super) const INNER_MAP: &str = "\u{1}map";
/// The name of one field of a VARIANT begins with it.
pub(super) const IN_VARIANT: &str = "\u{1}variant";

/// The same tree with plainer leaves.
pub(super) fn plain_schema(schema: &SchemaDescriptor, text: TextMode) -> Result<SchemaDescriptor> {
    let root = schema.root_schema_ptr();
    let fields = root.get_fields().iter().map(|field| plain(field, text, false));
    let root = Type::group_type_builder(root.name()).with_fields(fields.collect::<Result<_>>()?).build();
    Ok(SchemaDescriptor::new(Arc::new(root.map_err(|error| parquet_error(&error))?)))
}

/// `in_map`: it is the repeated group of a map.
fn plain(node: &TypePtr, text: TextMode, in_map: bool) -> Result<TypePtr> {
    let Type::GroupType { basic_info, fields } = node.as_ref() else { return plain_leaf(node, text) };
    if fields.is_empty() {
        return Err(unsupported("a group without fields").in_column(node.name()));
    }
    let logical = basic_info.logical_type_ref();
    let of_map = is_map(node);
    let loose =
        of_map && !in_map && basic_info.has_repetition() && basic_info.repetition() == Repetition::REPEATED;
    let mut changed =
        fields.iter().map(|field| plain(field, text, of_map)).collect::<Result<Vec<TypePtr>>>()?;
    let is_variant = matches!(logical, Some(LogicalType::Variant(_)));
    if loose
        && let [entries] = &mut changed[..]
        && is_entries(entries)
    {
        *entries = renamed(entries, INNER_MAP)?;
    }
    if is_variant {
        mark_variant(&mut changed)?;
    }
    if !loose && !is_variant && changed.iter().zip(fields).all(|(new, old)| Arc::ptr_eq(new, old)) {
        return Ok(Arc::clone(node));
    }
    // A FILE group insists on its own leaves' annotations, and reads as a struct without it.
    let dropped = loose || is_variant || logical == Some(&LogicalType::File);
    let group = Type::group_type_builder(basic_info.name())
        .with_repetition(basic_info.repetition())
        .with_converted_type(if loose { ConvertedType::NONE } else { basic_info.converted_type() })
        .with_logical_type(logical.filter(|_| !dropped).cloned())
        .with_fields(changed)
        .with_id(basic_info.has_id().then(|| basic_info.id()))
        .build();
    Ok(Arc::new(group.map_err(|error| parquet_error(&error))?))
}

/// Marks a field that keeps its type without an annotation: what is shredded may have one.
fn mark_variant(fields: &mut [TypePtr]) -> Result<()> {
    let metadata = fields.iter().position(|field| field.name() == "metadata").unwrap_or(0);
    let field = &mut fields[metadata];
    *field = renamed(field, &format!("{IN_VARIANT}{}", field.name()))?;
    Ok(())
}

fn is_map(node: &Type) -> bool {
    let info = node.get_basic_info();
    let converted = matches!(info.converted_type(), ConvertedType::MAP | ConvertedType::MAP_KEY_VALUE);
    matches!(info.logical_type_ref(), Some(LogicalType::Map))
        || (info.logical_type_ref().is_none() && converted)
}

/// Whether a group is the entries of a map: repeated, a key and a value.
fn is_entries(node: &Type) -> bool {
    node.is_group()
        && node.get_fields().len() == 2
        && node.get_basic_info().has_repetition()
        && node.get_basic_info().repetition() == Repetition::REPEATED
}

/// The same node by another name, without an annotation if it is a group.
fn renamed(node: &Type, name: &str) -> Result<TypePtr> {
    let info = node.get_basic_info();
    let renamed = match node {
        Type::GroupType { fields, .. } => Type::group_type_builder(name)
            .with_repetition(info.repetition())
            .with_fields(fields.clone())
            .build(),
        Type::PrimitiveType { physical_type, type_length, .. } => {
            Type::primitive_type_builder(name, *physical_type)
                .with_repetition(info.repetition())
                .with_length(*type_length)
                .build()
        }
    };
    Ok(Arc::new(renamed.map_err(|error| parquet_error(&error))?))
}

fn plain_leaf(node: &TypePtr, mode: TextMode) -> Result<TypePtr> {
    let Type::PrimitiveType { basic_info, physical_type, type_length, .. } = node.as_ref() else {
        return Ok(Arc::clone(node));
    };
    let logical = basic_info.logical_type_ref();
    let of_fixed = |length| {
        Type::primitive_type_builder(basic_info.name(), Physical::FIXED_LEN_BYTE_ARRAY).with_length(length)
    };
    let same = || {
        let length = if *physical_type == Physical::FIXED_LEN_BYTE_ARRAY { *type_length } else { -1 };
        Type::primitive_type_builder(basic_info.name(), *physical_type).with_length(length)
    };
    let leaf = match (logical, basic_info.converted_type()) {
        (Some(LogicalType::String | LogicalType::Json | LogicalType::Enum), _)
        | (None, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM) => {
            let is_text = mode == TextMode::Strict;
            same().with_converted_type(if is_text { ConvertedType::UTF8 } else { ConvertedType::NONE })
        }
        // Of an INT96 whose annotation makes it nothing but nulls, the annotation counts.
        (logical, _) if *physical_type == Physical::INT96 && logical != Some(&LogicalType::Unknown) => {
            of_fixed(12)
        }
        (Some(LogicalType::_Unknown { .. }), _) | (None, ConvertedType::INTERVAL) => same(),
        _ => return Ok(Arc::clone(node)),
    };
    let leaf =
        leaf.with_repetition(basic_info.repetition()).with_id(basic_info.has_id().then(|| basic_info.id()));
    Ok(Arc::new(leaf.build().map_err(|error| parquet_error(&error))?))
}
