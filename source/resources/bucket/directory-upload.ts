import * as Type from 'typebox';
import type { Config } from '../../model/config.ts';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import { isKeptHeader, keptHeaders } from '../../model/object-headers.ts';
import type { Names } from '../../model/stack-builder.ts';
import { closedObject, oneOf, staticText } from '../schema.ts';

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

/** Files that a deploy puts into the bucket. What somebody else has put there stays. */
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

export type DirectoryUpload = Type.Static<typeof directoryUploadSchema>;

/** A folder that a deploy copies into a bucket. */
export type FolderUpload = {
  /** The bucket in the config. */
  resource: string;
  logicalId: string;
  properties: DirectoryUpload;
};

export const folderUploads = (config: Config, names: Names): FolderUpload[] =>
  config.resources.flatMap(({ type, name, properties }) => {
    const upload = type === 'bucket' && (properties.directoryUpload as DirectoryUpload | undefined);
    if (!upload) return [];
    return [{ resource: name, logicalId: names.logicalId(name, 'AWS::S3::Bucket'), properties: upload }];
  });

/** S3 stores some headers and drops others without a word. */
function* checkHeaders({ fileOptions = [] }: DirectoryUpload): Iterable<LocalFinding> {
  for (const [index, { headers = [] }] of fileOptions.entries()) {
    for (const [position, { key }] of headers.entries()) {
      if (isKeptHeader(key)) continue;
      yield {
        code: 'unknown-header',
        path: ['directoryUpload', 'fileOptions', index, 'headers', position, 'key'],
        message: `S3 keeps no header "${key}" with an object.`,
        expected: `${keptHeaders.join(', ')}, or a name that begins with x-amz-meta-`,
      };
    }
  }
}

/** Folders are often made by a hook of the deploy, so that one that is not there yet is no error. */
function* checkDirectoryPath(directory: string, { pathKind }: CheckContext): Iterable<LocalFinding> {
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

export function* checkDirectory(upload: DirectoryUpload, context: CheckContext): Iterable<LocalFinding> {
  yield* checkDirectoryPath(upload.directoryPath, context);
  yield* checkHeaders(upload);
}
