//! Writes slabs as `layout.rs` describes them, from values.

use arrow_ckpt::format::KEY_VERSION;
use arrow_ckpt::layout::{FLAG_DICT, FLAG_UTF16, FLAG_VALIDITY, RECORD_PLAN, RECORD_ROWS, align8};
use serde_json::{Value, json};

use super::support::V;

/// The key-value that every file of ours has: without it, it is damaged.
pub fn version() -> [(String, String); 1] {
    [(KEY_VERSION.to_owned(), "1".to_owned())]
}

/// A node of the plan.
#[derive(Debug, Clone, PartialEq)]
pub struct Node {
    pub name: String,
    pub kind: Kind,
}

#[derive(Debug, Clone, PartialEq)]
pub enum Kind {
    Null,
    Num,
    Bool,
    /// `dictionary`: texts cross as indices into a dictionary.
    Text {
        dictionary: bool,
    },
    I32,
    Big,
    Date,
    Bytes,
    F64,
    F32,
    List(Box<Node>),
    Struct(Vec<Node>),
}

pub fn node(name: &str, kind: Kind) -> Node {
    Node { name: name.to_owned(), kind }
}

pub const TEXT: Kind = Kind::Text { dictionary: false };

pub fn list(element: Kind) -> Kind {
    Kind::List(Box::new(node("element", element)))
}

impl Node {
    /// Nodes whose names begin with `bloom` are to have bloom filters.
    fn plan(&self) -> Value {
        let mut plan = self.plan_of_kind();
        plan["b"] = self.name.starts_with("bloom").into();
        plan
    }

    fn plan_of_kind(&self) -> Value {
        match &self.kind {
            Kind::Null => json!({ "n": self.name, "t": "null" }),
            Kind::Num => json!({ "n": self.name, "t": "num" }),
            Kind::Bool => json!({ "n": self.name, "t": "bool" }),
            Kind::Text { .. } => json!({ "n": self.name, "t": "text" }),
            Kind::I32 => json!({ "n": self.name, "t": "i32" }),
            Kind::Big => json!({ "n": self.name, "t": "big" }),
            Kind::Date => json!({ "n": self.name, "t": "date" }),
            Kind::Bytes => json!({ "n": self.name, "t": "bytes" }),
            Kind::F64 => json!({ "n": self.name, "t": "f64" }),
            Kind::F32 => json!({ "n": self.name, "t": "f32" }),
            Kind::List(element) => json!({ "n": self.name, "t": "list", "c": [element.plan()] }),
            Kind::Struct(fields) => {
                json!({ "n": self.name, "t": "struct", "c": fields.iter().map(Self::plan).collect::<Vec<_>>() })
            }
        }
    }
}

/// A slab while it fills.
#[derive(Default)]
pub struct Slab {
    pub bytes: Vec<u8>,
}

impl Slab {
    pub fn plan(&mut self, nodes: &[Node]) {
        let plan = Value::Array(nodes.iter().map(Node::plan).collect());
        let mut text = plan.to_string().into_bytes();
        text.resize(align8(text.len()), b' ');
        self.words(&[RECORD_PLAN, text.len() as u32]);
        self.bytes.extend(text);
    }

    /// One rows record: `columns` holds the values of each node.
    pub fn rows(&mut self, nodes: &[Node], columns: &[Vec<V>]) {
        let rows = columns.first().map_or(0, Vec::len);
        self.rows_of(rows, nodes, columns);
    }

    /// The same where there may be no columns to count.
    pub fn rows_of(&mut self, rows: usize, nodes: &[Node], columns: &[Vec<V>]) {
        let mut body = Self::default();
        body.words(&[rows as u32, 0]);
        for (node, values) in nodes.iter().zip(columns) {
            body.node(node, values);
        }
        self.words(&[RECORD_ROWS, body.bytes.len() as u32]);
        self.bytes.extend(body.bytes);
    }

    fn words(&mut self, words: &[u32]) {
        for word in words {
            self.bytes.extend(word.to_le_bytes());
        }
    }

    fn section(&mut self, section: impl IntoIterator<Item = u8>) {
        self.bytes.extend(section);
        self.bytes.resize(align8(self.bytes.len()), 0);
    }

    fn ends(&mut self, ends: impl IntoIterator<Item = u32>) {
        self.section(ends.into_iter().flat_map(u32::to_le_bytes).collect::<Vec<_>>());
    }

    fn node(&mut self, node: &Node, values: &[V]) {
        let slots = values.len() as u32;
        if node.kind == Kind::Null {
            assert!(values.iter().all(|value| *value == V::Null));
            self.words(&[slots, 0, 0, 0]);
            return;
        }
        let validity: Option<Vec<u8>> = values
            .contains(&V::Null)
            .then(|| values.iter().map(|value| u8::from(*value != V::Null)).collect());
        let head = self.bytes.len();
        self.words(&[slots, 0, 0, 0]);
        let mut flags = 0;
        if let Some(validity) = validity {
            flags |= FLAG_VALIDITY;
            self.section(validity);
        }
        match &node.kind {
            Kind::Null => {}
            Kind::Num | Kind::F64 => {
                self.section(values.iter().flat_map(|value| number(value).to_le_bytes()));
            }
            Kind::Bool => self.section(values.iter().map(|value| u8::from(*value == V::Bool(true)))),
            Kind::I32 => self.section(values.iter().flat_map(|value| (number(value) as i32).to_le_bytes())),
            Kind::F32 => {
                self.section(values.iter().flat_map(|value| (number(value) as f32).to_le_bytes()));
            }
            Kind::Big => self.section(values.iter().flat_map(|value| int(value).to_le_bytes())),
            Kind::Date => self.section(values.iter().flat_map(|value| time(value).to_le_bytes())),
            Kind::Bytes => {
                let pieces = values
                    .iter()
                    .map(|value| if let V::Bytes(bytes) = value { bytes.as_slice() } else { &[] });
                let mut end = 0;
                let ends: Vec<u32> = pieces
                    .clone()
                    .map(|piece| {
                        end += piece.len() as u32;
                        end
                    })
                    .collect();
                self.ends(ends);
                self.bytes[head + 8..head + 12].copy_from_slice(&end.to_le_bytes());
                self.section(pieces.flatten().copied().collect::<Vec<_>>());
            }
            Kind::Text { dictionary } => {
                let texts: Vec<&str> = values.iter().map(text).collect();
                flags |= self.texts(head, &texts, *dictionary);
            }
            Kind::List(element) => {
                let lists = values
                    .iter()
                    .map(|value| if let V::List(items) = value { items.as_slice() } else { &[] });
                let mut end = 0;
                let ends: Vec<u32> = lists
                    .clone()
                    .map(|items| {
                        end += items.len() as u32;
                        end
                    })
                    .collect();
                self.ends(ends);
                self.node(element, &lists.flatten().cloned().collect::<Vec<_>>());
            }
            Kind::Struct(fields) => {
                for (index, field) in fields.iter().enumerate() {
                    let values: Vec<V> = values
                        .iter()
                        .map(
                            |value| {
                                if let V::Struct(cells) = value { cells[index].1.clone() } else { V::Null }
                            },
                        )
                        .collect();
                    self.node(field, &values);
                }
            }
        }
        self.bytes[head + 4..head + 8].copy_from_slice(&flags.to_le_bytes());
    }

    /// The data and the text of a text node; gives its flags.
    fn texts(&mut self, head: usize, texts: &[&str], dictionary: bool) -> u32 {
        let mut entries: Vec<&str> = Vec::new();
        let mut flags = 0;
        if dictionary {
            flags |= FLAG_DICT;
            let indices: Vec<u32> = texts
                .iter()
                .map(|text| {
                    let known = entries.iter().position(|entry| entry == text);
                    known.unwrap_or_else(|| {
                        entries.push(text);
                        entries.len() - 1
                    }) as u32
                })
                .collect();
            self.ends(indices);
            self.bytes[head + 12..head + 16].copy_from_slice(&(entries.len() as u32).to_le_bytes());
        } else {
            entries = texts.to_vec();
        }
        let ascii = entries.iter().all(|text| text.is_ascii());
        let mut end = 0;
        let ends: Vec<u32> = entries
            .iter()
            .map(|text| {
                end += text.encode_utf16().count() as u32;
                end
            })
            .collect();
        self.ends(ends);
        let bytes: Vec<u8> = if ascii {
            entries.concat().into_bytes()
        } else {
            flags |= FLAG_UTF16;
            entries.iter().flat_map(|text| text.encode_utf16()).flat_map(u16::to_le_bytes).collect()
        };
        self.bytes[head + 8..head + 12].copy_from_slice(&(bytes.len() as u32).to_le_bytes());
        self.section(bytes);
        flags
    }
}

fn number(value: &V) -> f64 {
    if let V::Number(number) = value { *number } else { 0.0 }
}

/// Of an int64 as the reader gives it: a number where that is exact.
fn int(value: &V) -> i64 {
    if let V::Int(int) = value { *int as i64 } else { number(value) as i64 }
}

fn time(value: &V) -> f64 {
    if let V::Time(ms, _) = value { *ms } else { 0.0 }
}

fn text(value: &V) -> &str {
    if let V::Text(text) = value { text } else { "" }
}
