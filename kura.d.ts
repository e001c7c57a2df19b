// The public types of arrow-ckpt/kura, rolled up by `npm run api`. Do not edit.
import { z } from 'zod';

/** A cluster of summaries: `clusters`, `meta_clusters`. */
export declare const Cluster: z.ZodObject<{
  id: z.ZodString; name: z.ZodString; description: z.ZodString; slug: z.ZodString; chat_ids: z.ZodArray<z.ZodString>;
  parent_id: z.ZodNullable<z.ZodString>; count: z.ZodOptional<z.ZodInt>;
}, z.core.$strip>;

export declare type Cluster = z.infer<typeof Cluster>;

/** A conversation: `conversations`. */
export declare const Conversation: z.ZodObject<{
  chat_id: z.ZodString; created_at: z.ZodString;
  messages: z.ZodArray<z.ZodObject<{
    created_at: z.ZodString;
    role: z.ZodEnum<{
      assistant: "assistant"; user: "user";
    }>;
    content: z.ZodString;
  }, z.core.$strip>>;
  metadata: z.ZodObject<{}, z.core.$loose>;
}, z.core.$strip>;

export declare type Conversation = z.infer<typeof Conversation>;

/** What a model made of a conversation: `summaries`. */
export declare const ConversationSummary: z.ZodObject<{
  summary: z.ZodString; request: z.ZodOptional<z.ZodNullable<z.ZodString>>; topic: z.ZodOptional<z.ZodNullable<z.ZodString>>;
  languages: z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodString>>>; task: z.ZodOptional<z.ZodNullable<z.ZodString>>;
  concerning_score: z.ZodOptional<z.ZodNullable<z.ZodInt>>; user_frustration: z.ZodOptional<z.ZodNullable<z.ZodInt>>;
  assistant_errors: z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodString>>>; chat_id: z.ZodString;
  metadata: z.ZodObject<{}, z.core.$loose>;
  embedding: z.ZodOptional<z.ZodNullable<z.ZodArray<z.ZodNumber>>>;
}, z.core.$strip>;

export declare type ConversationSummary = z.infer<typeof ConversationSummary>;

/** A message of a {@link Conversation}. */
export declare const Message: z.ZodObject<{
  created_at: z.ZodString;
  role: z.ZodEnum<{
    assistant: "assistant"; user: "user";
  }>;
  content: z.ZodString;
}, z.core.$strip>;

export declare type Message = z.infer<typeof Message>;

/** A cluster with its place in the plane: `dimensionality`. */
export declare const ProjectedCluster: z.ZodObject<{
  id: z.ZodString; name: z.ZodString; description: z.ZodString; slug: z.ZodString; chat_ids: z.ZodArray<z.ZodString>;
  parent_id: z.ZodNullable<z.ZodString>; x_coord: z.ZodNumber; y_coord: z.ZodNumber; level: z.ZodInt; count: z.ZodOptional<z.ZodInt>;
}, z.core.$strip>;

export declare type ProjectedCluster = z.infer<typeof ProjectedCluster>;

export { }
