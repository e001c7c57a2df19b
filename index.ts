export {
  CheckpointError,
  isCheckpointError,
  type CheckpointErrorCode,
  type CheckpointErrorFields,
  type SchemaViolation,
} from './lib/errors.js';
export type {
  AnyColumn,
  BigIntColumn,
  BooleanColumn,
  Column,
  ColumnBatch,
  ColumnKind,
  DateColumn,
  DictionaryChunk,
  ListChunk,
  ListColumn,
  NumberColumn,
  StringChunk,
  StringColumn,
  TextChunk,
  ValueColumn,
} from './lib/columns/column.js';
export { CheckpointReader, type CheckpointRows } from './lib/reader/checkpoint-reader.js';
export { openCheckpoint } from './lib/reader/open-checkpoint.js';
export type { ColumnsOptions, CountOptions, OpenCheckpointOptions, RowsOptions, SampleOptions } from './lib/reader/reader-options.js';
export { readCheckpoint, writeCheckpoint } from './lib/files/checkpoint-files.js';
export { verifyCheckpoint, type VerifyOptions, type VerifyResult } from './lib/files/verify.js';
export { CheckpointManager } from './lib/managers/checkpoint-manager.js';
export { JsonlCheckpointManager } from './lib/managers/kura/jsonl-manager.js';
export { MultiCheckpointManager } from './lib/managers/kura/multi-manager.js';
export { ParquetCheckpointManager } from './lib/managers/kura/parquet-manager.js';
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
} from './lib/managers/kura/types.js';
export type { Logger } from './lib/managers/log-lines.js';
export type {
  CheckpointListing,
  CheckpointManagerOptions,
  LoadOptions,
  MigrateCheckpointOptions,
  NamedCheckpointInfo,
  StoredFile,
} from './lib/managers/manager-options.js';
export { migrateDirectory, type MigrationOptions, type MigrationOutcome } from './lib/managers/migration.js';
export type { CheckpointInfo, Codec, ColumnInfo, Progress, ReadOptions, WriteOptions } from './lib/options.js';
export type { Limits } from './lib/limits.js';
export type { MapEvent, MapProgress, MapResult, MapSummary, RowFailure } from './lib/resume/events.js';
export { hashOperation, type Code, type OperationParts } from './lib/resume/hash-operation.js';
export type { MapContext, MapFunction, MapOptions, MapOutput, RetryOptions } from './lib/resume/map-options.js';
export type { PartialResults } from './lib/resume/partial-results.js';
export type { IncrementalPlan, PlanOptions } from './lib/resume/plan.js';
export type { BatchOptions, BatchSaveOptions, PartialOptions } from './lib/managers/batch-options.js';
export type { KeyOption, RowKey } from './lib/resume/row-key.js';
export type { Compute, StepOptions } from './lib/resume/step.js';
export type { SweepOptions, SweepResult, SweptFile } from './lib/resume/sweep-options.js';
export type { Row, RowLike } from './lib/rows.js';
export { CheckpointWriter, createCheckpoint } from './lib/writer/checkpoint-writer.js';
export type { CheckpointSchema, ColumnSchema, ColumnType, ExtraKeys, Literal, ValueSchema } from './lib/schema/checkpoint-schema.js';
export { diffSchema, type SchemaChange, type SchemaDiff, type SchemaDifference } from './lib/schema/diff.js';
export { inferSchema } from './lib/schema/infer.js';
export type { SchemaSource } from './lib/schema/schema-of.js';
export type { StandardSchemaV1 } from './lib/schema/standard.js';
export type { Conditions, Where } from './lib/select/where.js';
