import { statSync } from 'node:fs';
import { join } from 'node:path';
import { lookup } from 'mrmime';
import { UserError } from '../../model/errors.ts';
import { listTree } from '../../packaging/file-tree.ts';
import { matchGlobs } from '../../packaging/stamps.ts';
import type { FolderUpload } from '../../synth/synthesize-stack.ts';

export type FolderFile = {
  /** Of the object: the path in the folder. */
  key: string;
  /** Absolute. */
  path: string;
  bytes: number;
  /** By their names in lower case. */
  headers: Record<string, string>;
  tags: Record<string, string>;
};

type Preset = NonNullable<FolderUpload['properties']['headersPreset']>;

const neverInBrowsers = 'public, max-age=0, must-revalidate';
const inCdnAlone = 'public, max-age=0, s-maxage=31536000, must-revalidate';
const forEver = 'public, max-age=31536000, immutable';

/** `cache-control` of a file. Names that builds put a hash into never get other content. */
const cacheControl: Readonly<Record<Preset, (key: string) => string>> = {
  'static-website': () => inCdnAlone,
  'single-page-app': (key) => (key.endsWith('.html') ? neverInBrowsers : forEver),
  // https://www.gatsbyjs.com/docs/caching/
  'gatsby-static-website': (key) => {
    if (key.startsWith('static/')) return forEver;
    return /\.(?:js|css)$/.test(key) && key !== 'sw.js' ? forEver : neverInBrowsers;
  },
};

/**
 * The files of a folder with what they are served with. Later entries of `fileOptions` win over earlier ones, and all
 * of them over the preset.
 * @throws UserError `missing-directory`, and `empty-directory`, since a build that made nothing must not empty a site
 */
export function readFolder({ resource, properties }: FolderUpload, projectDirectory: string): FolderFile[] {
  const { directoryPath, headersPreset, excludeFilesPatterns = [], fileOptions = [] } = properties;
  const directory = join(projectDirectory, directoryPath);
  if (!statSync(directory, { throwIfNoEntry: false })?.isDirectory()) {
    throw new UserError(
      `${resource}: the folder ${directoryPath} is not there, so that nothing can be uploaded.`,
      {
        code: 'missing-directory',
        exitCode: 1,
        hint: 'Build it, and deploy again.',
      },
    );
  }
  const excluded = new Set(matchGlobs(directory, { include: excludeFilesPatterns, exclude: [] }));
  const files: FolderFile[] = listTree(directory)
    .filter(({ path }) => !excluded.has(path))
    .map(({ path: key, size }) => ({
      key,
      path: join(directory, key),
      bytes: size,
      headers: {
        'content-type': contentType(key),
        ...(headersPreset && { 'cache-control': cacheControl[headersPreset](key) }),
      },
      tags: {},
    }));
  if (files.length === 0) {
    throw new UserError(`${resource}: the folder ${directoryPath} has no files; the bucket stays as it is.`, {
      code: 'empty-directory',
      exitCode: 1,
      hint: 'Build it, and deploy again.',
    });
  }
  for (const { includePattern, excludePattern, headers = [], tags = [] } of fileOptions) {
    const exclude = excludePattern === undefined ? [] : [excludePattern];
    const chosen = new Set(matchGlobs(directory, { include: [includePattern], exclude }));
    for (const file of files) {
      if (!chosen.has(file.key)) continue;
      for (const { key, value } of headers) file.headers[key.toLowerCase()] = value;
      for (const { key, value } of tags) file.tags[key] = value;
    }
  }
  return files;
}

function contentType(key: string): string {
  const type = lookup(key) ?? 'application/octet-stream';
  return type.startsWith('text/') ? `${type}; charset=utf-8` : type;
}
