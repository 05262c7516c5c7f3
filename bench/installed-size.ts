import { glob, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';

/** Megabytes (10^6 bytes, apparent sizes) of the packed program installed into an empty prefix. */
export async function installedSize(root: string, folder: string): Promise<number> {
  const { stdout } = await execa(
    'npm',
    ['pack', '--json', '--ignore-scripts', '--pack-destination', folder],
    { cwd: root },
  );
  const [packed] = Object.values(JSON.parse(stdout)) as { filename: string }[];
  await execa('npm', [
    'install',
    '--prefix',
    folder,
    '--no-audit',
    '--no-fund',
    `${folder}/${packed?.filename}`,
  ]);
  let bytes = 0;
  for await (const entry of glob('node_modules/**', { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) bytes += (await stat(join(entry.parentPath, entry.name))).size;
  }
  return bytes / 1e6;
}
