//! A reader of arenas that follows the words of `layout.rs`, and helpers to write files.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use arrow_array::{ArrayRef, RecordBatch};
use arrow_ckpt::Result;
use arrow_ckpt::decode::{CheckpointFile, ColumnRequest, Fill, OpenOptions, Scan, ScanOptions};
use arrow_ckpt::layout::{
    FORM_BOOL, FORM_BYTES, FORM_DATE, FORM_DICT, FORM_F32, FORM_F64, FORM_FAR_TIMESTAMP, FORM_I64, FORM_LIST,
    FORM_NULL, FORM_STRUCT, FORM_TEXT, FORM_TIMESTAMP, FORM_U64, NODE_WORDS,
};
use parquet::arrow::ArrowWriter;
use parquet::file::properties::WriterProperties;
use serde_json::Value;

/// A value as JavaScript would get it.
#[derive(Debug, Clone, PartialEq)]
pub enum V {
    Null,
    Bool(bool),
    Number(f64),
    /// From `FORM_I64` or `FORM_U64`.
    Int(i128),
    Text(String),
    Bytes(Vec<u8>),
    Date(f64),
    Time(f64, u32),
    List(Vec<Self>),
    Map(Vec<(Self, Self)>),
    Struct(Vec<(String, Self)>),
}

pub fn text(text: &str) -> V {
    V::Text(text.to_owned())
}

/// A directory that is removed at the end of the test.
pub struct Dir(tempfile::TempDir);

impl Dir {
    pub fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.0.path().join(name)
    }

    /// Writes one batch per row group.
    pub fn write(&self, batches: &[RecordBatch], properties: Option<WriterProperties>) -> PathBuf {
        let path = self.path("file.parquet");
        let file = std::fs::File::create(&path).unwrap();
        let mut writer = ArrowWriter::try_new(file, batches[0].schema(), properties).unwrap();
        for batch in batches {
            writer.write(batch).unwrap();
            writer.flush().unwrap();
        }
        writer.close().unwrap();
        path
    }

    /// Writes nullable columns in one row group and reads them back, column by column.
    pub fn round_trip(&self, columns: Vec<(&str, ArrayRef)>) -> Vec<Vec<V>> {
        let path = self.write(&[batch(columns)], None);
        columns_of(&read(&path, ScanOptions::default()).unwrap())
    }
}

pub fn batch(columns: Vec<(&str, ArrayRef)>) -> RecordBatch {
    RecordBatch::try_from_iter_with_nullable(columns.into_iter().map(|(name, array)| (name, array, true)))
        .unwrap()
}

pub fn open(path: &Path) -> Result<Arc<CheckpointFile>> {
    CheckpointFile::open(path, &OpenOptions::default())
}

/// What a file says of itself.
pub fn described(file: &CheckpointFile) -> Value {
    serde_json::from_str(&file.describe()).unwrap()
}

/// What a file says of each of its columns under a key, as text.
pub fn described_columns(file: &CheckpointFile, key: &str) -> Vec<String> {
    let described = described(file);
    let columns = described["columns"].as_array().unwrap().iter();
    columns.map(|column| column[key].as_str().unwrap().to_owned()).collect()
}

/// All rows, each a struct.
pub fn read(path: &Path, options: ScanOptions) -> Result<Vec<V>> {
    read_open(&open(path)?, options)
}

/// All rows of an open file.
pub fn read_open(file: &Arc<CheckpointFile>, options: ScanOptions) -> Result<Vec<V>> {
    let mut scan = file.scan(options)?;
    let mut reader = BlockReader::new(&scan);
    let mut rows = Vec::new();
    let mut arena = vec![0; 1 << 16];
    loop {
        arena.fill(0xaa);
        match scan.next_block(&mut arena)? {
            Fill::Block { bytes, .. } => rows.extend(reader.rows(&arena[..bytes])),
            Fill::NeedBytes(bytes) => {
                assert!(bytes > arena.len());
                arena = vec![0xaa; bytes];
            }
            Fill::End => return Ok(rows),
        }
    }
}

pub fn columns_of(rows: &[V]) -> Vec<Vec<V>> {
    let mut columns = Vec::new();
    for row in rows {
        let V::Struct(fields) = row else { panic!("a row is a struct") };
        columns.resize(fields.len(), Vec::new());
        for (column, (_, value)) in columns.iter_mut().zip(fields) {
            column.push(value.clone());
        }
    }
    columns
}

/// Reads the blocks of one scan: dictionaries stay in force from block to block.
pub struct BlockReader {
    tree: Vec<Value>,
    dictionaries: Vec<Option<Vec<String>>>,
    /// How many new dictionaries arrived.
    pub dictionaries_seen: usize,
    /// The forms of all nodes of the last block.
    pub forms: Vec<u32>,
}

impl BlockReader {
    pub fn new(scan: &Scan) -> Self {
        Self {
            tree: scan.tree().as_array().unwrap().clone(),
            dictionaries: Vec::new(),
            dictionaries_seen: 0,
            forms: Vec::new(),
        }
    }

    pub fn rows(&mut self, block: &[u8]) -> Vec<V> {
        let mut names = Vec::new();
        let mut columns = Vec::new();
        let rows = u32_at(block, 0) as usize;
        let nodes = u32_at(block, 4) as usize;
        self.dictionaries.resize(nodes, None);
        self.forms.clear();
        let mut next = 0;
        for node in self.tree.clone() {
            names.push(node["name"].as_str().unwrap().to_owned());
            let values = self.node(block, &node, &mut next);
            assert_eq!(values.len(), rows);
            columns.push(values);
        }
        assert_eq!(next, nodes);
        (0..rows)
            .map(|row| {
                V::Struct(
                    names.iter().cloned().zip(columns.iter().map(|column| column[row].clone())).collect(),
                )
            })
            .collect()
    }

    #[allow(clippy::too_many_lines)] // one match arm a form
    fn node(&mut self, block: &[u8], node: &Value, next: &mut usize) -> Vec<V> {
        let index = *next;
        *next += 1;
        let word = |word: usize| u32_at(block, 8 + (index * NODE_WORDS + word) * 4) as usize;
        let (slots, form, data) = (word(0), word(1) as u32, word(3));
        self.forms.push(form);
        assert_eq!(word(9), 0);
        let valid = |slot: usize| match word(2) {
            0 => true,
            offset => match block[offset + slot] {
                0 => false,
                1 => true,
                other => panic!("validity {other}"),
            },
        };
        for section in [word(2), word(3), word(4), word(8)] {
            assert_eq!(section % 8, 0, "sections are aligned");
        }
        let children = node["children"].as_array().unwrap();
        let end = |at: usize, slot: usize| u32_at(block, at + slot * 4) as usize;
        let start = |at: usize, slot: usize| if slot == 0 { 0 } else { end(at, slot - 1) };
        let f64_at = |slot: usize| f64::from_le_bytes(block[data + slot * 8..][..8].try_into().unwrap());
        let all = |value: &dyn Fn(usize) -> V, zero: &dyn Fn(usize) -> bool| -> Vec<V> {
            (0..slots)
                .map(|slot| {
                    if valid(slot) {
                        return value(slot);
                    }
                    assert!(zero(slot), "nothing may lie under a null: slot {slot} of {node}");
                    V::Null
                })
                .collect()
        };
        let empty = |slot: usize| start(data, slot) == end(data, slot);
        let zeros =
            |width: usize| move |slot: usize| block[data + slot * width..][..width].iter().all(|b| *b == 0);
        match form {
            FORM_STRUCT => {
                let fields: Vec<(String, Vec<V>)> = children
                    .iter()
                    .map(|child| (child["name"].as_str().unwrap().to_owned(), self.node(block, child, next)))
                    .collect();
                all(
                    &|slot| {
                        V::Struct(
                            fields
                                .iter()
                                .map(|(name, values)| (name.clone(), values[slot].clone()))
                                .collect(),
                        )
                    },
                    &|_| true,
                )
            }
            FORM_LIST => {
                let items = self.node(block, &children[0], next);
                assert_eq!(items.len(), if slots == 0 { 0 } else { end(data, slots - 1) });
                let map = node["kind"] == "map";
                all(
                    &|slot| {
                        let items = items[start(data, slot)..end(data, slot)].to_vec();
                        if map { V::Map(items.into_iter().map(pair).collect()) } else { V::List(items) }
                    },
                    &empty,
                )
            }
            FORM_NULL => vec![V::Null; slots],
            FORM_F32 => {
                let value = |slot| f32::from_le_bytes(block[data + slot * 4..][..4].try_into().unwrap());
                all(&|slot| V::Number(f64::from(value(slot))), &zeros(4))
            }
            FORM_F64 => all(&|slot| V::Number(f64_at(slot)), &zeros(8)),
            FORM_BOOL => all(
                &|slot| {
                    assert!(block[data + slot] < 2);
                    V::Bool(block[data + slot] == 1)
                },
                &zeros(1),
            ),
            FORM_I64 => {
                let value = |slot| i64::from_le_bytes(block[data + slot * 8..][..8].try_into().unwrap());
                assert!((0..slots).any(|slot| value(slot).unsigned_abs() > (1 << 53) - 1));
                all(&|slot| V::Int(i128::from(value(slot))), &zeros(8))
            }
            FORM_U64 => {
                let value = |slot| u64::from_le_bytes(block[data + slot * 8..][..8].try_into().unwrap());
                assert!((0..slots).any(|slot| value(slot) > (1 << 53) - 1));
                all(&|slot| V::Int(i128::from(value(slot))), &zeros(8))
            }
            FORM_TEXT => {
                let units = units(&block[word(4)..word(4) + word(5)], word(6));
                all(&|slot| V::Text(decode(&units[start(data, slot)..end(data, slot)])), &empty)
            }
            FORM_DICT => {
                if word(7) > 0 {
                    self.dictionaries_seen += 1;
                    let units = units(&block[word(4)..word(4) + word(5)], word(6));
                    let entries =
                        (0..word(7)).map(|entry| decode(&units[start(word(8), entry)..end(word(8), entry)]));
                    self.dictionaries[index] = Some(entries.collect());
                }
                let dictionary = self.dictionaries[index].clone().unwrap_or_default();
                all(&|slot| V::Text(dictionary[end(data, slot)].clone()), &zeros(4))
            }
            FORM_BYTES => {
                let bytes = &block[word(4)..word(4) + word(5)];
                all(&|slot| V::Bytes(bytes[start(data, slot)..end(data, slot)].to_vec()), &empty)
            }
            FORM_DATE => all(&|slot| V::Date(f64_at(slot)), &zeros(8)),
            FORM_TIMESTAMP => {
                let nanos = |slot| if word(8) == 0 { 0 } else { u32_at(block, word(8) + slot * 4) };
                all(&|slot| V::Time(f64_at(slot), nanos(slot)), &|slot| {
                    f64_at(slot) == 0.0 && nanos(slot) == 0
                })
            }
            FORM_FAR_TIMESTAMP => {
                let ms = |slot| i64::from_le_bytes(block[data + slot * 8..][..8].try_into().unwrap());
                let nanos = |slot| if word(8) == 0 { 0 } else { u32_at(block, word(8) + slot * 4) };
                assert!((0..slots).any(|slot| ms(slot).unsigned_abs() > (1 << 53) - 1));
                all(&|slot| V::Time(ms(slot) as f64, nanos(slot)), &|slot| ms(slot) == 0 && nanos(slot) == 0)
            }
            other => panic!("form {other}"),
        }
    }
}

fn pair(entry: V) -> (V, V) {
    let V::Struct(mut fields) = entry else { panic!("an entry is a struct") };
    assert_eq!(fields.len(), 2);
    let (_, value) = fields.pop().unwrap();
    let (_, key) = fields.pop().unwrap();
    (key, value)
}

fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes(bytes[at..at + 4].try_into().unwrap())
}

fn units(bytes: &[u8], wide: usize) -> Vec<u16> {
    match wide {
        0 => bytes.iter().map(|byte| u16::from(*byte)).collect(),
        _ => bytes.chunks(2).map(|unit| u16::from_le_bytes([unit[0], unit[1]])).collect(),
    }
}

fn decode(units: &[u16]) -> String {
    String::from_utf16(units).unwrap()
}

/// These whole columns and no others.
pub fn only(columns: &[usize]) -> Vec<ColumnRequest> {
    columns.iter().copied().map(ColumnRequest::whole).collect()
}
