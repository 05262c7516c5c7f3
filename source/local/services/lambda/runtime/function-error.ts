/** An error as Lambda hands it to the caller. */
export type ErrorDocument = { errorType: string; errorMessage: string; trace: string[] };

/** Something that the runtime itself has to say: `Runtime.HandlerNotFound`, `Runtime.ImportModuleError`. */
export class RuntimeError extends Error {
  /** What was behind it; the log shows it. */
  declare reason: unknown;

  constructor(type: string, message: string, reason?: unknown) {
    super(message);
    this.name = type;
    if (reason !== undefined) this.reason = reason;
  }
}

/** The body of `/error`, as Lambda's own Node.js runtime writes it. */
export function toErrorDocument(thrown: unknown): ErrorDocument {
  if (!isError(thrown)) return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  return {
    errorType: thrown.name,
    errorMessage: thrown.message,
    trace: stackLines(thrown),
  };
}

const runtimeFolder = import.meta.url.slice(0, import.meta.url.lastIndexOf('/') + 1);

/** The stack without the frames of this runtime, which say nothing to who wrote the function. */
function stackLines(error: Error): string[] {
  const lines = (error.stack ?? '').split('\n');
  const ours = lines.findIndex((line) => line.includes(runtimeFolder));
  if (ours !== -1) lines.length = ours;
  while (lines.at(-1) === '    at new Promise (<anonymous>)') lines.pop();
  return lines;
}

/** The JSON that stands in the log behind `Invoke Error`; it also holds the error's own properties. */
export function toLogText(thrown: unknown): string {
  try {
    return JSON.stringify(toLogDocument(thrown));
  } catch {
    // A property that refers to itself; the error alone is what matters.
    return JSON.stringify(toErrorDocument(thrown));
  }
}

function toLogDocument(thrown: unknown): Record<string, unknown> {
  if (!isError(thrown)) return toErrorDocument(thrown);
  const document: Record<string, unknown> = { errorType: thrown.name, errorMessage: thrown.message };
  for (const [key, value] of Object.entries(thrown)) {
    if (key !== 'name') document[key] = isError(value) ? toLogDocument(value) : value;
  }
  document.stack = stackLines(thrown);
  return document;
}

/** Errors from another realm (`node:vm`) are not `instanceof Error`. */
function isError(value: unknown): value is Error {
  if (value instanceof Error) return true;
  return typeof value === 'object' && value !== null && 'stack' in value && 'message' in value;
}
