import type { Value } from './intrinsic.ts';

/**
 * One statement of an IAM policy as it stands in a template (resources may be intrinsic functions).
 * @see https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
 */
export type PolicyStatement = {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action?: string[];
  NotAction?: string[];
  Resource?: Value;
  NotResource?: Value;
  Principal?: Value;
  Condition?: Record<string, Record<string, Value>>;
};
