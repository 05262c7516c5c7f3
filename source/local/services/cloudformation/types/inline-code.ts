import { strToU8, zipSync } from 'fflate';

/** `Code.ZipFile` of a template is text, which CloudFormation puts into an archive as `index`. */
export function zipInlineCode(text: string, runtime: string): Uint8Array {
  const name = runtime.startsWith('python') ? 'index.py' : 'index.js';
  return zipSync({ [name]: strToU8(text) }, { mtime: new Date(1980, 0, 1) });
}
