export {
  CheckpointError,
  ERROR_CODES,
  isCheckpointError,
  type CheckpointErrorCode,
  type CheckpointErrorFields,
  type SchemaViolation,
} from './lib/base/errors.js';
export type {
  AnyColumn,
  BigIntColumn,
  BooleanColumn,
  Column,
  ColumnBatch,
  ColumnKind,
  Columns,
  DateColumn,
  DictionaryChunk,
  ListChunk,
  ListColumn,
  NumberColumn,
  StringChunk,
  StringColumn,
  TextChunk,
  ValueColumn,
} from './lib/columnar/columns/column.js';
export { CheckpointReader, type CheckpointRows } from './lib/api/reader/checkpoint-reader.js';
export { openCheckpoint } from './lib/api/reader/open-checkpoint.js';
export type { ColumnsOptions, CountOptions, OpenCheckpointOptions, RowsOptions, SampleOptions } from './lib/api/reader/reader-options.js';
export { readCheckpoint, writeCheckpoint } from './lib/api/checkpoint-files.js';
export { verifyCheckpoint, type VerifyOptions, type VerifyResult } from './lib/api/verify-checkpoint.js';
export { CheckpointManager } from './lib/api/checkpoint-manager.js';
export type { DirectoryCheckpointManager } from './lib/api/kura/directory-manager.js';
export { JsonlCheckpointManager } from './lib/api/kura/jsonl-manager.js';
export { MultiCheckpointManager } from './lib/api/kura/multi-checkpoint-manager.js';
export { ParquetCheckpointManager } from './lib/api/kura/parquet-checkpoint-manager.js';
export type {
  JsonlCheckpointManagerOptions,
  KuraCheckpointInfo,
  KuraCheckpointManager,
  KuraLoadOptions,
  KuraManagerStats,
  LoadStrategy,
  MultiCheckpointManagerOptions,
  MultiManagerStats,
  ParquetCheckpointManagerOptions,
  SaveStrategy,
} from './lib/api/kura/types.js';
export type { Logger } from './lib/directory/log-lines.js';
export type {
  CheckpointListing,
  CheckpointManagerOptions,
  LoadOptions,
  MigrateCheckpointOptions,
  NamedCheckpointInfo,
  StoredFile,
} from './lib/directory/manager-options.js';
export type { MigrationProgress } from './lib/directory/migration-progress.js';
export { migrateDirectory } from './lib/api/migrate-directory.js';
export type { MigrationOptions, MigrationOutcome } from './lib/directory/migration.js';
export type {
  CompactOptions,
  DedupeOptions,
  MaterializeOptions,
  RewriteProgress,
  RewriteResult,
  RewrittenCheckpoint,
} from './lib/directory/sharing/sharing-options.js';
export type {
  Bucket,
  BucketDeleteOptions,
  BucketEntry,
  BucketGetOptions,
  BucketObject,
  BucketPutOptions,
  ByteRange,
} from './lib/options/bucket.js';
export type {
  AccessToken,
  AzureCredentials,
  BucketCredentials,
  BucketOptions,
  GoogleServiceAccount,
  S3Credentials,
} from './lib/options/bucket-options.js';
export type { FileBucketOptions, FileConditions, FileReadOptions, FileWriteOptions } from './lib/options/file-options.js';
export type { Compat } from './lib/options/compat.js';
export type { Base } from './lib/options/base.js';
export type { ArrowOptions, ArrowStream, ArrowStreamOptions } from './lib/options/arrow-options.js';
export type { DeltaInfo } from './lib/options/delta-info.js';
export type { CheckpointInfo, Codec, ColumnInfo, ReadOptions, WriteOptions } from './lib/options/options.js';
export type { Progress } from './lib/base/pace.js';
export type { Limits } from './lib/options/limits.js';
export type { MapItem } from './lib/resume/arrivals.js';
export type { BatchContext, BatchFunction, MapBatchesOptions } from './lib/resume/batches/map-batches-options.js';
export type { Job, JobContext, JobProvider, JobResult, JobRow, JobStatus } from './lib/resume/jobs/job-provider.js';
export type { JobInfo, JobState } from './lib/resume/jobs/job-record.js';
export type { MapJobsOptions, PollInterval } from './lib/resume/jobs/map-jobs-options.js';
export type { MapEvent, MapProgress, MapResult, MapSummary, RowFailure } from './lib/resume/events.js';
export type { FailureRecord } from './lib/resume/failure-record.js';
export type { AdaptiveConcurrency } from './lib/resume/adaptive-options.js';
export type { RateLimitOptions } from './lib/resume/rate-limit-options.js';
export { retryAfter } from './lib/resume/retry-after.js';
export { hashOperation, type Code, type OperationParts } from './lib/resume/hash-operation.js';
export type { MapContext, MapFunction, MapOptions, MapOutput, OnError } from './lib/resume/map-options.js';
export type { RetryOptions } from './lib/resume/retry-options.js';
export type { MapListing } from './lib/resume/map-listing.js';
export type { Budget } from './lib/resume/usage/budget.js';
export type { MapUsage } from './lib/resume/usage/spending.js';
export type { Usage, UsageTotals } from './lib/resume/usage/usage.js';
export type { MapHandle, MapRun, MapStream, StopOptions } from './lib/resume/map-handle.js';
export { stopOnSignal, type StopOnSignalOptions } from './lib/resume/stop-on-signal.js';
export type { PartialResults } from './lib/resume/partial-results.js';
export type { IncrementalPlan } from './lib/resume/plan.js';
export type { PlanOptions } from './lib/resume/plan-options.js';
export type { BatchOptions, BatchSaveOptions, PartialOptions } from './lib/directory/batch-options.js';
export type { ForgetOptions } from './lib/resume/forget/forget-options.js';
export type { ContentOption } from './lib/resume/row-content.js';
export type { KeyOption, RowKey } from './lib/resume/row-key.js';
export type { Compute, StepOptions } from './lib/resume/step.js';
export type { SweepOptions, SweepResult, SweptFile } from './lib/resume/sweep-options.js';
export type { Row, RowLike } from './lib/base/rows.js';
export { CheckpointWriter, createCheckpoint } from './lib/api/checkpoint-writer.js';
export type { CheckpointSchema, ColumnSchema, ColumnType, ExtraKeys, Literal, ValueSchema } from './lib/options/checkpoint-schema.js';
export { diffSchema, type SchemaChange, type SchemaDiff, type SchemaDifference } from './lib/schema/diff-schema.js';
export { inferSchema } from './lib/schema/infer-schema.js';
export type { SchemaSource } from './lib/schema/schema-of.js';
export type { StandardSchemaV1 } from './lib/options/standard-schema-v1.js';
export type { Comparable, Conditions, Where } from './lib/options/where.js';
