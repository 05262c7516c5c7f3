import { sub, type Value } from '../../model/intrinsic.ts';
import type { Names } from '../../model/stack-builder.ts';

export const batchName = (names: Names, name: string): string => names.physicalName(name, 128);
export const machineName = (names: Names, name: string): string => names.physicalName(name, 80);
export const definitionId = (names: Names, name: string): string =>
  names.logicalId(name, 'AWS::Batch::JobDefinition');

export const arn = (service: string, rest: string): Value =>
  sub(`arn:\${AWS::Partition}:${service}:\${AWS::Region}:\${AWS::AccountId}:${rest}`);

/** Written out: what invokes the job and what the job invokes would wait for each other. */
export const machineArn = (names: Names, name: string): Value =>
  arn('states', `stateMachine:${machineName(names, name)}`);

/** Without a revision, whose number follows the name, Batch takes the newest. */
export const definitionArn = (names: Names, name: string): Value =>
  arn('batch', `job-definition/${batchName(names, name)}`);

export const submitted = (names: Names, name: string): Value[] => [
  definitionArn(names, name),
  arn('batch', `job-definition/${batchName(names, name)}:*`),
  arn('batch', `job-queue/${batchName(names, name)}`),
];
