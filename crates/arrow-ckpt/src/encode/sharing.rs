//! A save that shares values with earlier files: which columns are looked for there, what becomes of them, and what the footer says of it.

use std::collections::BTreeMap;
use std::sync::Arc;

use arrow_array::{ArrayRef, BooleanArray, Int32Array, Int64Array};
use arrow_select::nullif::nullif;

use super::builder::Builder;
use super::chunk::{ColumnEncoder, EncodedColumn, Encoding, Segment, encode_array};
use super::footer::{PlacedColumn, PlacedGroup};
use super::looking::Looking;
use super::plan::{ColumnType, PlanKind, PlanNode};
use crate::commit::{Pin, TempFile};
use crate::decode::Named;
use crate::error::{CkptError, Result};
use crate::format::{KEY_HOLDERS, KEY_ID, KEY_REFS, KEY_VERSION, THIN_VERSION};
use crate::share::{
    ByGroup, Candidate, CandidateColumn, Candidates, DECODED, DECODED_ALONE, DigestKind, DigestedColumn,
    Digests, HOLDERS, Matches, Matching, NONE, OWN, ROWS, Reference, Section, Share, digests, holders_text,
    is_dear, references_text,
};

/// The columns of a file: names and types.
type Schema = Vec<(String, ColumnType)>;

/// Smaller checkpoints stay whole: no dependence for no gain.
const SMALLEST_FILE: usize = 1 << 20;
/// Nor are columns shared that have fewer bytes in a row group,
const SMALLEST_COLUMN: usize = 64 << 10;
/// or a smaller part of it: engines see these, and they cost a percent.
const SMALLEST_PART: usize = 128;

/// Where small files share, in tests, so are the segments of columns.
const SMALLEST_SEGMENT: usize = 4 << 10;

/// What becomes of a column of a row group that is in the file.
pub enum Placing {
    /// It has all its values.
    Own,
    /// References are to be put beside it.
    Refers(Referring),
    /// It gets its values after all: an earlier row group refers to another column of the same file.
    Split(Vec<Arc<CandidateColumn>>, Matches),
}

/// What a column of one row group shares.
pub struct SharedColumn {
    /// Of its values.
    pub digests: Digests,
    /// What they are stored as.
    pub words: String,
    /// Where they were looked for.
    pub candidates: Vec<Arc<CandidateColumn>>,
    /// What was found there.
    pub matches: Option<Matches>,
}

/// What is to be looked for, for a job on the pool.
pub struct Search {
    kind: DigestKind,
    words: String,
    candidates: Vec<Arc<CandidateColumn>>,
    /// The number of the row group's first row.
    first: u64,
    /// See [`Matching::find`].
    pub most: u64,
}

impl Search {
    /// Encodes what the column has of its own.
    pub fn finish(
        self,
        encoder: ColumnEncoder,
        node: &PlanNode,
        builder: Builder,
        column_type: ColumnType,
    ) -> Result<EncodedColumn> {
        let array = builder.finish(&column_type.to_stored())?;
        let mut found = Digests { kind: self.kind, digests: digests(&array, self.kind)? };
        let matches = Matching::new(&self.candidates).find(&found, array.len(), self.first, self.most);
        let own = match &matches {
            Some(matches) => own_values(&array, matches)?,
            None => array,
        };
        if let Some(matches) = &matches {
            forget(&mut found, matches);
        }
        let segment = Segment { array: own, column_type: column_type.clone() };
        let mut column = encoder.close(node, Some(segment), column_type)?;
        let Self { words, candidates, .. } = self;
        column.shared = Some(SharedColumn { digests: found, words, candidates, matches });
        Ok(column)
    }
}

/// The values that are not found elsewhere; null in the other rows.
fn own_values(array: &ArrayRef, matches: &Matches) -> Result<ArrayRef> {
    let found: BooleanArray = matches.rows.iter().map(|row| Some(*row >= 0)).collect();
    nullif(array, &found).map_err(CkptError::internal)
}

/// Nobody refers to a value that is not in this file.
pub fn forget(found: &mut Digests, matches: &Matches) {
    let step = matches.rows.len().max(1).div_ceil(found.digests.len().max(1));
    let step = if found.kind == DigestKind::Values { 1 } else { step.max(crate::share::BLOCK_ROWS) };
    for (digest, row) in found.digests.iter_mut().zip(matches.rows.iter().step_by(step)) {
        if *row >= 0 {
            *digest = NONE;
        }
    }
}

/// References of a column in one row group, in the file.
pub struct PlacedReferences {
    /// Rows of holders.
    pub rows: PlacedColumn,
    /// Holders.
    pub holders: PlacedColumn,
    /// What they are.
    found: Found,
}

/// What a column of one row group finds in other files.
#[derive(Debug, Clone, Copy, Default)]
struct Found {
    rows: usize,
    distinct: usize,
    /// Bytes there, about.
    bytes: u64,
}

/// Whether a column may be encoded while its row group fills.
pub enum Early {
    /// It may not.
    Not,
    /// It may, and nothing of it is shared.
    Plain,
    /// It may, as far as no other file has its values.
    Looks(Looking),
}

fn is_hidden(builder: &Builder) -> bool {
    builder.name().starts_with("__ckpt_")
}

/// What is known of a column of the file.
#[derive(Default)]
struct ColumnState {
    kind: Option<DigestKind>,
    /// What the digests of the row group that fills are of, if they are made while it does.
    early: Option<DigestKind>,
    /// By row group: what its values are stored as, and their digests.
    digests: BTreeMap<usize, (String, Digests)>,
    /// By row group.
    references: BTreeMap<usize, PlacedReferences>,
    /// Holder, and the column's name there.
    of: BTreeMap<usize, String>,
    scattered: ByGroup,
    /// Rows with values of the file's own, nulls among them.
    own: usize,
}

/// The state of a save that shares.
pub struct Sharing {
    share: Share,
    candidates: Candidates,
    columns: Vec<ColumnState>,
    /// Candidates that are referred to, in the order of the file's holders.
    used: Vec<usize>,
    /// Rows of each row group that ended.
    group_rows: Vec<usize>,
    /// Bytes of values in these, about.
    filled: usize,
}

impl Sharing {
    /// Opens the earlier files.
    pub fn new(share: &Share) -> Self {
        let candidates = Candidates::open(share);
        Self {
            share: share.clone(),
            candidates,
            columns: Vec::new(),
            used: Vec::new(),
            group_rows: Vec::new(),
            filled: 0,
        }
    }

    /// Whether the file, all of whose row groups have ended, is too small to share.
    pub fn is_small(&self) -> bool {
        self.is_small_at(self.filled)
    }

    /// Whether a file of one row group of so many bytes is.
    pub fn is_small_at(&self, filled: usize) -> bool {
        filled < SMALLEST_FILE && !self.share.any_size
    }

    /// A column of the row group that fills, which has `rows`, is about to be encoded: whether it may be before all of it is there, and
    /// what is to be looked for.
    pub fn early(&mut self, index: usize, builder: &Builder, rows: usize) -> Early {
        if is_hidden(builder) {
            return Early::Plain;
        }
        // What is in the file of other types is known at the end of the row group.
        let Some(column_type) = builder.leaf_type() else { return Early::Not };
        let words = column_type.words();
        let candidates = self.candidates.of(builder.name(), &words);
        if self.columns.len() <= index {
            self.columns.resize_with(index + 1, ColumnState::default);
        }
        let state = &mut self.columns[index];
        // What stood in the same column is found by digests of the same kind only.
        let known = || candidates.iter().find(|candidate| candidate.is_called(builder.name()));
        let kind = state.kind.or_else(|| Some(known()?.kind));
        let kind = kind.unwrap_or_else(|| DigestKind::of(builder.bytes(), rows));
        state.early = Some(kind);
        Early::Looks(Looking::new(kind, words, candidates, self.first_row()))
    }

    /// The number of the first row of the row group that fills.
    fn first_row(&self) -> u64 {
        self.group_rows.iter().map(|rows| *rows as u64).sum()
    }

    /// A row group ends: for each of its columns what is to be looked for. `encoded`: the bytes of each that it does not have any more.
    /// `only`: the file has no other.
    pub fn searches(
        &mut self,
        builders: &[Builder],
        encoded: &[usize],
        types: &[ColumnType],
        rows: usize,
        filled: usize,
        only: bool,
    ) -> Vec<Option<Search>> {
        let first = self.first_row();
        self.group_rows.push(rows);
        self.filled += filled;
        self.columns.resize_with(builders.len(), ColumnState::default);
        let any_size = self.share.any_size;
        let most = if only { DECODED } else { DECODED_ALONE };
        let search = |(index, (builder, column_type)): (usize, (&Builder, &ColumnType))| {
            let bytes = builder.bytes() + encoded[index];
            let small = bytes < SMALLEST_COLUMN || bytes * SMALLEST_PART < filled;
            let state = &mut self.columns[index];
            let early = state.early.take();
            if is_hidden(builder) || (small && !any_size) || *column_type == ColumnType::Null {
                return None;
            }
            let of_all = DigestKind::of(bytes, rows);
            let kind = *state.kind.get_or_insert(match early {
                Some(DigestKind::Blocks) => DigestKind::Blocks,
                _ => of_all,
            });
            // Long values were followed by many short ones: digests of each would take more room than they.
            if early.is_some_and(|early| early != kind) {
                return None;
            }
            let words = column_type.words();
            let candidates = self.candidates.of(builder.name(), &words);
            Some(Search { kind, words, candidates, first, most })
        };
        builders.iter().zip(types).enumerate().map(search).collect()
    }

    /// A column of a row group is in the file: gives what is still to be put there.
    pub fn placed(&mut self, group: usize, index: usize, shared: SharedColumn) -> Placing {
        let SharedColumn { digests, words, candidates, matches } = shared;
        let rows = self.group_rows[group];
        self.columns[index].digests.insert(group, (words, digests));
        let Some(mut matches) = matches else {
            self.columns[index].own += rows;
            return Placing::Own;
        };
        if self.is_split(index, &candidates, &matches) {
            self.columns[index].own += rows;
            return Placing::Split(candidates, matches);
        }
        let state = &mut self.columns[index];
        if !matches.scattered.is_empty() {
            state.scattered.insert(group, std::mem::take(&mut matches.scattered));
        }
        state.own += rows - matches.found;
        let mut found = Found { rows: matches.found, distinct: matches.distinct, bytes: 0 };
        let mut holders = Vec::with_capacity(rows);
        for (row, column) in matches.rows.iter().zip(&matches.columns) {
            if *row < 0 {
                holders.push(None);
                continue;
            }
            let column = &candidates[usize::from(*column)];
            let holder = self.used.iter().position(|used| *used == column.candidate).unwrap_or_else(|| {
                self.used.push(column.candidate);
                self.used.len() - 1
            });
            state.of.entry(holder).or_insert_with(|| column.name.clone());
            holders.push(Some(holder as i32));
        }
        let counts = matches.counts(candidates.len());
        for (column, rows) in candidates.iter().zip(counts).filter(|(_, rows)| *rows > 0) {
            let file = &self.candidates.files[column.candidate].file;
            found.bytes += file.column_bytes(&column.name) * rows as u64 / file.rows().max(1);
        }
        let rows = matches.rows.iter().map(|row| (*row >= 0).then_some(*row));
        Placing::Refers(Referring { rows: rows.collect(), holders: Int32Array::from(holders), found })
    }

    /// Whether another column of one of these files is referred to already by an earlier row group: the footer tells one of each.
    fn is_split(&self, index: usize, candidates: &[Arc<CandidateColumn>], matches: &Matches) -> bool {
        let of = &self.columns[index].of;
        let counts = matches.counts(candidates.len());
        candidates.iter().zip(counts).filter(|(_, rows)| *rows > 0).any(|(column, _)| {
            let number = self.used.iter().position(|used| *used == column.candidate);
            number.and_then(|number| of.get(&number)).is_some_and(|known| *known != column.name)
        })
    }

    /// The files that columns are of, each with the name of the column there.
    pub fn places<'a>(&'a self, columns: &'a [Arc<CandidateColumn>]) -> Vec<(&'a Candidate, &'a str)> {
        columns
            .iter()
            .map(|column| (&self.candidates.files[column.candidate], column.name.as_str()))
            .collect()
    }

    /// The references of a column of a row group are in the file.
    pub fn refers(
        &mut self,
        group: usize,
        index: usize,
        referring: &Referring,
        rows: PlacedColumn,
        holders: PlacedColumn,
    ) {
        let placed = PlacedReferences { rows, holders, found: referring.found };
        self.columns[index].references.insert(group, placed);
    }

    /// The files that must stay.
    fn holders(&self) -> Vec<&Candidate> {
        self.used.iter().map(|used| &self.candidates.files[*used]).collect()
    }

    /// How many bytes a column holds before they are encoded, of `most`.
    pub fn segment_bytes(&self, most: usize) -> usize {
        if self.share.any_size { SMALLEST_SEGMENT } else { most }
    }

    /// The columns whose stored columns have the name of another key of the rows.
    pub fn collisions(&self, names: &[String]) -> Vec<usize> {
        let collides = |index: &usize| {
            let parts = [ROWS, HOLDERS, OWN].map(|prefix| format!("{prefix}{}", names[*index]));
            self.refers_to(*index) && names.iter().any(|name| parts.contains(name))
        };
        (0..names.len()).filter(collides).collect()
    }

    /// Columns whose values lie too scattered in other files, with the row groups in which they do.
    pub fn dear(&self) -> Vec<(usize, Vec<usize>)> {
        let columns = self.columns.iter().enumerate().filter(|(_, state)| is_dear(&state.scattered));
        columns.map(|(index, state)| (index, state.scattered.keys().copied().collect())).collect()
    }

    /// The columns that refer to others.
    pub fn referring(&self) -> Vec<usize> {
        (0..self.columns.len()).filter(|index| self.refers_to(*index)).collect()
    }

    /// Takes out the references of a column in these row groups, all where none are told, and the holders with the name of the column
    /// there.
    pub fn forget(
        &mut self,
        index: usize,
        groups: Option<&[usize]>,
    ) -> (BTreeMap<usize, PlacedReferences>, Vec<(&Candidate, &str)>) {
        let references = &mut self.columns[index].references;
        let (taken, kept) = std::mem::take(references)
            .into_iter()
            .partition(|(group, _)| groups.is_none_or(|groups| groups.contains(group)));
        *references = kept;
        let of = &self.columns[index].of;
        let holder = |(number, used): (usize, &usize)| {
            (&self.candidates.files[*used], of.get(&number).map_or("", String::as_str))
        };
        (taken, self.used.iter().enumerate().map(holder).collect())
    }

    /// Whether it refers to other files.
    pub fn is_thin(&self) -> bool {
        (0..self.columns.len()).any(|index| self.refers_to(index))
    }

    /// Makes durable that those files stay.
    pub fn pin(&self, temp: &TempFile) -> std::io::Result<()> {
        let pin = |candidate: &Candidate| {
            if !candidate.file.is_unchanged() {
                let message = format!("somebody has written into {}", candidate.path.display());
                return Err(std::io::Error::other(message));
            }
            let file = candidate.file.file_id()?;
            Ok(Pin { id: candidate.holder.id.clone(), path: candidate.path.clone(), file })
        };
        let pins = self.holders().into_iter().map(pin).collect::<std::io::Result<Vec<_>>>()?;
        temp.pin(&self.share.root, &pins)
    }

    /// Whether a column has references.
    pub fn refers_to(&self, index: usize) -> bool {
        self.columns.get(index).is_some_and(|column| !column.references.is_empty())
    }

    /// The digests of the columns whose values are all stored as what the file's column is.
    pub fn section(&self, columns: &[(String, ColumnType)], offset: u64) -> Option<(Section, Vec<u8>)> {
        let mut digested = Vec::new();
        for (index, (state, (name, column_type))) in self.columns.iter().zip(columns).enumerate() {
            let (Some(kind), words) = (state.kind, column_type.words()) else { continue };
            if state.digests.values().any(|(stored, _)| *stored != words) || !self.has_own(index, &words) {
                continue;
            }
            let mut all = Vec::new();
            for (group, rows) in self.group_rows.iter().enumerate() {
                match state.digests.get(&group) {
                    Some((_, found)) => all.extend_from_slice(&found.digests),
                    None => all.resize(all.len() + kind.count(*rows), NONE),
                }
            }
            if all.iter().all(|digest| *digest == NONE) {
                continue;
            }
            let column = if self.refers_to(index) { format!("{OWN}{name}") } else { name.clone() };
            digested.push(DigestedColumn { column, r#type: words, kind, digests: all });
        }
        (!digested.is_empty()).then(|| Section::of(&digested, offset))
    }

    /// Whether the file has a column of values of its own: also where its type tells what those of holders become.
    fn has_own(&self, index: usize, words: &str) -> bool {
        let state = &self.columns[index];
        let whole = state.references.len() == self.group_rows.len();
        !whole || state.own > 0 || state.digests.values().any(|(stored, _)| stored != words)
    }

    /// The columns and row groups as they are in the file, with the references of those that have some.
    pub fn expand(
        &mut self,
        columns: &Schema,
        groups: Vec<PlacedGroup>,
        mut place: impl FnMut(EncodedColumn) -> Result<PlacedColumn>,
        encoding: Encoding,
    ) -> Result<(Schema, Vec<PlacedGroup>)> {
        let parts: Vec<Parts> =
            columns.iter().enumerate().map(|(index, (_, ty))| self.parts(index, ty)).collect();
        let mut names = Vec::new();
        for ((name, column_type), parts) in columns.iter().zip(&parts) {
            if parts.rows {
                names.push((format!("{ROWS}{name}"), ColumnType::Big));
            }
            if parts.holders {
                names.push((format!("{HOLDERS}{name}"), ColumnType::I32));
            }
            if parts.own {
                let prefix = if parts.rows { OWN } else { "" };
                names.push((format!("{prefix}{name}"), column_type.clone()));
            }
        }
        let mut expanded = Vec::with_capacity(groups.len());
        for (at, group) in groups.into_iter().enumerate() {
            let mut placed = Vec::with_capacity(names.len());
            for (index, (column, parts)) in group.columns.into_iter().zip(&parts).enumerate() {
                if parts.rows {
                    let (rows, holders) = match self.columns[index].references.remove(&at) {
                        Some(PlacedReferences { rows, holders, .. }) => (rows, Some(holders)),
                        None => (place(Referring::none(group.rows).encode_rows(encoding)?)?, None),
                    };
                    placed.push(rows);
                    if parts.holders {
                        placed.push(match holders {
                            Some(holders) => holders,
                            None => place(Referring::none(group.rows).encode_holders(encoding)?)?,
                        });
                    }
                }
                if parts.own {
                    placed.push(column);
                }
            }
            expanded.push(PlacedGroup { rows: group.rows, columns: placed });
        }
        Ok((names, expanded))
    }

    fn parts(&self, index: usize, column_type: &ColumnType) -> Parts {
        let Some(state) = self.columns.get(index).filter(|state| !state.references.is_empty()) else {
            return Parts { rows: false, holders: false, own: true };
        };
        Parts { rows: true, holders: state.of.len() > 1, own: self.has_own(index, &column_type.words()) }
    }

    /// What the footer says, beside `pairs`.
    pub fn key_values(
        &self,
        columns: &[(String, ColumnType)],
        section: Option<&Section>,
        pairs: &mut Vec<(String, String)>,
    ) {
        let references: Vec<Reference> = columns
            .iter()
            .enumerate()
            .filter(|(index, _)| self.refers_to(*index))
            .map(|(index, (name, column_type))| {
                let (state, parts) = (&self.columns[index], self.parts(index, column_type));
                let found = || state.references.values().map(|references| references.found);
                let rows = found().map(|found| found.rows).sum();
                Reference {
                    name: name.clone(),
                    r#type: column_type.words(),
                    has_holders: parts.holders,
                    has_own: parts.own,
                    repeats: rows >= 2 * found().map(|found| found.distinct).sum::<usize>(),
                    of: state.of.iter().map(|(holder, column)| (*holder, column.clone())).collect(),
                    found: rows,
                    bytes: found().map(|found| found.bytes).sum(),
                }
            })
            .collect();
        if references.is_empty() && section.is_none() {
            return;
        }
        pairs.push((KEY_ID.to_owned(), self.share.id.clone()));
        pairs.extend(section.map(Section::key_value));
        if references.is_empty() {
            return;
        }
        for (_, version) in pairs.iter_mut().filter(|(key, _)| key == KEY_VERSION) {
            *version = THIN_VERSION.to_string();
        }
        let holders: Vec<Named> =
            self.holders().into_iter().map(|candidate| candidate.holder.clone()).collect();
        pairs.push((KEY_HOLDERS.to_owned(), holders_text(&holders)));
        pairs.push((KEY_REFS.to_owned(), references_text(&references)));
    }
}

/// Which columns of the file a column of the plan has.
struct Parts {
    rows: bool,
    holders: bool,
    own: bool,
}

/// The references of a column in one row group.
pub struct Referring {
    rows: Int64Array,
    holders: Int32Array,
    found: Found,
}

impl Referring {
    /// None.
    fn none(rows: usize) -> Self {
        let (rows, holders) = (Int64Array::new_null(rows), Int32Array::new_null(rows));
        Self { rows, holders, found: Found::default() }
    }

    /// The rows in the holders.
    pub fn encode_rows(&self, encoding: Encoding) -> Result<EncodedColumn> {
        encode(PlanKind::Big, ROWS, &(Arc::new(self.rows.clone()) as ArrayRef), ColumnType::Big, encoding)
    }

    /// The holders.
    pub fn encode_holders(&self, encoding: Encoding) -> Result<EncodedColumn> {
        encode(
            PlanKind::I32,
            HOLDERS,
            &(Arc::new(self.holders.clone()) as ArrayRef),
            ColumnType::I32,
            encoding,
        )
    }
}

fn encode(
    kind: PlanKind,
    name: &str,
    array: &ArrayRef,
    column_type: ColumnType,
    encoding: Encoding,
) -> Result<EncodedColumn> {
    let node = PlanNode { name: name.to_owned(), kind, children: Vec::new(), bloom: false };
    encode_array(&node, array, column_type, encoding)
}
