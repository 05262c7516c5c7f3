import { existsSync, readFileSync, realpathSync } from 'node:fs';
import { delimiter, join } from 'node:path';

/**
 * How a printed command calls `stp` so that it works from where the user stands: by its name where ours is on the
 * PATH or in the project, else through npx. `npx stp` would be a program of somebody else.
 */
export function stpCommand(env: NodeJS.ProcessEnv, directory: string, version: string): string {
  if (existsSync(join(directory, 'node_modules', 'create-stp-app', 'package.json'))) return 'stp';
  const folders = (env.PATH ?? env.Path ?? '').split(delimiter);
  // npx and npm put these on the PATH for as long as they run, which is over when the user types the command.
  const lasting = folders.filter((folder) => folder !== '' && !/node_modules[\\/]\.bin[\\/]?$/.test(folder));
  const found = lasting.map((folder) => join(folder, 'stp')).find((file) => existsSync(file));
  return found !== undefined && isOurs(found) ? 'stp' : `npx -p create-stp-app@${version} stp`;
}

/** npm links to our launcher; pnpm, Yarn and Windows write a small script that names it. */
function isOurs(file: string): boolean {
  try {
    if (/[\\/]bin[\\/]stp\.js$/.test(realpathSync(file)))
      return readFileSync(file, 'utf8').includes('./launch.js');
    return readFileSync(file, 'utf8').slice(0, 4096).includes('create-stp-app');
  } catch {
    return false;
  }
}
