import { getAtt, sub, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';

/** Lambda's name of a function: 64 characters at most. */
export const lambdaName = (names: Names, name: string): string => names.physicalName(name, 64);

/** The log group that Lambda writes to. */
export const logGroupName = (names: Names, name: string): string => `/aws/lambda/${lambdaName(names, name)}`;

/** ARN of a function, written out and not by reference, so that nobody waits for the function who has it. */
export const literalArn = (names: Names, name: string, qualifier = ''): Value =>
  sub(
    `arn:\${AWS::Partition}:lambda:\${AWS::Region}:\${AWS::AccountId}:function:${lambdaName(names, name)}${qualifier}`,
  );

/** What points at a function from outside: its ARN, which makes CloudFormation create the function first. */
export const functionTarget = (names: Names, name: string): Value =>
  getAtt(names.logicalId(name, 'AWS::Lambda::Function'), 'Arn');

/** The template parameter that holds the S3 key of a function's artifact. */
export const artifactKeyParameter = (names: Names, name: string): string =>
  names.logicalId(name, 'ArtifactKey');
