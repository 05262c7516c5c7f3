import type * as Sdk from '@aws-sdk/client-cloudformation';
import type { Operation } from '../../../backend.ts';
import type { Environment } from '../engine/run.ts';
import { validationError } from '../errors.ts';
import { requiredCapabilities } from '../template/capabilities.ts';
import { checkTemplate } from '../template/check-template.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { requireChangeSet } from './change-set-operations.ts';
import { requireStack, templateText } from './requests.ts';

export const getTemplate =
  ({ store }: Environment): Operation<Sdk.GetTemplateCommandInput, Sdk.GetTemplateCommandOutput> =>
  (input) => {
    const definition =
      input.ChangeSetName === undefined
        ? requireStack(store, input.StackName).definition
        : requireChangeSet(store, input.ChangeSetName, input.StackName).definition;
    return {
      TemplateBody: definition === undefined ? '' : store.template(definition.template),
      StagesAvailable: ['Original', 'Processed'],
    };
  };

export const validateTemplate =
  ({
    backend,
    store,
  }: Environment): Operation<Sdk.ValidateTemplateCommandInput, Sdk.ValidateTemplateCommandOutput> =>
  async (input) => {
    const template = parseTemplate(await templateText(backend, store, input));
    checkTemplate(template);
    const { capabilities, reason } = requiredCapabilities(template);
    return {
      Description: template.description,
      Parameters: [...template.parameters].map(([ParameterKey, parameter]) => ({
        ParameterKey,
        DefaultValue: parameter.defaultValue,
        NoEcho: parameter.noEcho,
        Description: parameter.description,
      })),
      Capabilities: capabilities,
      CapabilitiesReason: reason,
      DeclaredTransforms: template.transforms,
    };
  };

export const getTemplateSummary =
  ({
    backend,
    store,
  }: Environment): Operation<Sdk.GetTemplateSummaryCommandInput, Sdk.GetTemplateSummaryCommandOutput> =>
  async (input) => {
    const stack = input.StackName === undefined ? undefined : requireStack(store, input.StackName);
    if (stack !== undefined && stack.definition === undefined) {
      throw validationError(`Stack ${stack.name} has no template yet`);
    }
    const text =
      stack?.definition === undefined
        ? await templateText(backend, store, input)
        : store.template(stack.definition.template);
    const template = parseTemplate(text);
    const { capabilities, reason } = requiredCapabilities(template);
    return {
      Description: template.description,
      Version: template.version,
      Metadata: template.metadata === undefined ? undefined : JSON.stringify(template.metadata),
      DeclaredTransforms: template.transforms,
      Capabilities: capabilities,
      CapabilitiesReason: reason,
      ResourceTypes: [...new Set([...template.resources.values()].map((resource) => resource.type))],
      Parameters: [...template.parameters].map(([ParameterKey, parameter]) => ({
        ParameterKey,
        DefaultValue: parameter.defaultValue,
        ParameterType: parameter.type,
        NoEcho: parameter.noEcho,
        Description: parameter.description,
        ParameterConstraints: { AllowedValues: parameter.allowedValues },
      })),
    };
  };
