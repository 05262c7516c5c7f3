import { readFileSync } from 'node:fs';
import type { Metafile } from 'esbuild';
import type { BundleRequest } from './bundle.ts';

/**
 * Whether it is certain that an entry has no export of the handler's name; where only running it would tell, it may
 * have one.
 * @param output name of the bundle in the metafile
 * @param entryFile absolute
 */
export function lacksHandler(
  metafile: Metafile,
  output: string,
  entryFile: string,
  code: Uint8Array,
  { properties, options }: BundleRequest,
): boolean {
  const { entryPoint = '', exports = [] } = metafile.outputs[output] ?? {};
  const name = properties.handlerFunction ?? 'default';
  const { format } = metafile.inputs[entryPoint] ?? {};
  // What CommonJS exports as a whole is the one export of its ES module.
  if (format === 'cjs' && options.format === 'esm') return name !== 'default';
  if (format === 'cjs') return lacksInCommonJs(readFileSync(entryFile, 'utf8'), name);
  if (format !== 'esm') return false;
  // esbuild lists the exports of ES modules only. In CommonJS output they are getters, `default:()=>x`.
  const bytes = Buffer.from(code.buffer, code.byteOffset, code.byteLength);
  if (options.format === 'esm' ? exports.includes(name) : bytes.includes(`${name}:()=>`)) return false;
  return name === 'default' || !/\bexport\s*\*\s*from\b/.test(readFileSync(entryFile, 'utf8'));
}

/** A text that nowhere says the name, and passes on nothing whole, exports nothing of that name. */
function lacksInCommonJs(text: string, name: string): boolean {
  if (text.includes(name)) return false;
  const passesOn =
    /module\.exports\s*=\s*(?!(?:async|function|class)\b)[\w$.]+\s*(?:\(|;|$)/m.test(text) ||
    /\.\.\.|\bObject\.\w+\(|\bexports\[|\b__exportStar\b/.test(text);
  return !passesOn;
}
