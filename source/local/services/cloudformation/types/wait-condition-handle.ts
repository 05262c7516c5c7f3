import { randomUUID } from 'node:crypto';
import type { ResourceProvider } from './provider.ts';

/** Stands for nothing but itself, which is what templates without other resources use it for. */
export const waitConditionHandle: ResourceProvider = {
  type: 'AWS::CloudFormation::WaitConditionHandle',
  service: 'CloudFormation',
  required: [],
  known: [],
  attributes: [],
  createOnly: [],
  async create(_creation, { backend, stackName, logicalId }) {
    return {
      physicalId: `${backend.endpoint}/wait/${stackName}/${logicalId}/${randomUUID()}`,
      attributes: {},
    };
  },
  async delete() {},
};
