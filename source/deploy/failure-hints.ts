/** What to do about failures that users meet often; the first that matches is said. */
const hints: { matches: RegExp; hint: string }[] = [
  {
    matches: /non-secure ssm prefix|SecureString/i,
    hint: "The parameter is a secure one. Write $SsmParam('…', 'secure') where CloudFormation takes it; for a function use $Secret, or let it read the parameter itself.",
  },
  {
    matches: /Secrets Manager can't find the specified secret/i,
    hint: 'Make the secret in this account and Region with `aws secretsmanager create-secret`, or correct its name in $Secret(…).',
  },
  {
    matches: /could not find a value associated with JSONKey/i,
    hint: 'The secret has no such key. What stands after the first dot in $Secret(…) is a key of its JSON.',
  },
  {
    matches: /conflicting variable on the same hierarchical level/i,
    hint: 'A parameter of a route has a new name, and CloudFormation makes the new route before it removes the old one. Deploy once without the route, then with it; or keep the name.',
  },
  {
    matches: /already exists/i,
    hint: 'Something with this name is there already, outside of this stack or left behind by another one. Remove or rename it, or deploy to another stage.',
  },
  {
    matches: /is not authorized to perform|AccessDenied|not authorized/i,
    hint: 'The user or role that deploys lacks this permission. Add it, or deploy with another profile.',
  },
  {
    matches: /NoSuchKey|NoSuchBucket|error occurred while GetObject/i,
    hint: 'The artifact is no longer in the artifact bucket. Deploy again, which sends it anew.',
  },
  {
    matches: /role defined for the function cannot be assumed|cannot be assumed by Lambda/i,
    hint: 'A role takes some seconds to be known everywhere. Deploy again; if it stays, look at the trust policy of the role.',
  },
  {
    matches: /decreases account's UnreservedConcurrentExecution below/i,
    hint: 'AWS keeps at least 100 concurrent executions unreserved in an account. Lower `reservedConcurrency`, or ask AWS for a higher quota.',
  },
  {
    matches: /Unzipped size must be smaller than/i,
    hint: 'Lambda takes at most 250 MB unzipped, layers included. `stp package` shows the sizes; leave packages out of the bundle or use a layer.',
  },
  {
    matches: /environment variables you have provided exceeded the 4KB limit/i,
    hint: 'Environment variables may take 4 KB together. Keep long values in a secret or a parameter and read them at start.',
  },
  {
    matches: /Rate exceeded|Throttling/i,
    hint: 'AWS limits the rate of calls in this account. Deploy again in a few minutes.',
  },
  {
    matches: /quota|limit exceeded|LimitExceeded|maximum number of/i,
    hint: 'A quota of the account is reached. See Service Quotas in the AWS console, or remove what is no longer used.',
  },
  {
    matches: /bucket you tried to delete is not empty|BucketNotEmpty/i,
    hint: 'The bucket holds objects. `stp delete` empties it after asking.',
  },
  {
    matches: /deletion protection/i,
    hint: 'It is protected against deletion. Turn the protection off with a deploy first, then remove it.',
  },
  {
    matches: /cannot update a stack when a custom-named resource requires replacing/i,
    hint: 'A resource with a fixed name cannot be replaced in place, because both would have that name. Rename it.',
  },
];

/** A sentence on what to do, for messages that are known. */
export function hintForFailure(message: string): string | undefined {
  return hints.find((one) => one.matches.test(message))?.hint;
}
