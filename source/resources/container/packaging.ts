import * as Type from 'typebox';
import type { CheckContext, LocalFinding } from '../../model/descriptor.ts';
import type { Value } from '../../model/intrinsic.ts';
import type { StackBuilder } from '../../model/stack-builder.ts';
import { closedObject, staticText, type VariantOf, variants } from '../schema.ts';

const command = Type.Optional(
  Type.Array(Type.String(), { title: 'Command', description: 'Replaces the command of the image.' }),
);

const branches = {
  'prebuilt-image': {
    title: 'Prebuilt image',
    description: 'An image that a registry has already.',
    schema: closedObject({
      image: Type.String({ title: 'Image', description: 'Name, with tag or digest.', minLength: 1 }),
      command,
    }),
  },
  'stacktape-image-buildpack': {
    title: 'Image from source',
    description: 'Bundles the entry file into an image.',
    schema: closedObject(
      {
        entryfilePath: staticText({
          title: 'Entry file',
          description: 'Path of the file that starts the program, relative to the config.',
          minLength: 1,
        }),
      },
      {
        'stp:later': [
          'includeFiles',
          'excludeFiles',
          'excludeDependencies',
          'languageSpecificConfig',
          'requiresGlibcBinaries',
          'customDockerBuildCommands',
        ],
      },
    ),
  },
  'custom-dockerfile': {
    title: 'Dockerfile',
    description: 'Builds the image from a Dockerfile.',
    schema: closedObject({
      buildContextPath: staticText({
        title: 'Build context',
        description: 'Folder that the build sees, relative to the config.',
        minLength: 1,
      }),
      dockerfilePath: Type.Optional(
        staticText({ description: 'Relative to the build context. Default: Dockerfile.', minLength: 1 }),
      ),
      buildArgs: Type.Optional(
        Type.Array(
          closedObject({
            argName: staticText({ description: 'Name of the argument.', minLength: 1 }),
            value: staticText({ description: 'Its value.' }),
          }),
          { description: 'Arguments of the build.', 'stp:uniqueBy': 'argName' },
        ),
      ),
      command,
    }),
  },
} as const;

/** Where the image of a container comes from. */
export const containerPackagingSchema = variants(branches, {
  noun: 'packaging type',
  title: 'Packaging',
  description: 'Where the image comes from.',
  'stp:laterTypes': ['external-buildpack', 'nixpacks'],
});

export type ContainerPackaging = VariantOf<typeof branches>;

/** Files that an image is built from have to be there. */
export function* checkContainerPackaging(
  packaging: ContainerPackaging,
  path: readonly string[],
  context: CheckContext,
): Iterable<LocalFinding> {
  if (packaging.type === 'prebuilt-image' || !packaging.properties) return;
  const [key, file, kind] =
    packaging.type === 'custom-dockerfile'
      ? (['buildContextPath', packaging.properties.buildContextPath, 'directory'] as const)
      : (['entryfilePath', packaging.properties.entryfilePath, 'file'] as const);
  if (typeof file !== 'string' || !context.pathKind || context.pathKind(file) !== undefined) return;
  yield {
    code: 'file-not-found',
    path: [...path, 'properties', key],
    message: `There is no ${kind === 'file' ? 'file' : 'folder'} ${file}.`,
    expected: 'a path relative to the config',
  };
}

/** The image: what the config names, or a parameter, so that synthesis needs no build. */
export function imageOf(name: string, packaging: ContainerPackaging, stack: StackBuilder): Value {
  if (packaging.type === 'prebuilt-image') return packaging.properties.image;
  return stack.parameter(stack.names.logicalId(name, 'ImageUri'), {
    Type: 'String',
    Description: `Image of ${name}, which has to be built`,
  });
}

/** The command that replaces the image's own. */
export const commandOf = (packaging: ContainerPackaging): string[] | undefined =>
  packaging.type === 'stacktape-image-buildpack' ? undefined : packaging.properties.command;
