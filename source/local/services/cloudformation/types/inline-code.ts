import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** `Code.ZipFile` of a template is text, which CloudFormation puts into an archive as `index`. */
export async function zipInlineCode(text: string, runtime: string): Promise<Uint8Array> {
  const zip = new ZipFile();
  zip.addBuffer(Buffer.from(text), runtime.startsWith('python') ? 'index.py' : 'index.js', {
    mtime: new Date('1980-01-01T00:00:00Z'),
  });
  zip.end();
  return buffer(zip.outputStream);
}
