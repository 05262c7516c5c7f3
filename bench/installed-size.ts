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
  const { stdout: du } = await execa('du', ['--apparent-size', '-sb', `${folder}/node_modules`]);
  return Number(du.split('\t')[0]) / 1e6;
}
