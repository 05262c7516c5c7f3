import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../model/descriptor.ts';
import { closedObject, oneOf, staticText } from './schema.ts';

const pairs = (description: string) =>
  Type.Optional(
    Type.Array(
      closedObject({
        key: staticText({ description: 'Its name.', minLength: 1 }),
        value: staticText({ description: 'Its value.' }),
      }),
      { description },
    ),
  );

const globs = (description: string) =>
  Type.Optional(Type.Array(staticText({ minLength: 1 }), { description }));

/** Files that a deploy puts into the bucket; the bucket then holds these and no others. */
export const directoryUploadSchema = closedObject(
  {
    directoryPath: staticText({ title: 'Folder', description: 'Relative to the config.', minLength: 1 }),
    headersPreset: Type.Optional(
      oneOf(['static-website', 'gatsby-static-website', 'single-page-app'], {
        title: 'Headers',
        description: 'Cache headers that suit a kind of site.',
      }),
    ),
    excludeFilesPatterns: globs('Globs of files that stay out.'),
    fileOptions: Type.Optional(
      Type.Array(
        closedObject({
          includePattern: staticText({ description: 'Glob of the files.', minLength: 1 }),
          excludePattern: Type.Optional(
            staticText({ description: 'Glob of files that are left as they are.' }),
          ),
          headers: pairs('Headers that the files are served with.'),
          tags: pairs('Tags of the objects.'),
        }),
        { title: 'Files', description: 'Headers and tags of some of the files.' },
      ),
    ),
    disableS3TransferAcceleration: Type.Optional(
      Type.Boolean({
        'stp:static': true,
        description: 'Whether files go straight to the Region of the bucket.',
        default: true,
      }),
    ),
  },
  { title: 'Folder upload', description: 'A folder that each deploy copies into the bucket.' },
);

/** Folders are often made by a hook of the deploy, so that one that is not there yet is no error. */
export function* checkDirectory(directory: string, { pathKind }: CheckContext): Iterable<LocalFinding> {
  const kind = pathKind?.(directory);
  if (!pathKind || kind === 'directory') return;
  const path = ['directoryUpload', 'directoryPath'];
  if (kind === 'file') {
    yield {
      code: 'not-a-directory',
      path,
      message: `directoryPath "${directory}" is a file, not a folder.`,
      suggestion: 'Paths are relative to the folder of the config.',
    };
  } else {
    yield {
      severity: 'warning',
      code: 'missing-directory',
      path,
      message: `directoryPath "${directory}" does not exist yet.`,
      suggestion: 'Build it before the deploy, for example in a "beforeDeploy" hook.',
    };
  }
}
