import { relative } from 'node:path';
import type { PackageManager } from '../../scaffold/package-manager.ts';
import { installCommand } from '../../scaffold/package-manager.ts';

/** What to type next, in this order, from the folder where the user stands. */
export function nextCommands(options: {
  directory: string;
  cwd: string;
  installed: boolean;
  packageManager: PackageManager | undefined;
  stp: string;
}): string[] {
  const commands: string[] = [];
  const folder = relative(options.cwd, options.directory);
  if (folder !== '') commands.push(`cd ${quote(folder)}`);
  if (!options.installed && options.packageManager !== undefined)
    commands.push(installCommand(options.packageManager));
  commands.push(`${options.stp} deploy --local`, `${options.stp} logs --local --follow`);
  return commands;
}

const quote = (word: string): string =>
  /^[\w./\\@:+-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
