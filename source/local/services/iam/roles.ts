import { randomBytes } from 'node:crypto';
import type * as Iam from '@aws-sdk/client-iam';
import { type Backend, type Operation, ServiceError } from '../../backend.ts';
import { checkPolicyDocument, encodeDocument } from './policies.ts';
import type { RoleRow, RoleStore, TagRow } from './role-store.ts';

/** Operations on roles themselves and on their tags. */
export function roleOperations(backend: Backend, store: RoleStore) {
  const createRole: Operation<Iam.CreateRoleCommandInput, Iam.CreateRoleCommandOutput> = (input) => {
    const { RoleName = '', AssumeRolePolicyDocument = '', Path = '/', Tags = [] } = input;
    checkRoleName(RoleName);
    if (!/^\/(?:[!-~]+\/)?$/.test(Path)) {
      throw new ServiceError(
        'ValidationError',
        'The specified value for path is invalid. It must begin and end with / and contain only alphanumeric characters and/or / characters.',
      );
    }
    if (store.get(RoleName) !== undefined) {
      throw new ServiceError('EntityAlreadyExists', `Role with name ${RoleName} already exists.`, 409);
    }
    checkTags(Tags, []);
    const role: RoleRow = {
      name: RoleName,
      id: newId(),
      path: Path,
      arn: `arn:aws:iam::${backend.accountId}:role${Path}${RoleName}`,
      trustPolicy: checkPolicyDocument(AssumeRolePolicyDocument, 'trust'),
      description: input.Description ?? null,
      maxSessionDuration: checkDuration(input.MaxSessionDuration ?? 3600),
      permissionsBoundary: input.PermissionsBoundary ?? null,
      createdAt: backend.now(),
    };
    store.insert(role);
    for (const { Key = '', Value = '' } of Tags) store.putTag(RoleName, Key, Value);
    return { Role: describe(role, store.tags(RoleName)) };
  };

  const getRole: Operation<Iam.GetRoleCommandInput, Iam.GetRoleCommandOutput> = ({ RoleName = '' }) => {
    const role = requireRole(store, RoleName);
    return { Role: describe(role, store.tags(role.name)) };
  };

  const deleteRole: Operation<Iam.DeleteRoleCommandInput, Iam.DeleteRoleCommandOutput> = ({
    RoleName = '',
  }) => {
    const role = requireRole(store, RoleName);
    if (store.attached(role.name).length > 0) {
      throw new ServiceError('DeleteConflict', 'Cannot delete entity, must detach all policies first.', 409);
    }
    if (store.inline(role.name).length > 0) {
      throw new ServiceError('DeleteConflict', 'Cannot delete entity, must delete policies first.', 409);
    }
    store.remove(role.name);
    return {};
  };

  const listRoles: Operation<Iam.ListRolesCommandInput, Iam.ListRolesCommandOutput> = (input) => {
    const { PathPrefix = '/', Marker = '', MaxItems = 100 } = input;
    const rows = store.list(PathPrefix, Marker, MaxItems + 1);
    const page = rows.slice(0, MaxItems);
    const last = page.at(-1);
    return {
      Roles: page.map((role) => describe(role)),
      IsTruncated: rows.length > MaxItems,
      ...(rows.length > MaxItems && last !== undefined ? { Marker: last.name } : {}),
    };
  };

  const updateRole: Operation<Iam.UpdateRoleCommandInput, Iam.UpdateRoleCommandOutput> = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    store.update({
      ...role,
      description: input.Description ?? role.description,
      maxSessionDuration: checkDuration(input.MaxSessionDuration ?? role.maxSessionDuration),
    });
    return {};
  };

  const updateRoleDescription: Operation<
    Iam.UpdateRoleDescriptionCommandInput,
    Iam.UpdateRoleDescriptionCommandOutput
  > = ({ RoleName = '', Description = '' }) => {
    const role = { ...requireRole(store, RoleName), description: Description };
    store.update(role);
    return { Role: describe(role, store.tags(role.name)) };
  };

  const updateAssumeRolePolicy: Operation<
    Iam.UpdateAssumeRolePolicyCommandInput,
    Iam.UpdateAssumeRolePolicyCommandOutput
  > = ({ RoleName = '', PolicyDocument = '' }) => {
    const role = requireRole(store, RoleName);
    store.update({ ...role, trustPolicy: checkPolicyDocument(PolicyDocument, 'trust') });
    return {};
  };

  const putBoundary: Operation<
    Iam.PutRolePermissionsBoundaryCommandInput,
    Iam.PutRolePermissionsBoundaryCommandOutput
  > = ({ RoleName = '', PermissionsBoundary = '' }) => {
    store.update({ ...requireRole(store, RoleName), permissionsBoundary: PermissionsBoundary });
    return {};
  };

  const deleteBoundary: Operation<
    Iam.DeleteRolePermissionsBoundaryCommandInput,
    Iam.DeleteRolePermissionsBoundaryCommandOutput
  > = ({ RoleName = '' }) => {
    store.update({ ...requireRole(store, RoleName), permissionsBoundary: null });
    return {};
  };

  const tagRole: Operation<Iam.TagRoleCommandInput, Iam.TagRoleCommandOutput> = ({
    RoleName = '',
    Tags = [],
  }) => {
    const role = requireRole(store, RoleName);
    checkTags(Tags, store.tags(role.name));
    for (const { Key = '', Value = '' } of Tags) store.putTag(role.name, Key, Value);
    return {};
  };

  const untagRole: Operation<Iam.UntagRoleCommandInput, Iam.UntagRoleCommandOutput> = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    for (const key of input.TagKeys ?? []) store.removeTag(role.name, key);
    return {};
  };

  const listRoleTags: Operation<Iam.ListRoleTagsCommandInput, Iam.ListRoleTagsCommandOutput> = (input) => {
    const role = requireRole(store, input.RoleName ?? '');
    return { Tags: store.tags(role.name), IsTruncated: false };
  };

  return {
    CreateRole: createRole,
    GetRole: getRole,
    DeleteRole: deleteRole,
    ListRoles: listRoles,
    UpdateRole: updateRole,
    UpdateRoleDescription: updateRoleDescription,
    UpdateAssumeRolePolicy: updateAssumeRolePolicy,
    PutRolePermissionsBoundary: putBoundary,
    DeleteRolePermissionsBoundary: deleteBoundary,
    TagRole: tagRole,
    UntagRole: untagRole,
    ListRoleTags: listRoleTags,
  };
}

/** @throws ServiceError NoSuchEntity */
export function requireRole(store: RoleStore, name: string): RoleRow {
  const role = store.get(name);
  if (role !== undefined) return role;
  throw new ServiceError('NoSuchEntity', `The role with name ${name} cannot be found.`, 404);
}

function describe(role: RoleRow, tags?: TagRow[]): Iam.Role {
  return {
    Path: role.path,
    RoleName: role.name,
    RoleId: role.id,
    Arn: role.arn,
    CreateDate: new Date(role.createdAt),
    AssumeRolePolicyDocument: encodeDocument(role.trustPolicy),
    ...(role.description === null ? {} : { Description: role.description }),
    MaxSessionDuration: role.maxSessionDuration,
    ...(role.permissionsBoundary === null
      ? {}
      : {
          PermissionsBoundary: {
            PermissionsBoundaryType: 'PermissionsBoundaryPolicy',
            PermissionsBoundaryArn: role.permissionsBoundary,
          },
        }),
    ...(tags === undefined || tags.length === 0 ? {} : { Tags: tags }),
    ...(tags === undefined ? {} : { RoleLastUsed: {} }),
  };
}

function checkRoleName(name: string): void {
  if (name.length > 64) throw invalid(name, 'roleName', 'Member must have length less than or equal to 64');
  if (!/^[\w+=,.@-]+$/.test(name)) {
    throw new ServiceError(
      'ValidationError',
      'The specified value for roleName is invalid. It must contain only alphanumeric characters and/or the following: +=,.@_-',
    );
  }
}

function checkDuration(seconds: number): number {
  if (seconds >= 3_600 && seconds <= 43_200) return seconds;
  throw invalid(String(seconds), 'maxSessionDuration', 'Member must have a value between 3600 and 43200');
}

function checkTags(tags: Iam.Tag[], existing: TagRow[]): void {
  const keys = tags.map(({ Key = '' }) => Key.toLowerCase());
  if (new Set(keys).size !== keys.length) {
    throw new ServiceError(
      'InvalidInput',
      'Duplicate tag keys found. Please note that Tag keys are case insensitive.',
    );
  }
  for (const { Key = '', Value = '' } of tags) {
    if (Key === '' || Key.length > 128)
      throw invalid(Key, 'tags.member.key', 'Member must have length between 1 and 128');
    if (Value.length > 256)
      throw invalid(Value, 'tags.member.value', 'Member must have length less than or equal to 256');
  }
  const all = new Set([...existing.map(({ Key }) => Key), ...tags.map(({ Key = '' }) => Key)]);
  if (all.size > 50)
    throw new ServiceError('LimitExceeded', 'The number of tags has reached the maximum limit.', 409);
}

const invalid = (value: string, at: string, rule: string): ServiceError =>
  new ServiceError(
    'ValidationError',
    `1 validation error detected: Value '${value}' at '${at}' failed to satisfy constraint: ${rule}`,
  );

/** Roles' ids begin with AROA; the rest is random. */
const newId = (): string =>
  `AROA${[...randomBytes(17)].map((byte) => 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567'.charAt(byte & 31)).join('')}`;
