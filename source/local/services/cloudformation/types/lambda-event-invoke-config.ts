import { defined, numberOf, orMissing } from './calls.ts';
import type { Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-lambda-eventinvokeconfig.html */
export const eventInvokeConfig: ResourceProvider = {
  type: 'AWS::Lambda::EventInvokeConfig',
  service: 'Lambda',
  required: ['FunctionName', 'Qualifier'],
  known: [
    'DestinationConfig',
    'FunctionName',
    'MaximumEventAgeInSeconds',
    'MaximumRetryAttempts',
    'Qualifier',
  ],
  attributes: [],
  createOnly: ['FunctionName', 'Qualifier'],
  name: ({ FunctionName, Qualifier }) => `${FunctionName}|${Qualifier}`,

  async find({ properties: { FunctionName, Qualifier }, name }, { backend }) {
    const found = await orMissing(
      backend.call('lambda', 'GetFunctionEventInvokeConfig', { FunctionName, Qualifier }),
    );
    return found === undefined ? undefined : { physicalId: name, attributes: {} };
  },

  async create({ properties, name }, { backend }) {
    await backend.call('lambda', 'PutFunctionEventInvokeConfig', inputOf(properties));
    return { physicalId: name, attributes: {} };
  },

  async update({ attributes, after }, { backend }) {
    await backend.call('lambda', 'PutFunctionEventInvokeConfig', inputOf(after));
    return attributes;
  },

  async delete({ properties: { FunctionName, Qualifier } }, { backend }) {
    await orMissing(backend.call('lambda', 'DeleteFunctionEventInvokeConfig', { FunctionName, Qualifier }));
  },
};

const inputOf = (properties: Properties) =>
  defined({
    ...properties,
    MaximumEventAgeInSeconds: numberOf(properties.MaximumEventAgeInSeconds),
    MaximumRetryAttempts: numberOf(properties.MaximumRetryAttempts),
  });
