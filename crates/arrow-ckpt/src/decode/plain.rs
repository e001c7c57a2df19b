//! The schema as parquet-rs is to read it: the file's own, with those annotations removed that it would read wrongly.
//!
//! - JSON and enum become string: parquet-rs checks UTF-8 and keeps dictionaries for strings only.
//! - Interval becomes 12 plain bytes: parquet-rs would drop the months.
//! - Annotations that parquet-rs does not know go: what remains is the physical type.

use std::sync::Arc;

use parquet::basic::{ConvertedType, LogicalType, Type as Physical};
use parquet::schema::types::{SchemaDescriptor, Type, TypePtr};

use super::faults::unsupported;
use super::guard::parquet_error;
use crate::error::Result;

/// The same tree with plainer leaves.
pub(super) fn plain_schema(schema: &SchemaDescriptor) -> Result<SchemaDescriptor> {
    let root = schema.root_schema_ptr();
    let fields = root.get_fields().iter().map(plain).collect::<Result<Vec<_>>>()?;
    let root = Type::group_type_builder(root.name()).with_fields(fields).build();
    Ok(SchemaDescriptor::new(Arc::new(root.map_err(|error| parquet_error(&error))?)))
}

fn plain(node: &TypePtr) -> Result<TypePtr> {
    match node.as_ref() {
        Type::PrimitiveType { .. } => plain_leaf(node),
        Type::GroupType { fields, .. } if fields.is_empty() => {
            Err(unsupported("a group without fields").in_column(node.name()))
        }
        Type::GroupType { basic_info, fields } => {
            let changed = fields.iter().map(plain).collect::<Result<Vec<_>>>()?;
            if changed.iter().zip(fields).all(|(new, old)| Arc::ptr_eq(new, old)) {
                return Ok(Arc::clone(node));
            }
            let logical = basic_info.logical_type_ref().cloned();
            let group = Type::group_type_builder(basic_info.name())
                .with_repetition(basic_info.repetition())
                .with_converted_type(basic_info.converted_type())
                // A FILE group insists on its own leaves' annotations, and reads as a struct without it.
                .with_logical_type(logical.filter(|logical| *logical != LogicalType::File))
                .with_fields(changed)
                .with_id(basic_info.has_id().then(|| basic_info.id()))
                .build();
            Ok(Arc::new(group.map_err(|error| parquet_error(&error))?))
        }
    }
}

fn plain_leaf(node: &TypePtr) -> Result<TypePtr> {
    let Type::PrimitiveType { basic_info, physical_type, type_length, .. } = node.as_ref() else {
        return Ok(Arc::clone(node));
    };
    let text = match (basic_info.logical_type_ref(), basic_info.converted_type()) {
        (Some(LogicalType::String | LogicalType::Json | LogicalType::Enum), _)
        | (None, ConvertedType::UTF8 | ConvertedType::JSON | ConvertedType::ENUM) => true,
        (Some(LogicalType::_Unknown { .. }), _) | (None, ConvertedType::INTERVAL) => false,
        _ => return Ok(Arc::clone(node)),
    };
    let leaf = Type::primitive_type_builder(basic_info.name(), *physical_type)
        .with_repetition(basic_info.repetition())
        .with_length(if *physical_type == Physical::FIXED_LEN_BYTE_ARRAY { *type_length } else { -1 })
        .with_id(basic_info.has_id().then(|| basic_info.id()));
    let leaf = if text { leaf.with_converted_type(ConvertedType::UTF8) } else { leaf };
    Ok(Arc::new(leaf.build().map_err(|error| parquet_error(&error))?))
}
