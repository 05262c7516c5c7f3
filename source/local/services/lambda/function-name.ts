import type { Backend } from '../../backend.ts';
import { constraintBroken } from './errors.ts';

export type FunctionReference = { name: string; qualifier: string | undefined };

const pattern =
  /^(?:arn:aws[a-z-]*:lambda:[a-z0-9-]+:\d{12}:function:|\d{12}:function:|function:)?([a-zA-Z0-9-_]+)(?::(\$LATEST|[a-zA-Z0-9-_]+))?$/;

/** A function is named by its name, by its ARN or by a part of that, each with or without a version or alias behind it. */
export function parseFunctionName(text: string | undefined, qualifier?: string): FunctionReference {
  const match = pattern.exec(text ?? '');
  const name = match?.[1];
  if (name === undefined || (text ?? '').length > 256) {
    throw constraintBroken(
      'functionName',
      text,
      'satisfy regular expression pattern: (arn:(aws[a-zA-Z-]*)?:lambda:)?([a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST|[a-zA-Z0-9-_]+))?',
    );
  }
  return { name, qualifier: qualifier ?? match?.[2] };
}

/** `arn:aws:lambda:us-east-1:000000000000:function:posts`, with the qualifier behind it where there is one. */
export function functionArn(backend: Backend, name: string, qualifier?: string): string {
  const arn = `arn:aws:lambda:${backend.region}:${backend.accountId}:function:${name}`;
  return qualifier === undefined ? arn : `${arn}:${qualifier}`;
}
