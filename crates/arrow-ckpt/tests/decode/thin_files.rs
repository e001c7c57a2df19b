//! Thin checkpoints for tests, and the files that they refer to, written column by column as the format says.

use std::path::{Path, PathBuf};

use arrow_ckpt::decode::{CheckpointFile, OpenOptions, ScanOptions};
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};
use arrow_ckpt::format::{KEY_FOOTER_CRC, KEY_HOLDERS, KEY_ID, KEY_REFS, KEY_VERSION};
use serde_json::{Map, Value, json};

use super::slab::{Kind, Node, Slab, TEXT, list, node};
use super::support::{Dir, V, columns_of, read, text};

/// Writes columns of values in row groups of `group` rows and pages of `page`.
pub fn write(path: &Path, columns: &[(Node, Vec<V>)], group: usize, page: usize, pairs: &[(&str, String)]) {
    std::fs::create_dir_all(path.parent().unwrap()).unwrap();
    let (row_group_rows, page_rows) = (Some(group), Some(page));
    let options = WriteOptions { row_group_rows, page_rows, ..WriteOptions::default() };
    let mut writer = CheckpointWriter::create(path, &options).unwrap();
    let nodes: Vec<Node> = columns.iter().map(|(node, _)| node.clone()).collect();
    let rows = columns.first().map_or(0, |(_, values)| values.len());
    for start in (0..rows).step_by(group) {
        let mut slab = Slab::default();
        slab.plan(&nodes);
        let cut = |(_, values): &(Node, Vec<V>)| values[start..(start + group).min(rows)].to_vec();
        slab.rows(&nodes, &columns.iter().map(cut).collect::<Vec<_>>());
        writer.ingest(&slab.bytes).unwrap();
    }
    let pairs: Vec<_> = pairs.iter().map(|(key, value)| ((*key).to_owned(), value.clone())).collect();
    writer.finish(&pairs).unwrap();
}

/// A file that others refer to.
pub struct Held {
    pub id: String,
    pub path: PathBuf,
    /// Column by column, as its own rows are read.
    pub values: Vec<Vec<V>>,
    pub named: Value,
}

impl Held {
    /// Writes `step/<digit>.parquet` and links it into the pool.
    pub fn new(dir: &Dir, digit: char, columns: &[(Node, Vec<V>)], group: usize, page: usize) -> Self {
        let held = Self::unlinked(dir, digit, columns, group, page);
        std::fs::create_dir_all(dir.path(".ckpt/pool")).unwrap();
        std::fs::hard_link(&held.path, held.pool(dir)).unwrap();
        held
    }

    pub fn unlinked(dir: &Dir, digit: char, columns: &[(Node, Vec<V>)], group: usize, page: usize) -> Self {
        let id = digit.to_string().repeat(32);
        let hint = format!("step/{digit}.parquet");
        let path = dir.path(&hint);
        write(&path, columns, group, page, &[(KEY_VERSION, "1".to_owned()), (KEY_ID, id.clone())]);
        let named = named(&path, &hint);
        let values = columns_of(&read(&path, ScanOptions::default()).unwrap());
        Self { id, path, values, named }
    }

    pub fn pool(&self, dir: &Dir) -> PathBuf {
        dir.path(&format!(".ckpt/pool/{}.holder", self.id))
    }
}

/// What others say of a file.
pub fn named(path: &Path, hint: &str) -> Value {
    let file = CheckpointFile::open_stored(path, &OpenOptions::default()).unwrap();
    let of = |key: &str| file.key_value(key).unwrap().to_owned();
    json!({
        "id": of(KEY_ID),
        "bytes": file.bytes(),
        "footer": of(KEY_FOOTER_CRC),
        "rows": file.rows(),
        "hint": hint,
    })
}

/// A thin checkpoint in the making.
#[derive(Default)]
pub struct Thin {
    pub columns: Vec<(Node, Vec<V>)>,
    pub refs: Map<String, Value>,
    pub holders: Vec<Value>,
}

impl Thin {
    pub fn of(held: &[&Held]) -> Self {
        Self { holders: held.iter().map(|held| held.named.clone()).collect(), ..Self::default() }
    }

    pub fn own(&mut self, node: Node, values: Vec<V>) {
        self.columns.push((node, values));
    }

    /// A column whose row `i` is row `rows[i]` of `of[0]`, a holder and its column there.
    pub fn refer(&mut self, name: &str, rows: &[Option<i64>], of: &[(usize, &str)]) {
        self.columns.push((node(&format!("__ckpt_r_{name}"), Kind::Big), numbers(rows)));
        self.refs
            .insert(name.to_owned(), json!({ "t": "string", "r": format!("__ckpt_r_{name}"), "of": of }));
    }

    /// Which holder each row of the column before is in.
    pub fn among(&mut self, name: &str, holders: &[Option<i64>]) {
        let number = |holder: &Option<i64>| holder.map_or(V::Null, |holder| V::Number(holder as f64));
        self.part(name, "h", Kind::I32, holders.iter().map(number).collect());
    }

    /// The own values of the column before.
    pub fn with_own(&mut self, name: &str, kind: Kind, values: Vec<V>) {
        self.part(name, "v", kind, values);
    }

    fn part(&mut self, name: &str, part: &str, kind: Kind, values: Vec<V>) {
        let stored = format!("__ckpt_{part}_{name}");
        self.columns.push((node(&stored, kind), values));
        self.refs[name][part] = stored.into();
    }

    pub fn write(&self, dir: &Dir, group: usize) -> PathBuf {
        self.write_at(&dir.path("step/thin.parquet"), group)
    }

    pub fn write_at(&self, path: &Path, group: usize) -> PathBuf {
        let holders = Value::Array(self.holders.clone()).to_string();
        self.write_with(path, group, &holders, &Value::Object(self.refs.clone()).to_string())
    }

    pub fn write_with(&self, path: &Path, group: usize, holders: &str, refs: &str) -> PathBuf {
        let own = path.ends_with("second.parquet");
        let pairs = [
            (KEY_VERSION, "2".to_owned()),
            // One of two that refer to each other.
            (KEY_ID, if own { "e" } else { "f" }.repeat(32)),
            (KEY_HOLDERS, holders.to_owned()),
            (KEY_REFS, refs.to_owned()),
        ];
        write(path, &self.columns, group, 5, &pairs);
        path.to_owned()
    }
}

fn numbers(numbers: &[Option<i64>]) -> Vec<V> {
    numbers.iter().map(|number| number.map_or(V::Null, |number| V::Int(i128::from(number)))).collect()
}

/// The values that references to them mean.
pub fn picked(values: &[V], rows: &[Option<i64>]) -> Vec<V> {
    rows.iter().map(|row| row.map_or(V::Null, |row| values[row as usize].clone())).collect()
}

/// References to these rows.
pub fn rows(rows: impl IntoIterator<Item = i64>) -> Vec<Option<i64>> {
    rows.into_iter().map(Some).collect()
}

/// Columns of every type, nulls among them.
pub fn all_types(rows: usize) -> Vec<(Node, Vec<V>)> {
    let fields = |row: usize| {
        let inner = V::Struct(vec![
            ("d".into(), text(&format!("d{row}"))),
            ("e".into(), V::Bool(row.is_multiple_of(2))),
        ]);
        let inner = if row % 5 == 2 { V::Null } else { inner };
        let list = V::List((0..row % 3).map(|n| V::Number(n as f64)).collect());
        V::Struct(vec![("a".into(), V::Number(row as f64)), ("b".into(), list), ("c".into(), inner)])
    };
    let structs = Kind::Struct(vec![
        node("a", Kind::Num),
        node("b", list(Kind::Num)),
        node("c", Kind::Struct(vec![node("d", TEXT), node("e", Kind::Bool)])),
    ]);
    let number = |row: usize| V::Number(row as f64);
    let words = |row: usize| text(&format!("{} 漢字", "text ".repeat(row % 40)));
    let column = |name: &str, kind: Kind, of: &dyn Fn(usize) -> V| {
        let skip = name.len() + 5;
        let values = (0..rows).map(|row| if row % skip == 4 { V::Null } else { of(row) }).collect();
        (node(name, kind), values)
    };
    vec![
        column("text", TEXT, &words),
        column("kind", Kind::Text { dictionary: true }, &|row| text(["a", "bb", "漢字"][row % 3])),
        column("bytes", Kind::Bytes, &|row| V::Bytes(vec![row as u8; row % 7])),
        column("bool", Kind::Bool, &|row| V::Bool(row.is_multiple_of(3))),
        column("int", Kind::Num, &number),
        column("double", Kind::Num, &|row| V::Number(row as f64 / 3.0 + 0.5)),
        column("float", Kind::F32, &|row| V::Number(row as f64 / 4.0)),
        column("big", Kind::Big, &|row| V::Int((1_i128 << 60) + row as i128)),
        column("at", Kind::Date, &|row| V::Time(row as f64 * 1e9, 0)),
        column("tags", list(TEXT), &|row| V::List((0..row % 4).map(words).collect())),
        column("vector", list(Kind::F32), &|row| V::List((0..9).map(|at| number(row + at)).collect())),
        column("doubles", list(Kind::F64), &|row| V::List((0..5).map(|at| number(row * at)).collect())),
        column("nested", list(structs.clone()), &|row| V::List((0..row % 3).map(fields).collect())),
        column("struct", structs, &fields),
    ]
}
