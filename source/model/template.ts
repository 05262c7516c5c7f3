import type { Value } from './intrinsic.ts';

/** One entry of `Resources` in a CloudFormation template. */
export type TemplateResource = {
  Type: string;
  Properties?: Record<string, Value | undefined>;
  DependsOn?: string[];
  DeletionPolicy?: 'Delete' | 'Retain' | 'RetainExceptOnCreate' | 'Snapshot';
  UpdateReplacePolicy?: 'Delete' | 'Retain' | 'Snapshot';
  UpdatePolicy?: Record<string, Value>;
  CreationPolicy?: Record<string, Value>;
  Condition?: string;
  /** `stp:resource` names the resource of the config that this one belongs to; screens build their tree from it. */
  Metadata?: { 'stp:resource'?: string; [key: string]: Value | undefined };
};

/** In the metadata of a CloudFront distribution that a deploy makes forget what it keeps. */
export const invalidationMark = 'stp:invalidate';

/** One entry of `Parameters`. Artifact locations are parameters so that synthesis needs no build. */
export type TemplateParameter = {
  Type: 'String' | 'Number';
  Default?: string;
  Description?: string;
  NoEcho?: boolean;
};

/** One entry of `Outputs`. */
export type TemplateOutput = { Value: Value; Description?: string; Export?: { Name: Value } };

/** A CloudFormation template as an object. Keys are in the order in which they are to be printed. */
export type Template = {
  AWSTemplateFormatVersion: '2010-09-09';
  Description?: string;
  /** `stp:provided`: what the stack has at providers besides AWS. */
  Metadata?: Record<string, Value>;
  Parameters?: Record<string, TemplateParameter>;
  Conditions?: Record<string, Value>;
  Resources: Record<string, TemplateResource>;
  Outputs?: Record<string, TemplateOutput>;
};
