import { randomInt } from 'node:crypto';

const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789';

/** Twelve letters and digits, as at the end of the names that CloudFormation makes. */
export function randomSuffix(): string {
  let suffix = '';
  for (let index = 0; index < 12; index++) suffix += alphabet[randomInt(alphabet.length)];
  return suffix;
}

/** `{stack}-{logicalId}-{RANDOM12}`, both halves cut so that the whole fits into `limit`. */
export function generatedName(stackName: string, logicalId: string, limit: number): string {
  const room = limit - 14;
  const idLength = Math.min(logicalId.length, Math.max(Math.floor(room / 2), room - stackName.length));
  const stackLength = Math.min(stackName.length, room - idLength);
  return `${stackName.slice(0, stackLength)}-${logicalId.slice(0, idLength)}-${randomSuffix()}`;
}
