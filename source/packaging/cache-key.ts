import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FunctionToPackage } from './artifact.ts';
import { cacheFormat } from './artifact-cache.ts';

/** What a function asks for, apart from the files that the stamps look after. */
export function cacheKey(fn: FunctionToPackage): string {
  const isBundled = fn.packaging.type === 'stacktape-lambda-buildpack';
  const asked = [
    cacheFormat,
    fn.runtime,
    fn.architecture,
    fn.packaging,
    isBundled ? [esbuildVersion(), process.env.NODE_PATH ?? ''] : [],
  ];
  return `${fn.name}:${createHash('sha256').update(JSON.stringify(asked)).digest('hex').slice(0, 32)}`;
}

let knownVersion: string | undefined;

/** Read from its package, because loading esbuild takes longer than all else that a cached run does. */
function esbuildVersion(): string {
  if (knownVersion === undefined) {
    const require = createRequire(import.meta.url);
    try {
      const text = readFileSync(require.resolve('esbuild/package.json'), 'utf8');
      knownVersion = String((JSON.parse(text) as { version: unknown }).version);
    } catch {
      knownVersion = 'none';
    }
  }
  return knownVersion;
}
