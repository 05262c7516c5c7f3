import { strToU8, type Zippable, zipSync } from 'fflate';

/** A zip with these files, as it would be uploaded. */
export function makeZip(files: Record<string, string>, mode = 0o100644): Buffer {
  const unix = 3;
  const zippable: Zippable = {};
  for (const [name, text] of Object.entries(files)) {
    zippable[name] = [strToU8(text), { os: unix, attrs: mode << 16 }];
  }
  return Buffer.from(zipSync(zippable));
}
