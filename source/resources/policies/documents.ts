import type { Value } from '../../model/intrinsic.ts';
import type { PolicyStatement } from '../../model/policy.ts';

/** The version is that of the language, which has had no other since. */
export const policyDocument = (statements: readonly PolicyStatement[]) => ({
  Version: '2012-10-17',
  Statement: statements,
});

/** One entry of the `Policies` of a role; none where it would say nothing. */
export const inlinePolicy = (PolicyName: string, statements: readonly PolicyStatement[]) =>
  statements.length === 0 ? [] : [{ PolicyName, PolicyDocument: policyDocument(statements) }];

/** Lets a service of AWS take on a role. */
export const trustPolicy = (service: string, Condition?: Value): Value => ({
  Version: '2012-10-17',
  Statement: [
    {
      Effect: 'Allow',
      Principal: { Service: service },
      Action: 'sts:AssumeRole',
      ...(Condition === undefined ? {} : { Condition }),
    },
  ],
});
