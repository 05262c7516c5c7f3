import { PackagingFailure } from './packaging-error.ts';

/** Lambda's limit for code and layers together, unzipped. The one of 50 MB holds for direct uploads, not for S3. */
const maximumBytes = 250 * 1024 * 1024;

/** A file of an artifact by its path in the zip, with its unzipped bytes. */
type Sized = { path: string; size: number };

const piecesTold = 5;

/**
 * Holds the unzipped size of an artifact against Lambda's limit.
 * @returns the sum in bytes
 * @throws PackagingFailure with the size and the largest pieces
 * @see https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
 */
export function checkSize(functionName: string, files: readonly Sized[]): number {
  const bytes = files.reduce((sum, file) => sum + file.size, 0);
  if (bytes <= maximumBytes) return bytes;
  throw new PackagingFailure({
    function: functionName,
    code: 'artifact-too-large',
    message: `the unzipped size is ${megabytes(bytes)}, Lambda takes 250 MB at most, layers included.\nLargest: ${largest(files)}`,
    hint: 'Leave files out with excludeFiles, or packages with excludeDependencies and bring them in a layer: what it holds counts, too.',
  });
}

function largest(files: readonly Sized[]): string {
  const pieces = new Map<string, number>();
  for (const file of files) {
    const piece = pieceOf(file.path);
    pieces.set(piece, (pieces.get(piece) ?? 0) + file.size);
  }
  return [...pieces]
    .sort(([, a], [, b]) => b - a)
    .slice(0, piecesTold)
    .map(([piece, size]) => `${piece} (${megabytes(size)})`)
    .join(', ');
}

/** What a user can leave out as one: a package of npm, a jar, else the first folder. */
function pieceOf(path: string): string {
  return (
    /^(?:.*\/)?node_modules\/(?:@[^/]+\/)?[^/]+(?=\/)/.exec(path)?.[0] ??
    /^lib\/[^/]+\.jar$/.exec(path)?.[0] ??
    /^[^/]+(?=\/)/.exec(path)?.[0] ??
    path
  );
}

const megabytes = (bytes: number): string => `${(bytes / 1024 / 1024).toFixed(1)} MB`;
