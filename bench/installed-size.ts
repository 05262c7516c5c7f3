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
  // esbuild's launcher is a hard link to its binary.
  const sizes = new Map<number, number>();
  for await (const entry of glob('node_modules/**', { cwd: folder, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const { ino, size } = await stat(join(entry.parentPath, entry.name));
    sizes.set(ino, size);
  }
  return [...sizes.values()].reduce((sum, size) => sum + size, 0) / 1e6;
}
