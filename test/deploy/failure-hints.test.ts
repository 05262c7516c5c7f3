import { expect, test } from 'vitest';
import { hintForFailure } from '../../source/deploy/failure-hints.ts';

test.each([
  ['Non-secure ssm prefix was used for secure parameter: /p', "$SsmParam('…', 'secure')"],
  [
    "Secrets Manager can't find the specified secret. (Service: AWSSecretsManager; Status Code: 400)",
    'aws secretsmanager create-secret',
  ],
  ['Could not find a value associated with JSONKey in SecretString', 'after the first dot'],
  [
    'The provided route key "GET /posts/{id}" has a conflicting variable on the same hierarchical level as "GET /posts/{name}"',
    'Deploy once without the route',
  ],
  ['Something else', undefined],
])('%s', (message, hint) => {
  if (hint === undefined) expect(hintForFailure(message)).toBeUndefined();
  else expect(hintForFailure(message)).toContain(hint);
});
