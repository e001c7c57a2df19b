import { z } from 'zod';

/*
 * Kura's four types, field by field in the order of its JSONL. Keys that a type does not name are dropped on load, as Kura's classes do;
 * `extraColumns: 'keep'` keeps them. Numbers are finite: a NaN or an infinity does not fit, and is loaded without a schema.
 */

/** A message of a {@link Conversation}. */
export const Message = z.object({
  /** ISO 8601, with or without a zone. */
  created_at: z.string(),
  role: z.enum(['user', 'assistant']),
  content: z.string(),
});
export type Message = z.infer<typeof Message>;

/** A conversation: `conversations`. */
export const Conversation = z.object({
  chat_id: z.string(),
  /** ISO 8601, with or without a zone. */
  created_at: z.string(),
  messages: z.array(Message),
  /** Kura takes texts, numbers, booleans, and lists of texts or of numbers. */
  metadata: z.looseObject({}),
});
export type Conversation = z.infer<typeof Conversation>;

/** What a model made of a conversation: `summaries`. */
export const ConversationSummary = z.object({
  summary: z.string(),
  request: z.string().nullish(),
  topic: z.string().nullish(),
  languages: z.array(z.string()).nullish(),
  task: z.string().nullish(),
  /** 1 to 5. */
  concerning_score: z.int().min(1).max(5).nullish(),
  /** 1 to 5. */
  user_frustration: z.int().min(1).max(5).nullish(),
  assistant_errors: z.array(z.string()).nullish(),
  chat_id: z.string(),
  metadata: z.looseObject({}),
  embedding: z.array(z.number()).nullish(),
});
export type ConversationSummary = z.infer<typeof ConversationSummary>;

const CLUSTER = {
  id: z.string(),
  name: z.string(),
  description: z.string(),
  /** Three words in snake case. */
  slug: z.string(),
  chat_ids: z.array(z.string()),
  /** The `id` of the cluster that it is in. */
  parent_id: z.string().nullable(),
};
/** The length of `chat_ids`: in Kura's JSONL, but not in its Parquet. */
const count = z.int().optional();

/** A cluster of summaries: `clusters`, `meta_clusters`. */
export const Cluster = z.object({ ...CLUSTER, count });
export type Cluster = z.infer<typeof Cluster>;

/** A cluster with its place in the plane: `dimensionality`. */
export const ProjectedCluster = z.object({ ...CLUSTER, x_coord: z.number(), y_coord: z.number(), level: z.int(), count });
export type ProjectedCluster = z.infer<typeof ProjectedCluster>;
