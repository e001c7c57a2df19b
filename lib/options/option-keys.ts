declare const tied: unique symbol;

/** The keys of a type of options, made by {@link keysOf}: a list written by hand does not compile. */
export type OptionKeys = readonly string[] & { readonly [tied]: true };

/**
 * The keys of the options `T`. The compiler refuses a record that lacks a key of the type, or has one that the type does not: what a call
 * declares is what it takes.
 */
export function keysOf<T>(keys: Record<keyof T, true>): OptionKeys {
  return Object.keys(keys) as readonly string[] as OptionKeys;
}

/** The texts that an option of type `T` may be: the compiler refuses a record that lacks one, or has one more. */
export function valuesOf<T extends string>(values: Record<T, true>): readonly T[] {
  return Object.keys(values) as T[];
}
