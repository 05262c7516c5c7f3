import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import type { FunctionToPackage } from './artifact.ts';
import { cacheFormat } from './artifact-cache.ts';
import { isEsFile } from './es-options.ts';
import { toolchainKey } from './languages.ts';
import type { Environment } from './tools.ts';

/** What a function asks for, apart from the files that the stamps look after. */
export function cacheKey(fn: FunctionToPackage, environment: Environment): string {
  const { packaging } = fn;
  const asked = [
    cacheFormat,
    fn.runtime,
    fn.architecture,
    fn.packaging,
    packaging.type === 'custom-artifact'
      ? []
      : isEsFile(packaging.properties.entryfilePath)
        ? [esbuildVersion(), environment.NODE_PATH ?? '']
        : toolchainKey(packaging.properties.entryfilePath, environment),
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
