//! Earlier files whose values a save may refer to.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use serde::Deserialize;

use super::digest::{BLOCK_ROWS, Digest, DigestKind, NONE};
use super::references::OWN;
use super::section::{DigestedColumn, Section};
use crate::commit::holder_path;
use crate::decode::{CheckpointFile, Named, OpenOptions};
use crate::error::Result;
use crate::format::{KEY_HOLDERS, KEY_ID};
use crate::limits::MAX_HOLDERS;

/// How a save shares values with earlier ones.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Share {
    /// The folder that has `.ckpt`, the pool of what files refer to.
    pub root: PathBuf,
    /// What the new file will be called by those that refer to it: 32 hex digits.
    pub id: String,
    /// Checkpoints that may have the same values, the likeliest first.
    #[serde(default)]
    pub bases: Vec<PathBuf>,
    /// Blocks of whole files are shared, not values.
    #[serde(default)]
    pub reflink: bool,
    /// Tests: small files and small columns share, too.
    #[serde(default)]
    pub any_size: bool,
}

/// An earlier file, held open.
pub struct Candidate {
    /// What thin files say of it.
    pub holder: Named,
    /// Where it was opened.
    pub path: PathBuf,
    /// It.
    pub file: Arc<CheckpointFile>,
    /// Its columns with digests.
    pub columns: Vec<Arc<CandidateColumn>>,
}

/// A column of a candidate.
#[derive(Debug)]
pub struct CandidateColumn {
    /// Which candidate.
    pub candidate: usize,
    /// The column's name in that file.
    pub name: String,
    /// Its type.
    pub r#type: String,
    /// What each digest is of.
    pub kind: DigestKind,
    /// All of them.
    pub digests: Vec<Digest>,
    /// For each row group its first row and its first digest.
    groups: Vec<(u64, usize)>,
    rows: u64,
    pages: Vec<u64>,
    table: OnceLock<HashMap<Digest, usize>>,
}

impl CandidateColumn {
    fn new(candidate: usize, column: DigestedColumn, group_rows: &[usize], pages: Vec<u64>) -> Self {
        let (mut first, mut digest) = (0u64, 0usize);
        let mut groups = Vec::with_capacity(group_rows.len());
        for rows in group_rows {
            groups.push((first, digest));
            first += *rows as u64;
            digest += column.kind.count(*rows);
        }
        let DigestedColumn { column: name, r#type, kind, digests } = column;
        Self { candidate, name, r#type, kind, digests, groups, rows: first, pages, table: OnceLock::new() }
    }

    /// Whether this is its name in the plan.
    #[must_use]
    pub fn is_called(&self, name: &str) -> bool {
        self.name.strip_prefix(OWN).unwrap_or(&self.name) == name
    }

    /// The row that a digest is of, or the first of its block.
    #[must_use]
    pub fn row_of(&self, index: usize) -> u64 {
        let group = self.groups.partition_point(|(_, digest)| *digest <= index);
        let (first, digest) = self.groups.get(group.wrapping_sub(1)).copied().unwrap_or_default();
        let step = if self.kind == DigestKind::Values { 1 } else { BLOCK_ROWS as u64 };
        first + (index - digest) as u64 * step
    }

    /// The digest of a row, or of the block that begins with it.
    #[must_use]
    pub fn index_at(&self, row: u64) -> Option<usize> {
        let group = self.groups.partition_point(|(first, _)| *first <= row);
        let (first, digest) = self.groups.get(group.checked_sub(1)?).copied()?;
        let step = if self.kind == DigestKind::Values { 1 } else { BLOCK_ROWS as u64 };
        ((row - first).is_multiple_of(step) && row < self.rows)
            .then_some(digest + ((row - first) / step) as usize)
    }

    /// Where a digest is, of several the first.
    #[must_use]
    pub fn find(&self, digest: &Digest) -> Option<usize> {
        let table = self.table.get_or_init(|| {
            let mut table = HashMap::with_capacity(self.digests.len());
            for (index, digest) in self.digests.iter().enumerate().filter(|(_, digest)| **digest != NONE) {
                table.entry(*digest).or_insert(index);
            }
            table
        });
        table.get(digest).copied()
    }

    /// The pages that hold these rows, ascending.
    #[must_use]
    pub fn pages_of(&self, rows: &HashSet<u64>) -> Vec<u32> {
        let page = |row: &u64| self.pages.partition_point(|start| start <= row).saturating_sub(1) as u32;
        let pages: BTreeSet<u32> = rows.iter().map(page).collect();
        pages.into_iter().collect()
    }

    /// How many values are in these pages. Nulls, which stand for values elsewhere too, cost nothing.
    #[must_use]
    pub fn values_of(&self, pages: impl Iterator<Item = u32>) -> u64 {
        let start = |page: usize| self.pages.get(page).copied();
        let values = |page: u32| {
            let page = page as usize;
            self.values_in(start(page).unwrap_or(0), start(page + 1).unwrap_or(self.rows))
        };
        pages.map(values).sum()
    }

    /// How many of these rows have a digest of their own, or are in a block that has one.
    fn values_in(&self, from: u64, to: u64) -> u64 {
        if self.kind == DigestKind::Blocks {
            return to - from;
        }
        let mut count = 0;
        for (at, (first, digest)) in self.groups.iter().enumerate() {
            let end = self.groups.get(at + 1).map_or(self.rows, |(next, _)| *next);
            let (from, to) = (from.max(*first), to.min(end));
            if from < to {
                let index = |row: u64| digest + (row - first) as usize;
                let digests = self.digests.get(index(from)..index(to)).unwrap_or_default();
                count += digests.iter().filter(|digest| **digest != NONE).count() as u64;
            }
        }
        count
    }
}

/// All of a save.
#[derive(Default)]
pub struct Candidates {
    /// In the order in which they are tried.
    pub files: Vec<Candidate>,
}

impl Candidates {
    /// Opens the bases, and the files that thin ones among them refer to. What cannot be opened, or has no digests, is left out: nothing is
    /// lost but the bytes that it might have saved.
    #[must_use]
    pub fn open(share: &Share) -> Self {
        let mut candidates = Self::default();
        for base in &share.bases {
            let Ok(file) = CheckpointFile::open_stored(base, &OpenOptions::default()) else { continue };
            let holders: Vec<Named> = file
                .key_value(KEY_HOLDERS)
                .and_then(|text| serde_json::from_str(text).ok())
                .unwrap_or_default();
            let hint = hint_of(&share.root, base);
            candidates.add(file, base.clone(), hint);
            for holder in holders {
                let path = holder_path(&share.root, &holder.id);
                if let Ok(file) = CheckpointFile::open_stored(&path, &OpenOptions::default()) {
                    candidates.add(file, path, Some(holder.hint));
                }
            }
        }
        candidates
    }

    fn add(&mut self, file: Arc<CheckpointFile>, path: PathBuf, hint: Option<String>) {
        let (Some(id), Some(footer), Some(hint)) = (file.key_value(KEY_ID), file.footer_crc(), hint) else {
            return;
        };
        if self.files.len() >= MAX_HOLDERS || self.files.iter().any(|other| other.holder.id == id) {
            return;
        }
        let holder = Named {
            id: id.to_owned(),
            bytes: file.bytes(),
            footer: footer.to_owned(),
            rows: file.rows(),
            hint,
        };
        let Ok(columns) = self.columns(&file) else { return };
        self.files.push(Candidate { holder, path, file, columns });
    }

    fn columns(&self, file: &CheckpointFile) -> Result<Vec<Arc<CandidateColumn>>> {
        let rows = file.group_rows();
        let mut columns = Vec::new();
        for column in Section::read(file)? {
            if let Some(pages) = file.page_starts(&column.column)? {
                columns.push(Arc::new(CandidateColumn::new(self.files.len(), column, &rows, pages)));
            }
        }
        Ok(columns)
    }

    /// Where the values of a column may be: columns of its type, those of its name first.
    #[must_use]
    pub fn of(&self, name: &str, r#type: &str) -> Vec<Arc<CandidateColumn>> {
        let all =
            || self.files.iter().flat_map(|file| &file.columns).filter(|column| column.r#type == r#type);
        let named = |column: &&Arc<CandidateColumn>| column.is_called(name);
        let same = all().filter(named);
        let others = all().filter(|column| !named(column));
        same.chain(others).take(u8::MAX as usize).cloned().collect()
    }
}

/// The path of a file in the folder of the pool, with slashes; none if it is elsewhere.
fn hint_of(root: &Path, path: &Path) -> Option<String> {
    let absolute = |path: &Path| fs::canonicalize(path).ok();
    let inside = absolute(path)?.strip_prefix(absolute(root)?).ok()?.to_owned();
    let parts: Option<Vec<&str>> = inside.iter().map(|part| part.to_str()).collect();
    Some(parts?.join("/"))
}
