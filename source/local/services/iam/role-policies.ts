import type * as Iam from '@aws-sdk/client-iam';
import { type Operation, ServiceError } from '../../backend.ts';
import { checkPolicyDocument, encodeDocument, maximumInlinePolicies } from './policies.ts';
import type { RoleStore } from './role-store.ts';
import { requireRole } from './roles.ts';

const maximumAttached = 20;

/** Operations on the policies of roles: documents in them, and ARNs of managed ones. */
export function rolePolicyOperations(store: RoleStore) {
  const putRolePolicy: Operation<Iam.PutRolePolicyCommandInput, Iam.PutRolePolicyCommandOutput> = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    const { PolicyName = '', PolicyDocument = '' } = input;
    if (!/^[\w+=,.@-]{1,128}$/.test(PolicyName)) {
      throw new ServiceError(
        'ValidationError',
        'The specified value for policyName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
      );
    }
    const document = checkPolicyDocument(PolicyDocument, 'inline');
    const others = store
      .inline(role.name)
      .filter(({ name }) => name.toLowerCase() !== PolicyName.toLowerCase());
    const size = [...others.map((policy) => policy.document), document].join('').replace(/\s+/g, '').length;
    if (size > maximumInlinePolicies) {
      throw new ServiceError(
        'LimitExceeded',
        `Maximum policy size of ${maximumInlinePolicies} bytes exceeded for role ${role.name}`,
        409,
      );
    }
    store.putInline(role.name, PolicyName, document);
    return {};
  };

  const getRolePolicy: Operation<Iam.GetRolePolicyCommandInput, Iam.GetRolePolicyCommandOutput> = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    const { PolicyName = '' } = input;
    const policy = store
      .inline(role.name)
      .find(({ name }) => name.toLowerCase() === PolicyName.toLowerCase());
    if (policy === undefined) throw noPolicy(PolicyName);
    return { RoleName: role.name, PolicyName: policy.name, PolicyDocument: encodeDocument(policy.document) };
  };

  const deleteRolePolicy: Operation<Iam.DeleteRolePolicyCommandInput, Iam.DeleteRolePolicyCommandOutput> = (
    input,
  ) => {
    const role = requireRole(store, input.RoleName ?? '');
    if (!store.removeInline(role.name, input.PolicyName ?? '')) throw noPolicy(input.PolicyName ?? '');
    return {};
  };

  const listRolePolicies: Operation<Iam.ListRolePoliciesCommandInput, Iam.ListRolePoliciesCommandOutput> = (
    input,
  ) => {
    const role = requireRole(store, input.RoleName ?? '');
    return { PolicyNames: store.inline(role.name).map(({ name }) => name), IsTruncated: false };
  };

  const attach: Operation<Iam.AttachRolePolicyCommandInput, Iam.AttachRolePolicyCommandOutput> = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    const { PolicyArn = '' } = input;
    if (!/^arn:aws[\w-]*:iam::(?:aws|\d{12}):policy\/.+$/.test(PolicyArn)) {
      throw new ServiceError('InvalidInput', `ARN ${PolicyArn} is not valid.`);
    }
    const attached = store.attached(role.name);
    if (!attached.includes(PolicyArn) && attached.length >= maximumAttached) {
      throw new ServiceError(
        'LimitExceeded',
        `Cannot exceed quota for PoliciesPerRole: ${maximumAttached}`,
        409,
      );
    }
    store.attach(role.name, PolicyArn);
    return {};
  };

  const detach: Operation<Iam.DetachRolePolicyCommandInput, Iam.DetachRolePolicyCommandOutput> = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    const { PolicyArn = '' } = input;
    if (store.detach(role.name, PolicyArn)) return {};
    throw new ServiceError('NoSuchEntity', `Policy ${PolicyArn} was not found.`, 404);
  };

  const listAttached: Operation<
    Iam.ListAttachedRolePoliciesCommandInput,
    Iam.ListAttachedRolePoliciesCommandOutput
  > = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    const policies = store.attached(role.name).map((arn) => ({
      PolicyName: arn.slice(arn.lastIndexOf('/') + 1),
      PolicyArn: arn,
    }));
    return { AttachedPolicies: policies, IsTruncated: false };
  };

  return {
    PutRolePolicy: putRolePolicy,
    GetRolePolicy: getRolePolicy,
    DeleteRolePolicy: deleteRolePolicy,
    ListRolePolicies: listRolePolicies,
    AttachRolePolicy: attach,
    DetachRolePolicy: detach,
    ListAttachedRolePolicies: listAttached,
  };
}

const noPolicy = (name: string): ServiceError =>
  new ServiceError('NoSuchEntity', `The role policy with name ${name} cannot be found.`, 404);
