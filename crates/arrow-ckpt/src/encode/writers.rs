//! The writers of the leaves of a column, which end pages by size or by content.

use std::io::sink;
use std::sync::Arc;

use arrow_array::ArrayRef;
use arrow_schema::{Field, Schema};
use parquet::arrow::arrow_writer::{ArrowRowGroupWriterFactory, compute_leaves};
use parquet::file::properties::WriterProperties;
use parquet::file::writer::SerializedFileWriter;
use parquet::schema::types::{ColumnPath, SchemaDescriptor};

use super::content::ContentWriter;
use super::leaf::{LeafWriter, PendingLeaf};
use super::leaf_pages::{LeafPages, LeafStores};
use super::plan::PlanNode;
use crate::error::{CkptError, Result};

/// Where pages end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, serde::Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum PageEnds {
    /// After so many bytes or rows.
    #[default]
    Fixed,
    /// Where the values say so, see [`super::content`].
    Content,
}

/// The writers of some leaves of a column.
pub enum Writers {
    /// One for each leaf.
    Fixed(Vec<LeafWriter>),
    /// One for all.
    Content(Box<ContentWriter>),
}

impl Writers {
    /// For all leaves of `schema`, whose pages go to `pages` and end by size.
    pub fn fixed(
        schema: Schema,
        leaves: &SchemaDescriptor,
        properties: WriterProperties,
        pages: Vec<LeafPages>,
    ) -> Result<Self> {
        let file = SerializedFileWriter::new(sink(), leaves.root_schema_ptr(), Arc::new(properties));
        let factory = ArrowRowGroupWriterFactory::new(&file.map_err(CkptError::internal)?, Arc::new(schema))
            .with_page_store_factory(Arc::new(LeafStores::new(pages.clone())));
        let writers = factory.create_column_writers(0).map_err(CkptError::internal)?;
        let writers = writers.into_iter().zip(pages).zip(leaves.columns());
        Ok(Self::Fixed(
            writers
                .map(|((writer, pages), leaf)| LeafWriter { path: leaf.path().clone(), writer, pages })
                .collect(),
        ))
    }

    /// Takes in the values of the next rows.
    pub fn write(&mut self, node: &PlanNode, array: &ArrayRef) -> Result<()> {
        let writers = match self {
            Self::Fixed(writers) => writers,
            Self::Content(writer) => return writer.write(node, array),
        };
        let field = Field::new(&node.name, array.data_type().clone(), true);
        let leaves = compute_leaves(&field, array).map_err(CkptError::internal)?;
        for (leaf, values) in writers.iter_mut().zip(&leaves) {
            leaf.writer.write(values).map_err(CkptError::internal)?;
        }
        Ok(())
    }

    /// No more values come.
    pub fn close(self) -> Result<Vec<(ColumnPath, PendingLeaf)>> {
        match self {
            Self::Fixed(writers) => {
                writers.into_iter().map(|writer| Ok((writer.path.clone(), writer.close()?))).collect()
            }
            Self::Content(writer) => writer.close(),
        }
    }
}
