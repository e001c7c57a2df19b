//! The core alone: slabs to files, files to arenas. `cargo bench -p arrow-ckpt`.
#![allow(missing_docs, clippy::unwrap_used)] // a bench

mod rows;

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};

/// As that of `lib/formats/parquet/native/arenas.ts`.
const ARENA_BYTES: usize = 2 << 20;

fn core(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rows.parquet");
    let mut arena = vec![0; ARENA_BYTES];
    for count in [100_usize, 10_000, 200_000] {
        let slabs = rows::slabs(count);
        let mut group = criterion.benchmark_group("rows");
        group.sample_size(20).throughput(Throughput::Elements(count as u64));
        group.bench_function(BenchmarkId::new("encode", count), |bencher| {
            bencher.iter(|| rows::encode(&path, black_box(&slabs)).unwrap());
        });
        group.bench_function(BenchmarkId::new("decode", count), |bencher| {
            bencher.iter(|| assert_eq!(rows::decode(&path, black_box(&mut arena)).unwrap(), count as u64));
        });
        group.finish();
    }
}

criterion_group!(benches, core);
criterion_main!(benches);
