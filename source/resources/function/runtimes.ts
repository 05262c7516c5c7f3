import type { FunctionPackaging } from './packaging.ts';

/** What a language is called, which files are written in it, and which runtimes can run it, newest first. */
type Language = { title: string; extensions: readonly string[]; runtimes: readonly string[] };

export type LanguageId = 'node' | 'python' | 'java' | 'go';

/**
 * The one table of runtimes. The first runtime of a language is its default (spec 4.2: the newest).
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const languages: Readonly<Record<LanguageId, Language>> = {
  node: {
    title: 'JavaScript or TypeScript',
    extensions: ['js', 'ts', 'mjs', 'mts', 'cjs', 'cts', 'jsx', 'tsx'],
    runtimes: ['nodejs24.x', 'nodejs22.x', 'nodejs20.x', 'nodejs18.x'],
  },
  python: {
    title: 'Python',
    extensions: ['py'],
    runtimes: ['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'],
  },
  java: { title: 'Java', extensions: ['java'], runtimes: ['java25', 'java21', 'java17', 'java11'] },
  go: { title: 'Go', extensions: ['go'], runtimes: ['provided.al2023', 'provided.al2'] },
};

const languageIds = Object.keys(languages) as LanguageId[];

export const runtimes: readonly string[] = languageIds.flatMap((id) => languages[id].runtimes);
export const extensions: readonly string[] = languageIds.flatMap((id) => languages[id].extensions);

/** When AWS ended or ends a runtime, as `2026-04-30`; dates that it has not announced are left out. */
export type RuntimeEnd = {
  /** No more security updates from this day on. */
  deprecated: string;
  /** No new functions. */
  createBlocked?: string;
  /** No changes of functions that are there. */
  updateBlocked?: string;
};

/**
 * Runtimes past the day of their deprecation.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const deprecatedRuntimes: Readonly<Record<string, RuntimeEnd>> = {
  'nodejs18.x': { deprecated: '2025-09-01', createBlocked: '2027-02-01', updateBlocked: '2027-03-03' },
  'nodejs20.x': { deprecated: '2026-04-30', createBlocked: '2027-02-01', updateBlocked: '2027-03-03' },
  'provided.al2': { deprecated: '2026-07-31' },
  'python3.10': { deprecated: '2026-10-31' },
};

/** The ending of a file's name without the dot, lower case; empty where there is none. */
export const extensionOf = (path: string): string => /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** The language of an entry file by its ending. */
export function languageOf(path: string): LanguageId | undefined {
  const extension = extensionOf(path);
  return languageIds.find((id) => languages[id].extensions.includes(extension));
}

type Packaged = { packaging: FunctionPackaging; runtime?: string };

/** The Lambda runtime of a checked function: its own, else the newest of the entry file's language. */
export function runtimeOf({ packaging, runtime }: Packaged): string {
  if (runtime !== undefined) return runtime;
  if (packaging.type === 'custom-artifact') return 'nodejs24.x';
  const newest = languages[languageOf(packaging.properties.entryfilePath) ?? 'node'].runtimes[0];
  return newest ?? 'nodejs24.x';
}

/** The `Handler` of a checked function (spec 3.2). Packaging lays the artifact out to fit. */
export function handlerOf({ packaging, runtime }: Packaged): string {
  if (packaging.type === 'custom-artifact') {
    const handler = packaging.properties.handler;
    if (handler === undefined) return 'bootstrap';
    if (runtime?.startsWith('java')) return handler;
    // `dist/api/index.js:handler`: the folder stays, since Lambda resolves the path inside the artifact.
    return handler.replace(/(?:\.[^./:]+)?:([^:]*)$/, '.$1');
  }
  const { entryfilePath, handlerFunction } = packaging.properties;
  switch (languageOf(entryfilePath)) {
    case 'python':
      return `${baseName(entryfilePath)}.${handlerFunction ?? 'handler'}`;
    case 'java':
      return javaClass(entryfilePath) + (handlerFunction === undefined ? '' : `::${handlerFunction}`);
    case 'go':
      return 'bootstrap';
    default:
      return `index.${handlerFunction ?? 'default'}`;
  }
}

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');

/** `src/main/java/posts/GetPosts.java` is the class `posts.GetPosts`. */
function javaClass(path: string): string {
  const inRoot = /(?:^|[/\\])src[/\\]main[/\\]java[/\\](.*)$/.exec(path)?.[1];
  const relative = inRoot ?? path.replace(/^(?:\.[/\\])+/, '');
  return relative.replace(/\.java$/i, '').replaceAll(/[/\\]/g, '.');
}
