//! Minimum and maximum of floating-point numbers as other readers take them: where NaN and -0 are.

use std::path::Path;

use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};
use parquet::basic::{ColumnOrder, Encoding};
use parquet::file::metadata::{ColumnChunkMetaData, PageIndexPolicy, ParquetMetaData, ParquetMetaDataReader};
use parquet::file::page_index::column_index::ColumnIndexMetaData;
use parquet::file::statistics::Statistics;

use super::slab::{Kind, Node, Slab, TEXT, list, node, version};
use super::support::{Dir, V, read};
use super::types::write;

fn metadata(path: &Path) -> ParquetMetaData {
    let file = std::fs::File::open(path).unwrap();
    let policy = PageIndexPolicy::Optional;
    ParquetMetaDataReader::new().with_page_index_policy(policy).parse_and_finish(&file).unwrap()
}

fn numbers(values: &[f64]) -> Vec<V> {
    values.iter().copied().map(V::Number).collect()
}

/// The bits of minimum and maximum, as doubles.
fn bounds(chunk: &ColumnChunkMetaData) -> Option<(u64, u64)> {
    let both = match chunk.statistics().unwrap() {
        Statistics::Double(values) => values.min_opt().copied().zip(values.max_opt().copied()),
        Statistics::Float(values) => {
            values.min_opt().copied().map(f64::from).zip(values.max_opt().copied().map(f64::from))
        }
        other => panic!("{other:?}"),
    };
    both.map(|(min, max)| bits(min, max))
}

fn bits(min: f64, max: f64) -> (u64, u64) {
    (min.to_bits(), max.to_bits())
}

/// A file with one row group and pages of four rows.
fn file(dir: &Dir, nodes: &[Node], columns: &[Vec<V>]) -> ParquetMetaData {
    let path = dir.path("x.parquet");
    let options = WriteOptions { page_rows: Some(4), ..WriteOptions::default() };
    write(&path, &[(nodes, columns)], &options);
    let loaded = read(&path, ScanOptions::default()).unwrap();
    for (row, values) in loaded.iter().enumerate() {
        let V::Struct(fields) = values else { panic!("{values:?}") };
        for ((_, value), column) in fields.iter().zip(columns) {
            assert_eq!(format!("{value:?}"), format!("{:?}", column[row]));
        }
    }
    metadata(&path)
}

fn ten(at: impl Fn(usize) -> f64) -> Vec<f64> {
    (0..10).map(at).collect()
}

#[test]
fn every_leaf_has_the_order_that_all_readers_know() {
    let dir = Dir::new();
    let fields = vec![node("a", Kind::Num), node("t", TEXT)];
    let nodes = [
        node("n", Kind::Num),
        node("i", Kind::Num),
        node("l", list(Kind::Num)),
        node("s", Kind::Struct(fields)),
    ];
    let inner = |at: usize| vec![("a".to_owned(), V::Number(at as f64 / 2.0)), ("t".to_owned(), V::Null)];
    let columns = vec![
        numbers(&ten(|at| at as f64 / 4.0)),
        numbers(&ten(|at| at as f64)),
        (0..10).map(|at| V::List(numbers(&[f64::from(at), 0.5]))).collect(),
        (0..10).map(|at| V::Struct(inner(at))).collect(),
    ];
    let orders = |metadata: &ParquetMetaData| metadata.file_metadata().column_orders().unwrap().clone();
    let written = orders(&file(&dir, &nodes, &columns));
    assert_eq!(written.len(), 5);
    assert!(written.iter().all(|order| matches!(order, ColumnOrder::TYPE_DEFINED_ORDER(_))), "{written:?}");

    // Without rows, and without columns.
    let path = dir.path("empty.parquet");
    let mut writer = CheckpointWriter::create(&path, &WriteOptions::default()).unwrap();
    let mut slab = Slab::default();
    slab.plan(&[node("f", Kind::F64), node("v", list(Kind::F32))]);
    writer.ingest(&slab.bytes).unwrap();
    writer.finish(&version()).unwrap();
    assert!(orders(&metadata(&path)).iter().all(|order| matches!(order, ColumnOrder::TYPE_DEFINED_ORDER(_))));
    CheckpointWriter::create(&path, &WriteOptions::default()).unwrap().finish(&version()).unwrap();
    assert!(orders(&metadata(&path)).is_empty());
}

#[test]
fn a_chunk_with_a_nan_has_no_bounds() {
    let dir = Dir::new();
    let nan = |at: usize| if at == 6 { f64::NAN } else { at as f64 / 2.0 };
    let fields = vec![node("a", Kind::Num), node("b", Kind::Num)];
    let nodes = [
        node("none", Kind::Num),
        node("one", Kind::Num),
        node("all", Kind::Num),
        node("s", Kind::Struct(fields)),
        node("l", list(Kind::Num)),
        node("v", list(Kind::F32)),
        node("w", list(Kind::F64)),
    ];
    let of_struct = |at: usize| vec![("a".to_owned(), V::Number(nan(at))), ("b".to_owned(), V::Number(0.5))];
    let of_list = |at: usize| V::List(numbers(&[1.0, nan(at)]));
    let columns = vec![
        numbers(&ten(|at| at as f64 / 2.0)),
        numbers(&ten(nan)),
        numbers(&[f64::NAN; 10]),
        (0..10).map(|at| V::Struct(of_struct(at))).collect(),
        (0..10).map(of_list).collect(),
        (0..10).map(of_list).collect(),
        (0..10).map(of_list).collect(),
    ];
    let metadata = file(&dir, &nodes, &columns);
    let chunks = metadata.row_group(0).columns();
    let found: Vec<_> = chunks.iter().map(bounds).collect();
    assert_eq!(found, [Some(bits(-0.0, 4.5)), None, None, None, Some(bits(0.5, 0.5)), None, None, None]);
    let nans: Vec<_> =
        chunks.iter().map(|chunk| chunk.statistics().unwrap().nan_count_opt().unwrap()).collect();
    assert_eq!(nans, [0, 1, 10, 1, 0, 1, 1, 1]);
    assert!(chunks.iter().all(|chunk| chunk.statistics().unwrap().null_count_opt() == Some(0)));
    // An index has bounds for all pages or for none; where the pages are is told all the same.
    let indexed: Vec<_> = chunks.iter().map(|chunk| chunk.column_index_offset().is_some()).collect();
    assert_eq!(indexed, [true, false, false, false, true, false, false, false]);
    assert!(chunks.iter().all(|chunk| chunk.offset_index_offset().is_some()));
}

#[test]
fn a_zero_bounds_the_other_zero() {
    let dir = Dir::new();
    let nodes =
        [node("n", Kind::Num), node("p", Kind::Num), node("b", Kind::Num), node("v", list(Kind::F32))];
    let columns = vec![
        numbers(&ten(|at| if at % 2 == 0 { -0.0 } else { -0.5 })),
        numbers(&ten(|at| if at % 2 == 0 { 0.0 } else { 0.5 })),
        numbers(&ten(|at| {
            if at < 4 {
                0.25
            } else if at < 8 {
                -0.0
            } else {
                0.0
            }
        })),
        (0..10).map(|_| V::List(numbers(&[0.0, 0.0]))).collect(),
    ];
    let metadata = file(&dir, &nodes, &columns);
    let found: Vec<_> = metadata.row_group(0).columns().iter().map(bounds).collect();
    assert_eq!(
        found,
        [Some(bits(-0.5, 0.0)), Some(bits(-0.0, 0.5)), Some(bits(-0.0, 0.25)), Some(bits(-0.0, 0.0))]
    );
    let pages = |leaf: usize| match metadata.page_index().unwrap().column_index(0, leaf).unwrap() {
        ColumnIndexMetaData::DOUBLE(pages) => {
            let both = pages.min_values().iter().zip(pages.max_values());
            both.map(|(min, max)| bits(*min, *max)).collect::<Vec<_>>()
        }
        other => panic!("{other:?}"),
    };
    let all = |pages: [(f64, f64); 3]| pages.map(|(min, max)| bits(min, max));
    assert_eq!(pages(0), all([(-0.5, 0.0); 3]));
    assert_eq!(pages(1), all([(-0.0, 0.5); 3]));
    assert_eq!(pages(2), all([(0.25, 0.25), (-0.0, 0.0), (-0.0, 0.0)]));
}

#[test]
fn minus_zero_is_in_no_dictionary() {
    let dir = Dir::new();
    let nodes =
        [node("z", Kind::Num), node("m", Kind::Num), node("l", list(Kind::Num)), node("v", list(Kind::F32))];
    let few = |at: usize| [0.0, 0.5, 1.5][at % 3];
    let many = |with: f64| (0..100).map(|at| if at == 77 { with } else { few(at) }).collect::<Vec<f64>>();
    let columns = vec![
        numbers(&many(0.0)),
        numbers(&many(-0.0)),
        many(-0.0).iter().map(|value| V::List(numbers(&[*value, 0.5]))).collect(),
        many(-0.0).iter().map(|value| V::List(numbers(&[*value, 0.5]))).collect(),
    ];
    let metadata = file(&dir, &nodes, &columns);
    let dictionaries: Vec<_> = metadata
        .row_group(0)
        .columns()
        .iter()
        .map(|chunk| chunk.encodings().any(|encoding| encoding == Encoding::RLE_DICTIONARY))
        .collect();
    assert_eq!(dictionaries, [true, false, false, false]);
}

/// Integers that became doubles because of what came later are as those that were doubles at once.
#[test]
fn the_same_of_chunks_that_were_rewritten() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes = [node("n", Kind::Num), node("l", list(Kind::Num))];
    let columns = |values: &[f64]| {
        vec![numbers(values), values.iter().map(|value| V::List(numbers(&[*value]))).collect::<Vec<_>>()]
    };
    let (first, second) = (columns(&[0.0, 1.0, 2.0, 0.0]), columns(&[0.5, 3.0, -0.0, 1.0]));
    let options = WriteOptions { row_group_rows: Some(4), ..WriteOptions::default() };
    write(&path, &[(&nodes, &first), (&nodes, &second)], &options);
    let metadata = metadata(&path);
    let found: Vec<Vec<_>> =
        metadata.row_groups().iter().map(|group| group.columns().iter().map(bounds).collect()).collect();
    assert_eq!(found, [[Some(bits(-0.0, 2.0)); 2], [Some(bits(-0.0, 3.0)); 2]]);
    let orders = metadata.file_metadata().column_orders().unwrap();
    assert!(orders.iter().all(|order| matches!(order, ColumnOrder::TYPE_DEFINED_ORDER(_))));
}

/// `DataFusion` takes the bounds of the chunks that have some for those of the whole file, and left out the chunk with the NaN.
#[test]
fn a_nan_in_one_row_group_takes_the_bounds_of_all() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes = [node("n", Kind::Num), node("m", Kind::Num), node("empty", Kind::Num)];
    let columns = |nan: f64, empty: V| {
        let values = numbers(&ten(|at| if at == 3 { nan } else { at as f64 / 2.0 }));
        let whole = numbers(&ten(|at| at as f64 / 2.0));
        vec![values, whole, (0..10).map(|_| empty.clone()).collect::<Vec<_>>()]
    };
    let options = WriteOptions { row_group_rows: Some(10), ..WriteOptions::default() };
    let (first, second) = (columns(0.5, V::Null), columns(f64::NAN, V::Number(0.5)));
    write(&path, &[(&nodes, &first), (&nodes, &second)], &options);
    let metadata = metadata(&path);
    assert_eq!(metadata.num_row_groups(), 2);
    for group in metadata.row_groups() {
        assert_eq!(bounds(group.column(0)), None);
        assert_eq!(bounds(group.column(1)), Some(bits(-0.0, 4.5)));
    }
    assert_eq!(metadata.row_group(0).column(0).statistics().unwrap().null_count_opt(), Some(0));
    assert_eq!(bounds(metadata.row_group(1).column(2)), Some(bits(0.5, 0.5)));
}
