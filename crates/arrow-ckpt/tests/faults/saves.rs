//! The saves that are tried, and what a file must hold.

use std::path::Path;
use std::sync::Arc;

use arrow_ckpt::Result;
use arrow_ckpt::decode::ScanOptions;
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};

use super::model::Model;
use super::slab::{Kind, Node, Slab, TEXT, node, version};
use super::support::{Dir, V, read, text};

/// A save: where, and of which rows.
pub struct Save {
    pub name: &'static str,
    pub path: &'static str,
    /// Each is handed over as a slab of its own.
    pub chunks: Vec<Vec<(i64, &'static str)>>,
    pub row_group_rows: usize,
    /// The columns begin as integers and nulls, and go on as fractions and texts: chunks are read back and written again at the end.
    pub grows: bool,
}

pub const FOLDER: &str = "/data";

pub fn saves() -> Vec<Save> {
    let rows = |from: i64, count: i64| (from..from + count).map(|id| (id, "text")).collect::<Vec<_>>();
    vec![
        Save {
            name: "one row group",
            path: "/data/x.parquet",
            chunks: vec![rows(0, 5)],
            row_group_rows: 100,
            grows: false,
        },
        Save { name: "no rows", path: "/data/x.parquet", chunks: vec![], row_group_rows: 100, grows: false },
        Save {
            name: "row groups whose types grow",
            path: "/data/x.parquet",
            chunks: vec![rows(0, 4), rows(4, 4), rows(8, 3)],
            row_group_rows: 4,
            grows: true,
        },
        Save {
            name: "folders that must be made",
            path: "/data/a/b/x.parquet",
            chunks: vec![rows(0, 5)],
            row_group_rows: 100,
            grows: false,
        },
    ]
}

impl Save {
    pub fn run(&self, model: &Model) -> Result<()> {
        let options = WriteOptions { row_group_rows: Some(self.row_group_rows), ..WriteOptions::default() };
        let mut writer =
            CheckpointWriter::create_in(Arc::new(model.clone()), Path::new(self.path), &options)?;
        for (index, chunk) in self.chunks.iter().enumerate() {
            let nodes = self.nodes(index);
            let mut slab = Slab::default();
            slab.plan(&nodes);
            let second = |words: &&str| if nodes[1].kind == Kind::Null { V::Null } else { text(words) };
            let fraction = if self.grows && index > 0 { 0.5 } else { 0.0 };
            let ids = chunk.iter().map(|(id, _)| V::Number(*id as f64 + fraction)).collect();
            slab.rows(&nodes, &[ids, chunk.iter().map(|(_, words)| second(words)).collect()]);
            writer.ingest(&slab.bytes)?;
        }
        writer.finish(&version()).map(|_| ())
    }

    fn nodes(&self, chunk: usize) -> [Node; 2] {
        [node("id", Kind::Num), node("text", if self.grows && chunk == 0 { Kind::Null } else { TEXT })]
    }
}

/// The rows of a file of these bytes: it is whole only if it loads.
pub fn load(bytes: &[u8]) -> Vec<V> {
    let dir = Dir::new();
    let path = dir.path("x.parquet");
    std::fs::write(&path, bytes).unwrap();
    read(&path, ScanOptions::default()).unwrap()
}

/// The bytes of an old checkpoint.
pub fn old_file() -> Vec<u8> {
    let old = Save {
        name: "old",
        path: "/data/x.parquet",
        chunks: vec![vec![(-1, "old")]],
        row_group_rows: 100,
        grows: false,
    };
    let model = Model::new(FOLDER, &[]);
    old.run(&model).unwrap();
    let state = model.state();
    let bytes = state.files[state.names()[Path::new(old.path)]].seen();
    assert_eq!(load(&bytes).len(), 1);
    bytes
}
