import { ServiceError } from '../backend.ts';
import { awsQuery } from './aws-query.ts';
import type { Protocol } from './protocol.ts';
import { restXml } from './rest.ts';
import type { SignatureError } from './signature.ts';

type Words = [code: string, status: number];

/** Codes as the services answer them; S3 and the query services have words of their own. */
const words: Record<SignatureError['kind'], { query: Words; s3: Words; json: Words }> = {
  missing: {
    query: ['MissingAuthenticationToken', 403],
    s3: ['AccessDenied', 403],
    json: ['MissingAuthenticationTokenException', 400],
  },
  incomplete: {
    query: ['IncompleteSignature', 400],
    s3: ['AuthorizationHeaderMalformed', 400],
    json: ['IncompleteSignatureException', 400],
  },
  'unknown-key': {
    query: ['InvalidClientTokenId', 403],
    s3: ['InvalidAccessKeyId', 403],
    json: ['UnrecognizedClientException', 400],
  },
  mismatch: {
    query: ['SignatureDoesNotMatch', 403],
    s3: ['SignatureDoesNotMatch', 403],
    json: ['InvalidSignatureException', 400],
  },
  skewed: {
    query: ['SignatureDoesNotMatch', 403],
    s3: ['RequestTimeTooSkewed', 403],
    json: ['InvalidSignatureException', 400],
  },
  expired: {
    query: ['RequestExpired', 400],
    s3: ['AccessDenied', 403],
    json: ['InvalidSignatureException', 400],
  },
  'expired-token': {
    query: ['ExpiredToken', 403],
    s3: ['ExpiredToken', 400],
    json: ['ExpiredTokenException', 400],
  },
};

/** A refused signature in the words of the protocol that the request is in. */
export function refusal(error: SignatureError, protocol: Protocol): ServiceError {
  const kind = words[error.kind];
  const [code, status] = protocol === awsQuery ? kind.query : protocol === restXml ? kind.s3 : kind.json;
  return new ServiceError(code, error.message, status);
}
