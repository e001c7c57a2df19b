/** A URL with these parameters. */
export function withQuery(url: URL, query: Record<string, string>): URL {
  const made = new URL(url);
  for (const [name, value] of Object.entries(query)) made.searchParams.set(name, value);
  return made;
}
