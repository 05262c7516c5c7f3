/** Keys and values of a request that conditions look at; keys have no case. A key with several values is a list. */
export type RequestContext = Readonly<Record<string, string | readonly string[]>>;

/** What a request has under a key; undefined where it has nothing. */
export function valueAt(key: string, context: RequestContext): string | readonly string[] | undefined {
  const wanted = key.toLowerCase();
  for (const [name, value] of Object.entries(context)) if (name.toLowerCase() === wanted) return value;
  return undefined;
}
