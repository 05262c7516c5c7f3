import type {
  CreateRoleCommandOutput,
  GetRoleCommandOutput,
  ListAttachedRolePoliciesCommandOutput,
  ListRolePoliciesCommandOutput,
  Role,
} from '@aws-sdk/client-iam';
import type { Backend } from '../../../backend.ts';
import { sameValue } from '../diff.ts';
import { generatedName } from '../names.ts';
import { defined, documentText, listOf, numberOf, objectsOf, orMissing, orUnavailable } from './calls.ts';
import type { Made, Properties, ResourceProvider } from './provider.ts';

/** @see https://docs.aws.amazon.com/AWSCloudFormation/latest/TemplateReference/aws-resource-iam-role.html */
export const role: ResourceProvider = {
  type: 'AWS::IAM::Role',
  service: 'Iam',
  required: ['AssumeRolePolicyDocument'],
  known: [
    'AssumeRolePolicyDocument',
    'Description',
    'ManagedPolicyArns',
    'MaxSessionDuration',
    'Path',
    'PermissionsBoundary',
    'Policies',
    'RoleName',
    'Tags',
  ],
  attributes: ['Arn', 'RoleId'],
  createOnly: ['RoleName', 'Path'],
  nameProperty: 'RoleName',
  tags: 'list',
  iam: true,
  name: ({ RoleName }, { stackName, logicalId }) =>
    RoleName === undefined ? generatedName(stackName, logicalId, 64) : String(RoleName),

  async find({ name }, { backend }) {
    const found = await orMissing(backend.call<GetRoleCommandOutput>('iam', 'GetRole', { RoleName: name }));
    return describe(found?.Role);
  },

  async create({ properties, name, made }, { backend }) {
    const created = await backend.call<CreateRoleCommandOutput>(
      'iam',
      'CreateRole',
      defined({
        RoleName: name,
        Path: properties.Path,
        AssumeRolePolicyDocument: documentText(properties.AssumeRolePolicyDocument),
        Description: properties.Description,
        MaxSessionDuration: numberOf(properties.MaxSessionDuration),
        PermissionsBoundary: properties.PermissionsBoundary,
        Tags: properties.Tags,
      }),
    );
    const result = describe(created.Role) ?? { physicalId: name, attributes: {} };
    made(result);
    await putPolicies(backend, name, {}, properties);
    return result;
  },

  async update({ physicalId, attributes, before, after }, { backend }) {
    await backend.call('iam', 'UpdateAssumeRolePolicy', {
      RoleName: physicalId,
      PolicyDocument: documentText(after.AssumeRolePolicyDocument),
    });
    if (
      !sameValue(
        [before.Description, before.MaxSessionDuration],
        [after.Description, after.MaxSessionDuration],
      )
    ) {
      await backend.call(
        'iam',
        'UpdateRole',
        defined({
          RoleName: physicalId,
          Description: after.Description ?? '',
          MaxSessionDuration: numberOf(after.MaxSessionDuration) ?? 3600,
        }),
      );
    }
    await putPolicies(backend, physicalId, before, after);
    if (!sameValue(before.PermissionsBoundary, after.PermissionsBoundary)) {
      const RoleName = physicalId;
      const { PermissionsBoundary } = after;
      await (PermissionsBoundary === undefined
        ? orMissing(backend.call('iam', 'DeleteRolePermissionsBoundary', { RoleName }))
        : backend.call('iam', 'PutRolePermissionsBoundary', { RoleName, PermissionsBoundary }));
    }
    if (!sameValue(before.Tags ?? [], after.Tags ?? [])) {
      const keys = objectsOf(after.Tags).map((tag) => tag.Key);
      const gone = objectsOf(before.Tags).flatMap((tag) => (keys.includes(tag.Key) ? [] : [tag.Key]));
      await orUnavailable(backend.call('iam', 'UntagRole', { RoleName: physicalId, TagKeys: gone }));
      await orUnavailable(backend.call('iam', 'TagRole', { RoleName: physicalId, Tags: listOf(after.Tags) }));
    }
    return attributes;
  },

  async delete({ physicalId: RoleName }, { backend }) {
    const inline = await orMissing(
      backend.call<ListRolePoliciesCommandOutput>('iam', 'ListRolePolicies', { RoleName }),
    );
    if (inline === undefined) return;
    for (const PolicyName of inline.PolicyNames ?? []) {
      await orMissing(backend.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
    }
    const attached = await backend.call<ListAttachedRolePoliciesCommandOutput>(
      'iam',
      'ListAttachedRolePolicies',
      {
        RoleName,
      },
    );
    for (const { PolicyArn } of attached.AttachedPolicies ?? []) {
      await orMissing(backend.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    }
    await orMissing(backend.call('iam', 'DeleteRole', { RoleName }));
  },
};

const describe = (found: Role | undefined): Made | undefined =>
  found?.RoleName === undefined
    ? undefined
    : { physicalId: found.RoleName, attributes: { Arn: found.Arn ?? '', RoleId: found.RoleId ?? '' } };

async function putPolicies(
  backend: Backend,
  RoleName: string,
  before: Properties,
  after: Properties,
): Promise<void> {
  const wanted = objectsOf(after.Policies);
  for (const { PolicyName, PolicyDocument } of wanted) {
    await backend.call('iam', 'PutRolePolicy', {
      RoleName,
      PolicyName,
      PolicyDocument: documentText(PolicyDocument),
    });
  }
  for (const { PolicyName } of objectsOf(before.Policies)) {
    if (wanted.some((policy) => policy.PolicyName === PolicyName)) continue;
    await orMissing(backend.call('iam', 'DeleteRolePolicy', { RoleName, PolicyName }));
  }
  const arns = listOf(after.ManagedPolicyArns);
  for (const PolicyArn of arns) await backend.call('iam', 'AttachRolePolicy', { RoleName, PolicyArn });
  for (const PolicyArn of listOf(before.ManagedPolicyArns)) {
    if (!arns.includes(PolicyArn)) {
      await orMissing(backend.call('iam', 'DetachRolePolicy', { RoleName, PolicyArn }));
    }
  }
}
