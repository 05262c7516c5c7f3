/** Headers that S3 keeps with an object and answers with, in lower case. */
export const keptHeaders: readonly string[] = [
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
];

export const metadataPrefix = 'x-amz-meta-';

export const isKeptHeader = (name: string): boolean =>
  keptHeaders.includes(name.toLowerCase()) || name.toLowerCase().startsWith(metadataPrefix);
