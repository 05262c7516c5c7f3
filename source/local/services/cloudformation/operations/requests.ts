import { Readable } from 'node:stream';
import { buffer } from 'node:stream/consumers';
import type { Capability, Parameter, Tag } from '@aws-sdk/client-cloudformation';
import type { GetObjectCommandOutput } from '@aws-sdk/client-s3';
import type { Backend } from '../../../backend.ts';
import type { Environment } from '../engine/run.ts';
import { stackDoesNotExist, validationError } from '../errors.ts';
import type { StackDefinition, StackRecord } from '../state.ts';
import type { Store } from '../store.ts';
import { checkCapabilities } from '../template/capabilities.ts';
import { checkTemplate } from '../template/check-template.ts';
import { parameterValues } from '../template/parameters.ts';
import { parseTemplate } from '../template/parse-template.ts';
import { type ParsedTemplate, templateLimits } from '../template/template.ts';

/** What CreateStack, UpdateStack and CreateChangeSet have in common. */
export type DefinitionRequest = {
  TemplateBody?: string | undefined;
  TemplateURL?: string | undefined;
  UsePreviousTemplate?: boolean | undefined;
  Parameters?: Parameter[] | undefined;
  Capabilities?: Capability[] | undefined;
  Tags?: Tag[] | undefined;
  NotificationARNs?: string[] | undefined;
  RoleARN?: string | undefined;
};

/**
 * The definition that a request asks for, checked as far as can be without doing it.
 * @throws ServiceError `ValidationError`, `InsufficientCapabilitiesException`.
 */
export async function definitionFrom(
  { backend, store }: Environment,
  request: DefinitionRequest,
  stack: StackRecord | undefined,
): Promise<{ definition: StackDefinition; template: ParsedTemplate }> {
  const previous = stack?.definition;
  const text = await templateText(backend, store, request, previous);
  const template = parseTemplate(text);
  checkTemplate(template);
  const parameters = parameterValues(template, request.Parameters ?? [], previous?.parameters ?? {});
  checkCapabilities(template, request.Capabilities ?? []);
  if (previous !== undefined) refuseTypeChanges(store, previous, template);
  return {
    template,
    definition: {
      template: store.putTemplate(text),
      parameters,
      tags: request.Tags ?? previous?.tags ?? [],
      capabilities: request.Capabilities ?? [],
      notificationArns: request.NotificationARNs ?? previous?.notificationArns ?? [],
      roleArn: request.RoleARN ?? previous?.roleArn,
    },
  };
}

/** The text of a template from the request, from S3, or the stack's own. */
export async function templateText(
  backend: Backend,
  store: Store,
  request: Pick<DefinitionRequest, 'TemplateBody' | 'TemplateURL' | 'UsePreviousTemplate'>,
  previous?: StackDefinition,
): Promise<string> {
  const { TemplateBody, TemplateURL, UsePreviousTemplate } = request;
  if (UsePreviousTemplate) {
    if (previous === undefined)
      throw validationError('UsePreviousTemplate is set, but there is no previous template');
    return store.template(previous.template);
  }
  if (TemplateBody !== undefined && TemplateURL !== undefined) {
    throw validationError('Only one of TemplateBody or TemplateUrl may be specified.');
  }
  if (TemplateBody !== undefined) {
    if (Buffer.byteLength(TemplateBody) > templateLimits.bodyBytes) {
      throw validationError(
        `1 validation error detected: Value at 'templateBody' failed to satisfy constraint: Member must have length less than or equal to ${templateLimits.bodyBytes}`,
      );
    }
    return TemplateBody;
  }
  if (TemplateURL === undefined)
    throw validationError('Either Template URL or Template Body must be specified.');
  return fetchTemplate(backend, TemplateURL);
}

async function fetchTemplate(backend: Backend, url: string): Promise<string> {
  const { bucket, key } = objectAt(url);
  const { Body } = await backend.call<GetObjectCommandOutput>('s3', 'GetObject', {
    Bucket: bucket,
    Key: key,
  });
  const bytes = await bytesOf(Body);
  if (bytes.length > templateLimits.urlBytes) {
    throw validationError(`Template may not exceed ${templateLimits.urlBytes} bytes in size.`);
  }
  return bytes.toString('utf8');
}

/** Bucket and key of `https://bucket.s3.region.amazonaws.com/key`, `https://s3.amazonaws.com/bucket/key` or the embedded S3's own. */
function objectAt(url: string): { bucket: string; key: string } {
  const parsed = URL.canParse(url) ? new URL(url) : undefined;
  const invalid = validationError('TemplateURL must be a supported URL.');
  if (parsed === undefined) throw invalid;
  const virtual =
    /^(.+)\.s3[.-]/.exec(parsed.hostname)?.[1] ??
    /^(.+)\.(?:localhost|127\.0\.0\.1)$/.exec(parsed.hostname)?.[1];
  const path = decodeURIComponent(parsed.pathname).slice(1);
  if (virtual !== undefined && path !== '') return { bucket: virtual, key: path };
  const slash = path.indexOf('/');
  if (slash <= 0) throw invalid;
  return { bucket: path.slice(0, slash), key: path.slice(slash + 1) };
}

async function bytesOf(body: unknown): Promise<Buffer> {
  if (body instanceof Uint8Array) return Buffer.from(body);
  if (typeof body === 'string') return Buffer.from(body);
  if (body instanceof Readable) return buffer(body);
  throw new Error('S3 answered with a body that is neither bytes nor a stream');
}

function refuseTypeChanges(store: Store, previous: StackDefinition, template: ParsedTemplate): void {
  const before = parseTemplate(store.template(previous.template));
  const changed = [...template.resources].flatMap(([logicalId, { type }]) => {
    const old = before.resources.get(logicalId);
    return old === undefined || old.type === type ? [] : [logicalId];
  });
  if (changed.length > 0) {
    throw validationError(
      `Update of resource type is not permitted. The new template modifies resource type of the following resources: [${changed.join(', ')}]`,
    );
  }
}

/** A stack by its name, deleted ones not, or by its ARN. */
export const findStack = (store: Store, nameOrId: string | undefined): StackRecord | undefined =>
  nameOrId?.startsWith('arn:') ? store.stackById(nameOrId) : store.stackByName(nameOrId ?? '');

/** @throws ServiceError `ValidationError` where there is none. */
export function requireStack(store: Store, nameOrId: string | undefined): StackRecord {
  const stack = findStack(store, nameOrId);
  if (stack === undefined) throw stackDoesNotExist(nameOrId ?? '');
  return stack;
}

/** @throws ServiceError `ValidationError` for a name that CloudFormation would not take. */
export function checkStackName(name: string | undefined): asserts name is string {
  if (name !== undefined && /^[a-zA-Z][-a-zA-Z0-9]{0,127}$/.test(name)) return;
  throw validationError(
    `1 validation error detected: Value '${name ?? ''}' at 'stackName' failed to satisfy constraint: Member must satisfy regular expression pattern: [a-zA-Z][-a-zA-Z0-9]*`,
  );
}

/** One page of a list; the token is the place where the next one begins. */
export function page<T>(
  items: readonly T[],
  token: string | undefined,
  size: number,
): { items: T[]; next?: string } {
  const start = token === undefined ? 0 : Number(token);
  if (!Number.isInteger(start) || start < 0) throw validationError('Invalid NextToken');
  const end = start + size;
  return { items: items.slice(start, end), ...(end < items.length && { next: String(end) }) };
}
