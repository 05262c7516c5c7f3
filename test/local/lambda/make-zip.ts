import { buffer } from 'node:stream/consumers';
import { ZipFile } from 'yazl';

/** A zip with these files, as it would be uploaded. */
export function makeZip(files: Record<string, string>, mode = 0o100644): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) zip.addBuffer(Buffer.from(content), name, { mode });
  zip.end();
  return buffer(zip.outputStream as unknown as NodeJS.ReadableStream);
}
