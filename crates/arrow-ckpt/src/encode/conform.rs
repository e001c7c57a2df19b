//! Rewriting one column of one row group whose type the file outgrew: integers that met a fraction later, a struct that got a field,
//! a column that did not exist yet. Only that column is decoded and encoded again; the bytes it had stay in the file unused.

use std::sync::Arc;

use arrow_array::cast::AsArray;
use arrow_array::{Array, ArrayRef, ListArray, StructArray, new_null_array};
use arrow_cast::cast;
use arrow_schema::DataType;
use bytes::Bytes;
use parquet::arrow::arrow_reader::{
    ArrowReaderMetadata, ArrowReaderOptions, ParquetRecordBatchReaderBuilder,
};
use parquet::file::metadata::ParquetMetaDataReader;

use super::chunk::{EncodedColumn, Encoding, encode_array};
use super::footer::{FooterParts, PlacedColumn, PlacedGroup, footer_bytes};
use super::plan::{ColumnType, PlanNode};
use crate::error::{CkptError, Result};

/// The column of `node` in `rows` rows as `target`. `chunk`: its bytes as they stand in the file from `placed.offset` on.
pub fn conform_column(
    node: &PlanNode,
    placed: &PlacedColumn,
    chunk: &[u8],
    rows: usize,
    target: &ColumnType,
    encoding: Encoding,
) -> Result<EncodedColumn> {
    let array = decode(&node.name, placed, chunk, rows)?;
    let array = conform(&array, &target.to_stored())?;
    encode_array(node, &array, target.clone(), encoding)
}

/// A column of nulls for `rows` rows that came before it.
pub fn null_column(
    node: &PlanNode,
    rows: usize,
    target: &ColumnType,
    encoding: Encoding,
) -> Result<EncodedColumn> {
    encode_array(node, &new_null_array(&target.to_stored(), rows), target.clone(), encoding)
}

/// Reads the chunk as the only column of a file made up around it.
pub fn decode(name: &str, placed: &PlacedColumn, chunk: &[u8], rows: usize) -> Result<ArrayRef> {
    let mut file = b"PAR1".to_vec();
    let alone = PlacedColumn { offset: file.len() as u64, ..placed.clone() };
    let group = PlacedGroup { rows, columns: vec![alone] };
    let columns = [(name.to_owned(), placed.column_type.clone())];
    file.extend_from_slice(chunk);
    let parts = FooterParts { columns: &columns, groups: &[group], ..FooterParts::default() };
    file.extend(footer_bytes(&parts)?.0);
    let file = Bytes::from(file);
    let metadata = ParquetMetaDataReader::new().parse_and_finish(&file).map_err(CkptError::internal)?;
    let options = ArrowReaderOptions::new().with_skip_arrow_metadata(true);
    let metadata = ArrowReaderMetadata::try_new(Arc::new(metadata), options).map_err(CkptError::internal)?;
    let reader = ParquetRecordBatchReaderBuilder::new_with_metadata(file, metadata);
    let mut reader = reader.with_batch_size(rows.max(1)).build().map_err(CkptError::internal)?;
    let batch = reader.next().ok_or_else(|| CkptError::internal("a chunk to rewrite is empty"))?;
    let batch = batch.map_err(CkptError::internal)?;
    if batch.num_rows() != rows {
        return Err(CkptError::internal("a chunk to rewrite lost rows"));
    }
    Ok(batch.column(0).clone())
}

/// The array as `target`, a type that holds all its values.
pub(crate) fn conform(array: &ArrayRef, target: &DataType) -> Result<ArrayRef> {
    Ok(match (array.data_type(), target) {
        (from, to) if from == to => array.clone(),
        (DataType::List(_), DataType::List(element)) => {
            let list = array.as_list::<i32>();
            let child = conform(list.values(), element.data_type())?;
            let list =
                ListArray::try_new(element.clone(), list.offsets().clone(), child, list.nulls().cloned());
            Arc::new(list.map_err(CkptError::internal)?)
        }
        (DataType::Struct(_), DataType::Struct(fields)) => {
            let from = array.as_struct();
            let children = fields.iter().map(|field| match from.column_by_name(field.name()) {
                Some(child) => conform(child, field.data_type()),
                None => Ok(new_null_array(field.data_type(), from.len())),
            });
            let children = children.collect::<Result<Vec<_>>>()?;
            let built = StructArray::try_new(fields.clone(), children, from.nulls().cloned());
            Arc::new(built.map_err(CkptError::internal)?)
        }
        (DataType::Int64 | DataType::Float32, DataType::Float64) => {
            cast(array, target).map_err(CkptError::internal)?
        }
        (DataType::Utf8, DataType::Binary) => cast(array, target).map_err(CkptError::internal)?,
        // Only a column that was all null changes its kind: it was stored as text.
        (DataType::Utf8, _) if array.null_count() == array.len() => new_null_array(target, array.len()),
        (from, to) => return Err(CkptError::internal(format!("a column of {from} cannot become {to}"))),
    })
}
