//! Flat rows as the facade hands them over: what benches and the example for instruction counts encode.

use std::path::Path;

use arrow_ckpt::Result;
use arrow_ckpt::decode::{CheckpointFile, Fill, OpenOptions, ScanOptions};
use arrow_ckpt::encode::{CheckpointWriter, WriteOptions};

use self::slab::{Kind, Node, Slab, TEXT, list, node};
use self::support::{V, text};

#[path = "../../tests/encode/slab.rs"]
#[allow(dead_code)] // the tests use the rest
mod slab;
#[path = "../../tests/decode/support.rs"]
#[allow(dead_code)] // the tests use the rest
mod support;

/// Rows in a record, as the facade sends them.
const CHUNK_ROWS: usize = 1024;
const WORDS: [&str; 12] = [
    "chair", "trust", "plain", "bread", "north", "flame", "stone", "cloud", "share", "broad", "prime",
    "least",
];

/// A small generator (xorshift): the same rows each time.
struct Random(u64);

impl Random {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % limit
    }

    fn phrase(&mut self, words: u64) -> V {
        let words: Vec<&str> = (0..words).map(|_| WORDS[self.below(12) as usize]).collect();
        text(&words.join(" "))
    }
}

/// The slabs of `rows` rows: an integer, two texts, a category, a double, a bool, a text that is null in 30%, a list of 4 doubles.
pub fn slabs(rows: usize) -> Vec<Vec<u8>> {
    let nodes: Vec<Node> = vec![
        node("id", Kind::Num),
        node("title", TEXT),
        node("text", TEXT),
        node("category", Kind::Text { dictionary: true }),
        node("score", Kind::Num),
        node("active", Kind::Bool),
        node("note", TEXT),
        node("vector", list(Kind::Num)),
    ];
    let mut random = Random(42);
    let mut slabs = Vec::new();
    for start in (0..rows).step_by(CHUNK_ROWS) {
        let mut columns: Vec<Vec<V>> = vec![Vec::new(); nodes.len()];
        for row in start..rows.min(start + CHUNK_ROWS) {
            let note = if random.below(10) < 3 { V::Null } else { random.phrase(2) };
            let vector = (0..4).map(|_| V::Number(random.below(1_000_000) as f64 / 1e6)).collect();
            let cells = [
                V::Number(row as f64),
                random.phrase(4),
                random.phrase(11),
                text(WORDS[random.below(5) as usize]),
                V::Number(random.below(1_000_000) as f64 / 1e4),
                V::Bool(random.below(2) == 0),
                note,
                V::List(vector),
            ];
            columns.iter_mut().zip(cells).for_each(|(column, cell)| column.push(cell));
        }
        let mut slab = Slab::default();
        if start == 0 {
            slab.plan(&nodes);
        }
        slab.rows(&nodes, &columns);
        slabs.push(slab.bytes);
    }
    slabs
}

/// Encodes the slabs and commits the file.
pub fn encode(path: &Path, slabs: &[Vec<u8>]) -> Result<u64> {
    let mut writer = CheckpointWriter::create(path, &WriteOptions::default())?;
    for slab in slabs {
        writer.ingest(slab)?;
    }
    Ok(writer.finish(&[("arrow-ckpt.version".to_owned(), "1".to_owned())])?.rows)
}

/// Decodes all rows into one arena; gives their number.
pub fn decode(path: &Path, arena: &mut [u8]) -> Result<u64> {
    let file = CheckpointFile::open(path, &OpenOptions::default())?;
    let mut scan = file.scan(ScanOptions { block_bytes: arena.len() / 2, ..ScanOptions::default() })?;
    let mut all = 0;
    loop {
        match scan.next_block(arena)? {
            Fill::Block { rows, .. } => all += rows as u64,
            // No row of these needs more than the arena has.
            Fill::NeedBytes(_) | Fill::End => return Ok(all),
        }
    }
}
