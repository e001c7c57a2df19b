//! Who decodes what in a scan, and how many rows at a time.

use std::sync::Arc;

use parquet::file::metadata::RowGroupMetaData;

use super::columns::Projected;
use super::file::CheckpointFile;
use super::options::ScanOptions;
use crate::error::Result;

/// A row group to be read.
#[derive(Debug, Clone, Copy)]
pub(super) struct GroupPlan {
    pub group: usize,
    pub batch_rows: usize,
}

/// The plan of a scan.
pub(super) struct Projection {
    /// Projected top-level columns, in file order.
    pub columns: Vec<Arc<Projected>>,
    /// The columns of each worker, in file order.
    pub workers: Vec<Vec<Arc<Projected>>>,
    pub groups: Vec<GroupPlan>,
    /// Threads that open pages ahead of the workers.
    pub helpers: usize,
    /// The caller's own thread decodes: starting others costs more than it saves.
    pub inline: bool,
}

impl Projection {
    pub fn new(file: &CheckpointFile, options: &ScanOptions) -> Result<Self> {
        let columns = projected(file, options)?;
        let weights: Vec<u64> = columns.iter().map(|column| weight(file, column)).collect();
        let inline = weights.iter().sum::<u64>() < options.large.scan;
        let threads = if inline { 1 } else { options.threads.max(1) };
        // Half of them decode columns; the others, and those for which there are too few columns, open pages.
        let workers = spread(&columns, &weights, threads.div_ceil(2));
        let helpers = threads - workers.len().clamp(1, threads);
        let groups = (0..file.metadata.num_row_groups())
            .filter(|group| file.metadata.row_group(*group).num_rows() > 0)
            .map(|group| group_plan(file, group, &columns, options))
            .collect();
        Ok(Self { columns, workers, groups, helpers, inline })
    }

    /// For each projected column: its worker, and its place among the worker's columns.
    pub fn places(&self) -> Vec<(usize, usize)> {
        let place = |column: &Arc<Projected>| {
            self.workers.iter().enumerate().find_map(|(worker, columns)| {
                let index = columns.iter().position(|other| other.column == column.column);
                index.map(|index| (worker, index))
            })
        };
        self.columns.iter().filter_map(place).collect()
    }
}

fn projected(file: &CheckpointFile, options: &ScanOptions) -> Result<Vec<Arc<Projected>>> {
    let Some(columns) = &options.columns else {
        return (0..file.columns.nodes.len())
            .map(|column| Projected::whole(&file.columns, column).map(Arc::new))
            .collect();
    };
    let mut columns = columns.clone();
    columns.sort_unstable();
    columns.dedup_by_key(|column| column.column);
    columns
        .iter()
        .map(|column| Projected::part(&file.columns, column.column, column.leaves.as_deref()).map(Arc::new))
        .collect()
}

/// The bytes that are read for a column.
fn weight(file: &CheckpointFile, projected: &Projected) -> u64 {
    let held = projected.shared.as_ref().map_or(0, |part| part.compressed());
    compressed(file, &projected.leaves).saturating_add(held)
}

pub(super) fn compressed(file: &CheckpointFile, leaves: &[usize]) -> u64 {
    let groups = file.metadata.row_groups().iter();
    groups
        .flat_map(|group| leaves.iter().map(|leaf| group.column(*leaf)))
        .map(|chunk| chunk.compressed_size().unsigned_abs())
        .sum()
}

/// Columns to workers, the heaviest first, each to the worker with the least.
fn spread(columns: &[Arc<Projected>], weights: &[u64], threads: usize) -> Vec<Vec<Arc<Projected>>> {
    let mut order: Vec<usize> = (0..columns.len()).collect();
    order.sort_by_key(|index| std::cmp::Reverse(weights[*index]));
    let mut workers: Vec<(u64, Vec<Arc<Projected>>)> = vec![(0, Vec::new()); threads.min(columns.len())];
    for index in order {
        if let Some((load, own)) = workers.iter_mut().min_by_key(|(load, _)| *load) {
            // Even an empty column costs something.
            *load += weights[index] + 1;
            own.push(Arc::clone(&columns[index]));
        }
    }
    for (_, own) in &mut workers {
        own.sort_by_key(|projected| projected.column);
    }
    workers.into_iter().map(|(_, own)| own).collect()
}

/// What a stored column becomes in a row group, about.
pub(super) fn decoded(group: &RowGroupMetaData, projected: &Projected) -> u64 {
    let mut kinds = Vec::new();
    projected.node.leaf_kinds(&mut kinds);
    let chunks = projected.leaves.iter().zip(kinds).map(|(leaf, kind)| {
        let chunk = group.column(*leaf);
        let slots = chunk.num_values().unsigned_abs().saturating_mul(kind.width() as u64 + 1);
        chunk.uncompressed_size().unsigned_abs().max(slots)
    });
    chunks.fold(0, u64::saturating_add)
}

fn group_plan(
    file: &CheckpointFile,
    group: usize,
    columns: &[Arc<Projected>],
    options: &ScanOptions,
) -> GroupPlan {
    let meta = file.metadata.row_group(group);
    let rows = meta.num_rows() as usize;
    let mut bytes = 0u64;
    for projected in columns {
        let more = match &projected.shared {
            None => decoded(meta, projected),
            Some(part) => {
                let own = part.own.as_ref().map_or(0, |own| decoded(meta, &own.projected));
                own.saturating_add(part.held_bytes(rows as u64, file.rows()))
            }
        };
        bytes = bytes.saturating_add(more);
    }
    let each = usize::try_from(bytes / rows.max(1) as u64).unwrap_or(usize::MAX).max(1);
    let batch_rows = (options.block_bytes / each).min(options.block_rows).clamp(1, rows.max(1));
    GroupPlan { group, batch_rows }
}
