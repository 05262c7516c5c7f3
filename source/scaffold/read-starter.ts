import type { Stats } from 'node:fs';
import { existsSync, lstatSync, readdirSync, readFileSync, realpathSync, statSync } from 'node:fs';
import { basename, join, sep } from 'node:path';
import { UserError } from '../model/errors.ts';
import type { Starter, StarterFile, StarterInfo } from './starter.ts';

declare const STP_BUILT: boolean | undefined;

/** The bundled starters: beside `dist/` in the package, beside `source/` in a checkout. */
export function startersFolder(): string {
  const relative = typeof STP_BUILT === 'undefined' ? '../../starters' : '../starters';
  return join(import.meta.dirname, relative);
}

/** All starters of a folder, sorted by id. */
export function listStarters(folder: string): StarterInfo[] {
  return readdirSync(folder)
    .sort()
    .flatMap((id) => readInfo(join(folder, id)) ?? []);
}

/**
 * Reads a starter: a folder with `starter.json` and the project under `files/`, or any project with a
 * `stacktape.yml`. What belongs to one machine (`.git`, `node_modules`, `.stp`, `dist`) is left out.
 * @throws UserError where the folder is no starter
 */
export function readStarter(folder: string): Starter {
  const info = readInfo(folder);
  const root = info !== undefined && existsSync(join(folder, 'files')) ? join(folder, 'files') : folder;
  const files = listFiles(root);
  const config = files.find((file) => file.path === 'stacktape.yml' || file.path === 'stacktape.yaml');
  if (config === undefined) {
    throw new UserError(`${folder} is not a starter: there is no stacktape.yml in it`, {
      code: 'not-a-starter',
    });
  }
  const packageJson = files.find((file) => file.path === 'package.json');
  const name = basename(folder);
  return {
    ...(info ?? { id: name, title: name, language: '', resources: [], description: '' }),
    files,
    config: { path: config.path, text: readFileSync(config.source, 'utf8') },
    ...(packageJson === undefined ? {} : { packageJson: readFileSync(packageJson.source, 'utf8') }),
  };
}

function readInfo(folder: string): StarterInfo | undefined {
  let text: string;
  try {
    text = readFileSync(join(folder, 'starter.json'), 'utf8');
  } catch {
    return undefined;
  }
  try {
    const { id, title, language, resources, description } = JSON.parse(text) as StarterInfo;
    return { id, title, language, resources, description };
  } catch (cause) {
    throw new UserError(`${join(folder, 'starter.json')} is not JSON`, { code: 'not-a-starter', cause });
  }
}

const leftOut = new Set(['.git', 'node_modules', '.stp', 'dist', '.DS_Store', 'starter.json']);

/** npm keeps `.gitignore` out of packages, so bundled starters carry it under another name. */
const packedNames: Record<string, string> = { _gitignore: '.gitignore' };

function listFiles(root: string): StarterFile[] {
  const files: StarterFile[] = [];
  const realRoot = realpathSync(root);
  const visit = (folder: string, prefix: string): void => {
    for (const name of readdirSync(folder)) {
      if (leftOut.has(name)) continue;
      const source = join(folder, name);
      const stats = lstatSync(source).isSymbolicLink() ? statsInside(realRoot, source) : statSync(source);
      if (stats.isDirectory()) visit(source, `${prefix}${name}/`);
      else if (stats.isFile()) {
        const path = prefix + (packedNames[name] ?? name);
        files.push({ path, source, executable: (stats.mode & 0o100) !== 0 });
      }
    }
  };
  visit(root, '');
  return files.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** A starter from somewhere else must not copy files of this machine into a project by a link. */
function statsInside(realRoot: string, link: string): Stats {
  let target: string | undefined;
  try {
    target = realpathSync(link);
  } catch {
    target = undefined;
  }
  // A folder that is linked could also hold itself.
  if (target === undefined || !target.startsWith(realRoot + sep) || !statSync(target).isFile()) {
    throw new UserError(`${link} is a link to something that is not a file of the starter`, {
      code: 'not-a-starter',
    });
  }
  return statSync(target);
}
