import { UserError } from '../model/errors.ts';

/** Stack names end with the stage and have 128 characters at most. */
const maximumLength = 64;

/**
 * A valid service name out of a folder's: `My App_2` becomes `My-App-2`.
 * @throws UserError where nothing of the folder's name can be used
 */
export function serviceNameFrom(folderName: string): string {
  const name = folderName
    .normalize('NFKD')
    .replaceAll(/[\u0300-\u036f]/g, '')
    .replaceAll(/[^a-zA-Z0-9]+/g, '-')
    .replace(/^[^a-zA-Z]+/, '')
    .slice(0, maximumLength)
    .replace(/-+$/, '');
  if (name === '') {
    throw new UserError(`no service name can be made of the folder's name "${folderName}"`, {
      code: 'invalid-name',
      hint: 'Give one with --name.',
    });
  }
  return name;
}

/** What is wrong with a service name; undefined where it is valid. Spec: functions.md, section 1. */
export function nameProblem(name: string): string | undefined {
  if (!/^[a-zA-Z][-a-zA-Z0-9]*$/.test(name)) {
    return `"${name}" is not a service name: letters, digits and hyphens, beginning with a letter`;
  }
  return name.length > maximumLength ? `"${name}" is longer than ${maximumLength} characters` : undefined;
}

/** npm wants lower case. */
export const packageNameOf = (serviceName: string): string => serviceName.toLowerCase();
