import type { LocalFinding } from '../../model/descriptor.ts';
import type { FunctionPackaging } from './packaging.ts';

/** What a language is called, which files are written in it, and which runtimes can run it, previews last. */
type Language = { title: string; extensions: readonly string[]; runtimes: readonly string[] };

export type LanguageId = 'node' | 'python' | 'java' | 'go';

/** Languages that have runtimes but no build here: what is built of them comes as a custom artifact. */
type UnbuiltLanguageId = 'ruby' | 'dotnet' | 'php';

/**
 * The one table of runtimes. The first runtime of a language is its default (spec 4.2: the newest).
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
export const languages: Readonly<Record<LanguageId, Language>> = {
  node: {
    title: 'JavaScript or TypeScript',
    extensions: ['js', 'ts', 'mjs', 'mts', 'cjs', 'cts', 'jsx', 'tsx'],
    runtimes: ['nodejs24.x', 'nodejs22.x', 'nodejs20.x', 'nodejs18.x', 'nodejs16.x', 'nodejs26.x'],
  },
  python: {
    title: 'Python',
    extensions: ['py'],
    runtimes: [
      ...['python3.14', 'python3.13', 'python3.12', 'python3.11', 'python3.10'],
      ...['python3.9', 'python3.8', 'python3.15'],
    ],
  },
  java: {
    title: 'Java',
    extensions: ['java'],
    runtimes: [
      ...['java25', 'java21', 'java17.al2023', 'java17', 'java11.al2023', 'java11'],
      ...['java8.al2023', 'java8.al2'],
    ],
  },
  go: { title: 'Go', extensions: ['go'], runtimes: ['provided.al2023', 'provided.al2'] },
};

export const unbuiltLanguages: Readonly<Record<UnbuiltLanguageId, Language>> = {
  ruby: {
    title: 'Ruby',
    extensions: ['rb'],
    runtimes: ['ruby4.0', 'ruby3.4', 'ruby3.3', 'ruby3.2'],
  },
  dotnet: { title: 'C#', extensions: ['cs'], runtimes: ['dotnet10', 'dotnet8', 'dotnet6'] },
  php: { title: 'PHP', extensions: ['php'], runtimes: languages.go.runtimes },
};

const languageIds = Object.keys(languages) as LanguageId[];

export const runtimes: readonly string[] = [
  ...new Set(
    [...Object.values(languages), ...Object.values(unbuiltLanguages)].flatMap((one) => one.runtimes),
  ),
];
export const extensions: readonly string[] = languageIds.flatMap((id) => languages[id].extensions);

/** When AWS ends a runtime, as `2026-04-30`. */
type RuntimeEnd = {
  /** No more security updates from this day on. */
  deprecated: string;
  /** No new functions. */
  createBlocked: string;
  /** No changes of functions that are there. */
  updateBlocked: string;
};

const blockedTogether = { createBlocked: '2027-02-01', updateBlocked: '2027-03-03' };

/**
 * Runtimes past the day of their deprecation. Those that take no new functions any more are not in the tables above.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const deprecatedRuntimes: Readonly<Record<string, RuntimeEnd>> = {
  'nodejs16.x': { deprecated: '2024-06-12', ...blockedTogether },
  'nodejs18.x': { deprecated: '2025-09-01', ...blockedTogether },
  'nodejs20.x': { deprecated: '2026-04-30', ...blockedTogether },
  'python3.8': { deprecated: '2024-10-14', ...blockedTogether },
  'python3.9': { deprecated: '2025-12-15', ...blockedTogether },
  'python3.10': { deprecated: '2026-10-31', ...blockedTogether },
  'provided.al2': { deprecated: '2026-07-31', ...blockedTogether },
  'ruby3.2': { deprecated: '2026-03-31', ...blockedTogether },
  dotnet6: { deprecated: '2024-12-20', ...blockedTogether },
  dotnet8: { deprecated: '2026-11-10', ...blockedTogether },
};

/**
 * Runtimes that AWS lets try before they are released.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/lambda-runtimes.html
 */
const previewRuntimes: readonly string[] = ['nodejs26.x', 'python3.15'];

/** The newest runtime of the same kind: `nodejs24.x` for any of Node's. */
function successorOf(runtime: string): string | undefined {
  const kind = /^[a-z]+/.exec(runtime)?.[0];
  return runtimes.find((one) => /^[a-z]+/.exec(one)?.[0] === kind);
}

/** Deprecated runtimes work until AWS blocks them; when that is, it says on one page and changes it now and then. */
export function* checkRuntime(runtime: string): Iterable<LocalFinding> {
  if (previewRuntimes.includes(runtime)) {
    yield {
      severity: 'warning',
      code: 'preview-runtime',
      path: ['runtime'],
      message: `AWS published runtime ${runtime} as a preview in July 2026: it gives no support for it, and may change it.`,
      suggestion: `Use ${successorOf(runtime)} for production.`,
    };
  }
  const end = deprecatedRuntimes[runtime];
  if (!end) return;
  yield {
    severity: 'warning',
    code: 'deprecated-runtime',
    path: ['runtime'],
    message: `AWS deprecated runtime ${runtime} on ${end.deprecated}; from ${end.createBlocked} it takes no new functions with it, from ${end.updateBlocked} no changes.`,
    suggestion: `Use ${successorOf(runtime)}.`,
  };
}

/** The ending of a file's name without the dot, lower case; empty where there is none. */
export const extensionOf = (path: string): string => /\.([^./\\]+)$/.exec(path)?.[1]?.toLowerCase() ?? '';

/** The language of an entry file by its ending. */
export function languageOf(path: string): LanguageId | undefined {
  const extension = extensionOf(path);
  return languageIds.find((id) => languages[id].extensions.includes(extension));
}

type Packaged = { packaging: FunctionPackaging; runtime?: string };

/** The runtime that a `pythonVersion` means; YAML reads 3.10 as the number 3.1. */
export const pythonRuntime = (version: number | string): string | undefined =>
  languages.python.runtimes.find(
    (runtime) => runtime === `python${version}` || (version === 3.1 && runtime === 'python3.10'),
  );

/**
 * The Lambda runtime of a checked function: its own, else the one of its `pythonVersion`, since packages are
 * installed for it, else the newest of the entry file's language.
 */
export function runtimeOf({ packaging, runtime }: Packaged): string {
  const newest = languages.node.runtimes[0] ?? '';
  if (runtime !== undefined) return runtime;
  if (packaging.type === 'custom-artifact') return newest;
  const { entryfilePath, languageSpecificConfig: options = {} } = packaging.properties;
  const language = languageOf(entryfilePath) ?? 'node';
  const asked = language === 'python' && options.pythonVersion;
  return (asked && pythonRuntime(asked)) || (languages[language].runtimes[0] ?? newest);
}

/** The `Handler` of a checked function (spec 3.2). Packaging lays the artifact out to fit. */
export function handlerOf({ packaging, runtime }: Packaged): string {
  if (packaging.type === 'custom-artifact') {
    const handler = packaging.properties.handler;
    if (handler === undefined) return 'bootstrap';
    if (runtime !== undefined && hasOwnHandlerForm(runtime)) return handler;
    // `dist/api/index.js:handler`: the folder stays, since Lambda resolves the path inside the artifact. Python's
    // client takes a `./` for a part of the module's name.
    return handler.replace(/^(?:\.\/)+/, '').replace(/(?:\.[^./:]+)?:([^:]*)$/, '.$1');
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

/** Runtimes whose handlers are classes, `<package>.<Class>::<method>`, or what a bootstrap takes them to be. */
export const hasOwnHandlerForm = (runtime: string): boolean => /^(?:java|dotnet|provided)/.test(runtime);

const baseName = (path: string): string => path.replace(/^.*[/\\]/, '').replace(/\.[^.]*$/, '');

/** `src/main/java/posts/GetPosts.java` is the class `posts.GetPosts`. */
function javaClass(path: string): string {
  const inRoot = /(?:^|[/\\])src[/\\]main[/\\]java[/\\](.*)$/.exec(path)?.[1];
  const relative = inRoot ?? path.replace(/^(?:\.[/\\])+/, '');
  return relative.replace(/\.java$/i, '').replaceAll(/[/\\]/g, '.');
}
