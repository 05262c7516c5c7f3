import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { foldersUpTo } from './language-build.ts';

/**
 * The outermost project that a Maven project is a module of, step by step; only from there Maven finds its other
 * modules, which are in no repository.
 * @param directory the config's folder, which is not left. Absolute
 * @param root of the module. Absolute
 * @returns absolute path of its folder; nothing for a project by itself
 * @see https://maven.apache.org/guides/mini/guide-multiple-modules.html
 */
export function mavenReactor(directory: string, root: string): string | undefined {
  let outermost: string | undefined;
  let module = root;
  for (const folder of foldersUpTo(directory, path.dirname(root))) {
    if (root === directory || !modulesOf(folder).includes(module)) continue;
    outermost = folder;
    module = folder;
  }
  return outermost;
}

/** A module is named by its folder, or by its file in that. */
function modulesOf(folder: string): string[] {
  const file = path.join(folder, 'pom.xml');
  if (!existsSync(file)) return [];
  const text = readFileSync(file, 'utf8').replaceAll(/<!--[\s\S]*?-->/g, '');
  return [...text.matchAll(/<module>\s*([^<]+?)\s*<\/module>/g)].map(([, name = '']) =>
    path.resolve(folder, name.replace(/(?:^|[/\\])pom\.xml$/, '')),
  );
}
