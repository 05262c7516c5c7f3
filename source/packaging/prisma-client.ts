import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import type { FunctionToPackage } from './artifact.ts';
import type { LanguageBuild } from './language-build.ts';
import { stampPath } from './language-build.ts';
import { PackagingFailure } from './packaging-error.ts';
import type { Stamper } from './stamps.ts';

const enginePattern = /^(?:lib)?query_engine-/;

/**
 * What a generated client of Prisma reads beside its own code: the schema, and the query engine for Lambda's machine
 * or, in clients that have none, the WebAssembly that takes its place. A bundle's own folder is where it looks first.
 * @param inputs of the bundle, relative to the directory
 * @throws PackagingFailure where the client was generated without the engine for the machine
 * @see https://www.prisma.io/docs/orm/prisma-client/deployment/serverless/deploy-to-aws-lambda
 */
export function prismaFiles(
  fn: FunctionToPackage,
  inputs: readonly string[],
  directory: string,
  stamper: Stamper,
): LanguageBuild {
  const found: LanguageBuild = { entries: [], stamps: [] };
  if (!inputs.some((input) => /(?:^|\/)(?:@prisma\/client|\.prisma\/client)\//.test(input))) return found;
  const folders = inputs
    .filter((input) => input.includes('/.prisma/client/') || !input.includes('node_modules/'))
    .map((input) => path.dirname(path.resolve(directory, input)));
  for (const folder of new Set(folders)) {
    if (!existsSync(path.join(folder, 'schema.prisma'))) continue;
    for (const name of namesOf(fn, folder, directory)) {
      const file = path.join(folder, name);
      found.stamps.push(stamper.take('file', stampPath(directory, file)));
      found.entries.push({ path: name, data: readFileSync(file), executable: /^query_engine-/.test(name) });
    }
  }
  return found;
}

function namesOf(fn: FunctionToPackage, folder: string, directory: string): string[] {
  const names = readdirSync(folder);
  const engines = names.filter((name) => enginePattern.test(name));
  if (engines.length === 0)
    return ['schema.prisma', ...names.filter((name) => /^query_(?:compiler|engine).*\.wasm$/.test(name))];
  const target = targetOf(fn);
  const fitting = engines.filter((name) => name.includes(`-${target}.`) || name.endsWith(`-${target}`));
  if (fitting.length > 0) return ['schema.prisma', ...fitting];
  throw new PackagingFailure({
    function: fn.name,
    code: 'missing-package',
    message: `Prisma's client in ${stampPath(directory, folder)} has no query engine for Lambda's machine, ${target}; it has ${engines.join(', ')}`,
    hint: `Write \`binaryTargets = ["native", "${target}"]\` into the generator of the Prisma schema, and generate the client again.`,
  });
}

/** Prisma's word for the machine: Amazon Linux 2023 has OpenSSL 3 and is there from Node 20 on. */
function targetOf({ runtime, architecture }: FunctionToPackage): string {
  const openssl = Number(/^nodejs(\d+)/.exec(runtime)?.[1]) >= 20 ? '3.0.x' : '1.0.x';
  return architecture === 'arm64' ? `linux-arm64-openssl-${openssl}` : `rhel-openssl-${openssl}`;
}
