//! Which types the columns of the file have, and what becomes of those that change on the way.

use std::path::Path;

use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{CheckpointWriter, Codec, WriteOptions, WriteSummary};
use parquet::file::reader::{FileReader, SerializedFileReader};

use super::slab::{Kind, Node, Slab, TEXT, list, node, version};
use super::support::{Dir, V, columns_of, read, text};

/// Writes one record per chunk of columns, with the nodes that hold there.
pub fn write(path: &Path, chunks: &[(&[Node], &[Vec<V>])], options: &WriteOptions) -> WriteSummary {
    let mut writer = CheckpointWriter::create(path, options).unwrap();
    let mut planned: &[Node] = &[];
    for (nodes, columns) in chunks {
        let mut slab = Slab::default();
        if planned != *nodes {
            slab.plan(nodes);
            planned = nodes;
        }
        slab.rows(nodes, columns);
        writer.ingest(&slab.bytes).unwrap();
    }
    writer.finish(&version()).unwrap()
}

fn small_groups() -> WriteOptions {
    WriteOptions { row_group_rows: Some(2), ..WriteOptions::default() }
}

fn numbers(values: &[f64]) -> Vec<V> {
    values.iter().copied().map(V::Number).collect()
}

fn physical_types(path: &Path) -> Vec<String> {
    let reader = SerializedFileReader::new(std::fs::File::open(path).unwrap()).unwrap();
    let schema = reader.metadata().file_metadata().schema_descr_ptr();
    schema
        .columns()
        .iter()
        .map(|column| format!("{} {:?}", column.path().string(), column.physical_type()))
        .collect()
}

#[test]
fn numbers_are_int64_while_all_are_safe_integers() {
    let cases: &[(&[f64], &str)] = &[
        (&[1.0, -5.0, 9_007_199_254_740_991.0], "n INT64"),
        (&[1.0, 9_007_199_254_740_992.0], "n DOUBLE"),
        (&[1.0, 0.5], "n DOUBLE"),
        (&[0.0, -0.0], "n DOUBLE"),
        (&[f64::NAN], "n DOUBLE"),
        (&[f64::INFINITY], "n DOUBLE"),
    ];
    for (values, expected) in cases {
        let dir = Dir::new();
        let path = dir.path("x.parquet");
        let nodes = [node("n", Kind::Num)];
        write(&path, &[(&nodes, &[numbers(values)])], &WriteOptions::default());
        assert_eq!(physical_types(&path), [*expected], "{values:?}");
        let back = columns_of(&read(&path, ScanOptions::default()).unwrap());
        assert_eq!(format!("{back:?}"), format!("{:?}", [numbers(values)]));
    }
}

/// Elements of lists only, and many of them: vectors. One number more than a float holds, in whichever row group, makes all of them
/// doubles.
#[test]
fn elements_are_floats_while_floats_hold_them_exactly() {
    let single = f64::from(0.1_f32);
    let odd = [-0.0, f64::INFINITY, f64::NAN, f64::from(f32::MAX), f64::from(f32::MIN_POSITIVE / 4.0)];
    let cases: &[(usize, &[f64], &str)] = &[
        (1024, &odd, "FLOAT"),
        (1023, &odd, "DOUBLE"),
        (1024, &[0.1], "DOUBLE"),
        (1024, &[16_777_217.0], "DOUBLE"),
        (1024, &[1e300], "DOUBLE"),
        (1024, &[1e-60], "DOUBLE"),
    ];
    let halves = [(2048, &[1.5][..], "DOUBLE")];
    for (many, few, expected) in cases.iter().chain(&halves) {
        let single = if *many == 2048 { 0.5 } else { single };
        let dir = Dir::new();
        let path = dir.path("x.parquet");
        let nodes = [node("s", Kind::Struct(vec![node("l", list(list(Kind::Num)))]))];
        let row = |values: &[f64]| {
            let lists = vec![V::List(numbers(values)), V::List(Vec::new()), V::Null];
            V::Struct(vec![("l".to_owned(), V::List(lists))])
        };
        // A small row group behind a large one has its type, where it can.
        let chunks = [vec![vec![row(&vec![single; *many]), V::Null]], vec![vec![row(few), V::Null]]];
        let with: Vec<(&[Node], &[Vec<V>])> = chunks.iter().map(|chunk| (&nodes[..], &chunk[..])).collect();
        write(&path, &with, &small_groups());
        assert_eq!(physical_types(&path), [format!("s.l.list.element.list.element {expected}")], "{few:?}");
        let wanted: Vec<V> = chunks.iter().flat_map(|chunk| chunk[0].clone()).collect();
        let back = columns_of(&read(&path, ScanOptions::default()).unwrap());
        assert_eq!(format!("{back:?}"), format!("{:?}", [wanted]));
    }
}

/// The file has one type; row groups that were written before the type was known are brought to it, each keeping its values.
#[test]
fn a_late_fraction_rewrites_only_its_column() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let nodes = [node("n", Kind::Num), node("t", TEXT), node("l", list(Kind::Num))];
    let chunk = |values: &[f64]| {
        vec![
            numbers(values),
            values.iter().map(|value| text(&value.to_string())).collect(),
            values.iter().map(|value| V::List(numbers(&[*value, 1.0]))).collect(),
        ]
    };
    let chunks = [chunk(&[1.0, 2.0]), chunk(&[3.0, 4.0]), chunk(&[0.5, -0.0])];
    let with: Vec<(&[Node], &[Vec<V>])> = chunks.iter().map(|chunk| (&nodes[..], &chunk[..])).collect();
    let summary = write(&path, &with, &small_groups());
    assert_eq!(summary.rows, 6);
    assert_eq!(summary.bytes, std::fs::metadata(&path).unwrap().len());
    assert_eq!(physical_types(&path), ["n DOUBLE", "t BYTE_ARRAY", "l.list.element DOUBLE"]);
    let expected: Vec<Vec<V>> =
        (0..3).map(|column| chunks.iter().flat_map(|chunk| chunk[column].clone()).collect()).collect();
    let back = columns_of(&read(&path, ScanOptions::default()).unwrap());
    assert_eq!(format!("{back:?}"), format!("{expected:?}"));
}

#[test]
fn columns_and_fields_that_come_late_are_null_before() {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    let cell =
        |fields: &[(&str, V)]| V::Struct(fields.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect());
    let first = [node("a", Kind::Null), node("s", Kind::Struct(vec![node("x", Kind::Null)]))];
    let second = [
        node("a", TEXT),
        node("s", Kind::Struct(vec![node("x", Kind::Bool), node("y", list(TEXT))])),
        node("late", Kind::Struct(vec![node("z", Kind::I32)])),
    ];
    let one = [vec![V::Null; 2], vec![cell(&[("x", V::Null)]), V::Null]];
    let two = [
        vec![text("é"), V::Null],
        vec![cell(&[("x", V::Bool(true)), ("y", V::List(vec![text("p"), V::Null]))]), V::Null],
        vec![cell(&[("z", V::Number(7.0))]), V::Null],
    ];
    for options in [WriteOptions::default(), small_groups()] {
        write(&path, &[(&first, &one), (&second, &two)], &options);
        let back = columns_of(&read(&path, ScanOptions::default()).unwrap());
        assert_eq!(back[0], [V::Null, V::Null, text("é"), V::Null]);
        assert_eq!(back[1][0], cell(&[("x", V::Null), ("y", V::Null)]));
        assert_eq!(back[1][1..], [V::Null, two[1][0].clone(), V::Null]);
        assert_eq!(back[2], [V::Null, V::Null, two[2][0].clone(), V::Null]);
    }
}

#[test]
fn every_codec_is_in_the_file_and_comes_back() {
    let nodes = [node("n", Kind::Num), node("t", TEXT)];
    let columns = [
        (0..5000).map(|i| V::Number(f64::from(i) / 7.0)).collect::<Vec<_>>(),
        (0..5000).map(|i| text(&format!("a text that a codec can shrink {i}"))).collect(),
    ];
    let codecs = [
        (Codec::Snappy, "SNAPPY"),
        (Codec::Gzip, "GZIP(GzipLevel(6))"),
        (Codec::Brotli, "BROTLI(BrotliLevel(1))"),
        (Codec::Lz4, "LZ4_RAW"),
        (Codec::Zstd, "ZSTD(ZstdLevel(1))"),
        (Codec::None, "UNCOMPRESSED"),
        (Codec::Auto, "ZSTD(ZstdLevel(1))"),
        (Codec::Fast, "LZ4_RAW"),
        (Codec::Small, "ZSTD(ZstdLevel(9))"),
    ];
    for (compression, expected) in codecs {
        let dir = Dir::new();
        let path = dir.path("x.parquet");
        write(&path, &[(&nodes, &columns)], &WriteOptions { compression, ..WriteOptions::default() });
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        let codec = format!("{:?}", reader.metadata().row_group(0).column(1).compression());
        let name = |codec: &str| codec.split('(').next().unwrap().to_owned();
        assert_eq!(name(&codec), name(expected));
        assert_eq!(columns_of(&read(&path, ScanOptions::default()).unwrap()), columns);
    }
}

#[test]
fn auto_leaves_small_leaves_alone_and_no_others() {
    let sparse = |rows: usize| -> Vec<V> {
        let value = |row: usize| text(&format!("one of the texts that a codec can shrink {row}"));
        (0..rows).map(|row| if row % 50 == 0 { value(row) } else { V::Null }).collect()
    };
    // 2 KB of texts; 90 KB, of which a sample sees 2.
    for (rows, expected) in [(2_000, "UNCOMPRESSED"), (99_000, "ZSTD(ZstdLevel(1))")] {
        let dir = Dir::new();
        let path = dir.path("x.parquet");
        write(&path, &[(&[node("t", TEXT)], &[sparse(rows)])], &WriteOptions::default());
        let reader = SerializedFileReader::new(std::fs::File::open(&path).unwrap()).unwrap();
        let codec = format!("{:?}", reader.metadata().row_group(0).column(0).compression());
        assert_eq!(codec, expected, "{rows} rows");
    }
}

#[test]
fn a_level_that_the_codec_does_not_have_is_refused() {
    let dir = Dir::new();
    for (compression, level) in [(Codec::Gzip, 99), (Codec::Brotli, 99), (Codec::Zstd, 99)] {
        let options = WriteOptions { compression, compression_level: Some(level), ..WriteOptions::default() };
        let error = CheckpointWriter::create(&dir.path("x.parquet"), &options).err().unwrap();
        assert_eq!(error.code, arrow_ckpt::ErrorCode::InvalidOption);
        assert!(error.message.contains("99"), "{}", error.message);
    }
    assert_eq!(std::fs::read_dir(dir.path("x").parent().unwrap()).unwrap().count(), 0);
}
