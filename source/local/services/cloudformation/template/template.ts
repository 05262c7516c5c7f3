/** A template after parsing: JSON values with long-form intrinsic functions, shape checked. */
export type ParsedTemplate = {
  description: string | undefined;
  metadata: unknown;
  version: string | undefined;
  transforms: string[];
  parameters: Map<string, ParameterDefinition>;
  mappings: Record<string, Record<string, Record<string, unknown>>>;
  conditions: Map<string, unknown>;
  resources: Map<string, ResourceDefinition>;
  outputs: Map<string, OutputDefinition>;
};

export type ParameterDefinition = {
  type: string;
  defaultValue: string | undefined;
  description: string | undefined;
  noEcho: boolean;
  allowedValues: string[] | undefined;
  allowedPattern: string | undefined;
  constraintDescription: string | undefined;
  minLength: number | undefined;
  maxLength: number | undefined;
  minValue: number | undefined;
  maxValue: number | undefined;
};

export type DeletionPolicy = 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';

export type ResourceDefinition = {
  type: string;
  properties: Record<string, unknown>;
  dependsOn: string[];
  condition: string | undefined;
  deletionPolicy: DeletionPolicy;
  updateReplacePolicy: 'Delete' | 'Retain' | 'Snapshot';
  metadata: unknown;
};

export type OutputDefinition = {
  value: unknown;
  description: string | undefined;
  exportName: unknown;
  condition: string | undefined;
};

/** `Object` with string keys, which a YAML or JSON mapping is. */
export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Limits of CloudFormation. @see https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/cloudformation-limits.html */
export const templateLimits = {
  bodyBytes: 51_200,
  urlBytes: 1_048_576,
  resources: 500,
  parameters: 200,
  outputs: 200,
  mappings: 200,
} as const;
