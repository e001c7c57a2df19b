//! One top-level column of one row group: the unit that row groups are made of.

use arrow_array::ArrayRef;
use arrow_schema::{Field, Schema};
use parquet::arrow::ArrowSchemaConverter;
use parquet::basic::{Compression, ConvertedType, Type as Physical};
use parquet::file::properties::{
    DEFAULT_WRITE_BATCH_SIZE, EnabledStatistics, WriterProperties, WriterPropertiesBuilder, WriterVersion,
};
use parquet::schema::types::{ColumnDescriptor, SchemaDescriptor};

use super::builder::Builder;
use super::choose::{Choice, choose};
use super::content::{CHUNKING, ContentWriter};
use super::leaf::PendingLeaf;
use super::leaf_pages::{LeafPages, Workers};
use super::options::CodecChoice;
use super::pack::packs;
use super::plan::{ColumnType, PlanNode};
use super::sharing::SharedColumn;
use super::writers::{PageEnds, Writers};
use crate::error::{CkptError, Result};

/// Bytes of a text that a column index keeps of a page's minimum and maximum.
const INDEX_TEXT_BYTES: usize = 64;
/// Part of the values that a row group does not have and that its bloom filter takes for ones that it has.
const BLOOM_FALSE_POSITIVES: f64 = 0.01;

/// A column whose pages may still be with the pool.
pub struct EncodedColumn {
    /// What the leaves hold.
    pub column_type: ColumnType,
    /// The chunks of all leaves, in the order of the schema.
    pub leaves: Vec<PendingLeaf>,
    /// What is shared, where a save shares.
    pub shared: Option<SharedColumn>,
}

/// What holds for all columns of a save.
#[derive(Debug, Clone, Copy)]
pub struct Encoding {
    /// The codec, and which columns have it.
    pub codec: CodecChoice,
    /// Where pages end.
    pub ends: PageEnds,
    /// Rows of a page at most.
    pub page_rows: usize,
    /// Rows of a row group at most, unless it has thousands of columns.
    pub group_rows: usize,
}

/// Leaves of a column in some of its rows.
pub struct Segment {
    /// Their values.
    pub array: ArrayRef,
    /// What they are in the file.
    pub column_type: ColumnType,
}

/// Encodes one column of one row group: early leaves segment by segment, the others at the end.
pub struct ColumnEncoder {
    encoding: Encoding,
    /// None if all is to be done on this thread.
    workers: Option<Workers>,
    early: Option<Writers>,
}

impl ColumnEncoder {
    /// An encoder that has no rows yet.
    pub fn new(encoding: Encoding, workers: Option<&Workers>) -> Self {
        Self { encoding, workers: workers.cloned(), early: None }
    }

    /// Encodes a segment: the early leaves of the next rows. The first one decides how they are stored.
    pub fn add(&mut self, node: &PlanNode, segment: &Segment) -> Result<()> {
        let Segment { array, column_type } = segment;
        let mut writers = match self.early.take() {
            Some(writers) => writers,
            None => self.writers(node, column_type, array, self.encoding.group_rows)?,
        };
        let written = writers.write(node, array);
        self.early = Some(writers);
        written
    }

    /// Encodes what is left in the builder; `column_type`: at least its own type.
    pub fn finish(
        mut self,
        node: &PlanNode,
        mut rest: Builder,
        column_type: ColumnType,
    ) -> Result<EncodedColumn> {
        if let Some(segment) = rest.take_segment()? {
            self.add(node, &segment)?;
        }
        let late = match rest.late_type(&column_type) {
            Some(late) => Some(Segment { array: rest.finish(&late.to_stored())?, column_type: late }),
            None => None,
        };
        self.close(node, late, column_type)
    }

    /// Encodes the leaves that are not early, and closes all.
    pub fn close(
        mut self,
        node: &PlanNode,
        late: Option<Segment>,
        column_type: ColumnType,
    ) -> Result<EncodedColumn> {
        let mut leaves = self.early.take().map(Writers::close).transpose()?.unwrap_or_default();
        if let Some(Segment { array, column_type }) = late {
            let mut late = self.writers(node, &column_type, &array, array.len())?;
            late.write(node, &array)?;
            leaves.append(&mut late.close()?);
        }
        let schema = parquet_schema(&schema_of(node, &column_type))?;
        if schema.num_columns() != leaves.len() {
            return Err(CkptError::internal(format!("column {} has not all of its leaves", node.name)));
        }
        leaves.sort_by_cached_key(|(path, _)| schema.columns().iter().position(|leaf| leaf.path() == path));
        let leaves = leaves.into_iter().map(|(_, leaf)| leaf).collect();
        Ok(EncodedColumn { column_type, leaves, shared: None })
    }

    /// Writers for all leaves of a column of this type, whose first values are those of `array`.
    fn writers(
        &self,
        node: &PlanNode,
        column_type: &ColumnType,
        array: &ArrayRef,
        rows: usize,
    ) -> Result<Writers> {
        let mut choices = Vec::new();
        choose(array, self.encoding.codec, &mut choices);
        let schema = schema_of(node, column_type);
        let leaves = parquet_schema(&schema)?;
        let nodes = std::iter::repeat(node);
        let properties = properties(nodes, &leaves, &choices, self.encoding, rows);
        let pages = choices.iter().map(|choice| LeafPages::new(choice.packing, self.workers.as_ref()));
        let pages = pages.collect();
        if self.encoding.ends == PageEnds::Content {
            let stored = Schema::new(vec![Field::new(&node.name, column_type.to_stored(), true)]);
            return Ok(Writers::Content(Box::new(ContentWriter::new(stored, &leaves, properties, pages)?)));
        }
        Writers::fixed(schema, &leaves, properties, pages)
    }
}

/// Encodes one array as the column of `node`, on this thread.
pub fn encode_array(
    node: &PlanNode,
    array: &ArrayRef,
    column_type: ColumnType,
    encoding: Encoding,
) -> Result<EncodedColumn> {
    let whole = Segment { array: array.clone(), column_type: column_type.clone() };
    ColumnEncoder::new(encoding, None).close(node, Some(whole), column_type)
}

/// The schema as the file has it.
pub fn parquet_schema(schema: &Schema) -> Result<SchemaDescriptor> {
    ArrowSchemaConverter::new().convert(schema).map_err(CkptError::internal)
}

fn schema_of(node: &PlanNode, column_type: &ColumnType) -> Schema {
    Schema::new(vec![Field::new(&node.name, column_type.to_arrow(), true)])
}

/// What parquet-rs is to do with each leaf, the column of which is the next of `nodes`.
pub fn properties<'a>(
    nodes: impl Iterator<Item = &'a PlanNode>,
    schema: &SchemaDescriptor,
    choices: &[Choice],
    encoding: Encoding,
    rows: usize,
) -> WriterProperties {
    let builder = WriterProperties::builder()
        .set_writer_version(WriterVersion::PARQUET_1_0)
        .set_statistics_enabled(EnabledStatistics::Chunk)
        .set_column_index_truncate_length(Some(INDEX_TEXT_BYTES))
        .set_data_page_row_count_limit(encoding.page_rows)
        .set_write_batch_size(encoding.page_rows.min(DEFAULT_WRITE_BATCH_SIZE))
        // A chunk's dictionary tells all that its filter would.
        .set_bloom_filter_for_dictionary_encoded_chunks(false)
        // Row groups are ours to end.
        .set_max_row_group_row_count(None)
        .set_content_defined_chunking((encoding.ends == PageEnds::Content).then_some(CHUNKING));
    let leaves = schema.columns().iter().zip(choices).zip(nodes);
    leaves
        .fold(builder, |builder, ((leaf, choice), node)| with_leaf(builder, node, leaf, *choice, rows))
        .build()
}

fn with_leaf(
    builder: WriterPropertiesBuilder,
    node: &PlanNode,
    leaf: &ColumnDescriptor,
    choice: Choice,
    rows: usize,
) -> WriterPropertiesBuilder {
    let path = leaf.path();
    let codec = choice.packing.codec;
    let codec = if packs(codec) { Compression::UNCOMPRESSED } else { codec };
    let mut builder = builder
        .set_column_dictionary_enabled(path.clone(), choice.dictionary)
        .set_column_encoding(path.clone(), choice.encoding)
        .set_column_compression(path.clone(), codec);
    // Conditions look at no elements of lists.
    if leaf.max_rep_level() > 0 {
        return builder;
    }
    let text = leaf.converted_type() == ConvertedType::UTF8;
    if text || matches!(leaf.physical_type(), Physical::INT64 | Physical::DOUBLE) {
        builder = builder.set_column_statistics_enabled(path.clone(), EnabledStatistics::Page);
    }
    if (text || leaf.physical_type() == Physical::INT64) && node.wants_bloom(path.parts()) {
        builder = builder
            .set_column_bloom_filter_fpp(path.clone(), BLOOM_FALSE_POSITIVES)
            // It is made for this many, and then shrunk to those that there are.
            .set_column_bloom_filter_max_ndv(path.clone(), rows.max(1) as u64);
    }
    builder
}
